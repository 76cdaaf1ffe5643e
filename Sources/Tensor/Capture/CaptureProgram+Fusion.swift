extension CaptureProgram {
    /// How many functions and arrays one pass takes: blocks of all results have to stay in cache.
    private static let longest = 16

    /// Joins elementwise calls whose results are only used by another one into a single pass over
    /// memory.
    mutating func fuse() {
        var uses: [ObjectIdentifier: Int] = [:]
        var writes: [ObjectIdentifier: Int] = [:]
        for call in calls {
            for array in call.reads { uses[ObjectIdentifier(array.storage), default: 0] += 1 }
            for array in call.writes { writes[ObjectIdentifier(array.storage), default: 0] += 1 }
        }
        /// What is waiting to be joined into the one call that uses it, by its result.
        var waiting: [ObjectIdentifier: FusedCall] = [:]
        var result: [Call] = []
        for (index, call) in calls.enumerated() {
            guard call.bytes == nil, let own = FusedCall(call, order: index) else {
                result += flush(&waiting, for: call)
                result.append(call)
                continue
            }
            var joined = own
            for array in call.reads {
                let key = ObjectIdentifier(array.storage)
                guard let earlier = waiting[key], earlier.out.shape == call.out.shape,
                    array.shape == earlier.out.shape, array.isWhole
                else { continue }
                guard let both = joined.absorbing(earlier, limit: CaptureProgram.longest) else {
                    continue
                }
                joined = both
                waiting[key] = nil
            }
            result += flush(&waiting, for: call)
            let key = ObjectIdentifier(call.out.storage)
            if isTemporary(call.out), call.out.isWhole, uses[key] == 1, writes[key] == 1 {
                waiting[key] = joined
            } else {
                result.append(joined.call)
            }
        }
        result += waiting.values.sorted { $0.order < $1.order }.map(\.call)
        calls = result
    }

    /// The calls that must not wait any longer: `call` reads their results, or changes what they
    /// read.
    private func flush(
        _ waiting: inout [ObjectIdentifier: FusedCall], for call: Call
    ) -> [Call] {
        if waiting.isEmpty { return [] }
        let reads = Set(call.reads.map { ObjectIdentifier($0.storage) })
        let writes = Set(call.writes.map { ObjectIdentifier($0.storage) })
        let due = waiting.filter { key, fused in
            reads.contains(key)
                || fused.arrays.contains { writes.contains(ObjectIdentifier($0.storage)) }
        }
        for key in due.keys { waiting[key] = nil }
        return due.values.sorted { $0.order < $1.order }.map(\.call)
    }
}

/// Elementwise calls on their way into one.
private struct FusedCall {
    /// The last of them.
    private let last: CaptureProgram.Call
    private var instructions: [FusedProgram.Instruction]
    private(set) var arrays: [NDArray]
    var out: NDArray { last.out }
    /// Where the last of them stood.
    let order: Int

    /// One call; nil where it can't be joined with others.
    init?(_ call: CaptureProgram.Call, order: Int) {
        var converts = false
        if case .copy = call.kernel { converts = true }
        guard call.kernel.traits.isElementwise || converts, !call.kernel.mayFail(call.out.dtype),
            call.out.isContiguous, call.out.dtype.isFloat
        else { return nil }
        let operands = call.reads
        for array in operands {
            let fits =
                converts
                ? array.dtype != call.out.dtype && FusedProgram.mixes(array.dtype, call.out.dtype)
                : array.dtype == call.out.dtype
            guard fits, array.isContiguous, array.shape == call.out.shape || array.count == 1
            else { return nil }
        }
        last = call
        arrays = operands
        self.order = order
        instructions = [
            FusedProgram.Instruction(
                kernel: call.kernel, first: .array(0),
                second: .array(operands.count > 1 ? 1 : 0), dtype: call.out.dtype)
        ]
    }

    /// This call with another one inside that computes some of its operands; nil where that is too
    /// much for one pass, or would read what it overwrites.
    func absorbing(_ inner: FusedCall, limit: Int) -> FusedCall? {
        guard instructions.count + inner.instructions.count <= limit,
            arrays.count + inner.arrays.count <= limit,
            FusedProgram.mixes(inner.out.dtype, out.dtype)
        else { return nil }
        // What is written over must be read in the same place.
        for array in arrays + inner.arrays where array.storage === out.storage {
            let isSame =
                array.offset == out.offset && array.count == out.count
                && array.dtype.size == out.dtype.size
            if !isSame { return nil }
        }
        var result = self
        let offset = inner.instructions.count
        let innerResult = FusedProgram.Source.result(offset - 1)
        let kept = arrays.indices.filter { arrays[$0].storage !== inner.out.storage }
        func moved(_ source: FusedProgram.Source) -> FusedProgram.Source {
            switch source {
            case .result(let index): return .result(index + offset)
            case .array(let index):
                guard let place = kept.firstIndex(of: index) else { return innerResult }
                return .array(inner.arrays.count + place)
            }
        }
        result.arrays = inner.arrays + kept.map { arrays[$0] }
        result.instructions =
            inner.instructions
            + instructions.map {
                FusedProgram.Instruction(
                    kernel: $0.kernel, first: moved($0.first), second: moved($0.second),
                    dtype: $0.dtype)
            }
        return result
    }

    /// The call that computes all of it.
    var call: CaptureProgram.Call {
        if instructions.count == 1 { return last }
        var call = last
        call.kernel = .fused(FusedProgram(instructions), ArrayList(arrays))
        (call.a, call.b, call.c) = (call.out, call.out, call.out)
        return call
    }
}
