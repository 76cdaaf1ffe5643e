extension CaptureProgram {
    /// Has kernels that widen halves as they read them, or round to halves as they write, do so in
    /// place of a pass of its own, before or behind them. The bits are the same.
    mutating func joinConversions() {
        attendToHalves()
        readHalves()
        writeHalves()
        dropDead()
    }

    /// Operands that are copies of halves become these.
    private mutating func readHalves() {
        let uses = uses
        for index in calls.indices where calls[index].bytes == nil {
            for operand in calls[index].convertedOperands {
                let array = calls[index][keyPath: operand]
                guard array.isWhole, let half = half(widenedTo: array, readAt: index, uses) else {
                    continue
                }
                calls[index][keyPath: operand] = half
            }
        }
    }

    /// The halves that `array`, or what it is a view of, is a copy of in float32, seen likewise;
    /// nil where it is no such, or where these change before the call at `index` reads it.
    private func half(
        widenedTo array: NDArray, readAt index: Int, _ uses: [ObjectIdentifier: Uses]
    ) -> NDArray? {
        guard isTemporary(array), array.dtype == .float32,
            let written = uses[ObjectIdentifier(array.storage)]?.writes, written.count == 1,
            written[0] < index, calls[written[0]].isConversion, calls[written[0]].out.isWhole
        else { return nil }
        let half = calls[written[0]].a
        let changes = uses[ObjectIdentifier(half.storage)]?.writes ?? []
        if changes.contains(where: { (written[0]...index).contains($0) }) { return nil }
        return half.view(array.shape, array.strides, offset: half.offset + array.offset)
    }

    /// A result that nobody reads but a conversion to a half becomes that half.
    private mutating func writeHalves() {
        let uses = uses
        var dropped: Set<Int> = []
        for index in calls.indices where calls[index].kernel.convertsOutput {
            guard let reader = rounding(resultOf: index, uses) else { continue }
            let shape = calls[index].out.shape
            calls[index].out = calls[reader].out.view(shape, shape.contiguousStrides)
            dropped.insert(reader)
        }
        drop(dropped)
    }

    /// The conversion that alone reads what the call at `index` makes, and whose halves that may
    /// therefore write; nil where there is none.
    private func rounding(resultOf index: Int, _ uses: [ObjectIdentifier: Uses]) -> Int? {
        let out = calls[index].out
        guard isTemporary(out), out.isWhole, out.dtype == .float32,
            let use = uses[ObjectIdentifier(out.storage)], use.writes == [index],
            use.reads.count == 1, use.reads[0] > index
        else { return nil }
        let reader = use.reads[0]
        let half = calls[reader].out
        guard calls[reader].isConversion, calls[reader].a.isWhole, half.isContiguous else {
            return nil
        }
        let touched = uses[ObjectIdentifier(half.storage)]?.all ?? []
        return touched.contains { (index..<reader).contains($0) } ? nil : reader
    }

    private mutating func drop(_ dropped: Set<Int>) {
        calls = calls.indices.filter { !dropped.contains($0) }.map { calls[$0] }
    }

    /// Attention whose factors are rounded to a half takes and gives these, where all that it reads
    /// was widened from them and what it makes is rounded to them.
    private mutating func attendToHalves() {
        var uses = uses
        var index = 0
        while index < calls.count {
            if let (call, reader) = attentionOfHalves(at: index, uses) {
                calls[index] = call
                calls.remove(at: reader)
                uses = self.uses
            }
            index += 1
        }
    }

    /// The call at `index` as one of halves, and the conversion that it makes needless.
    private func attentionOfHalves(
        at index: Int, _ uses: [ObjectIdentifier: Uses]
    ) -> (Call, reader: Int)? {
        var call = calls[index]
        guard call.bytes == nil, let half = call.kernel.attention?.factors.half,
            let reader = rounding(resultOf: index, uses)
        else { return nil }
        let out = calls[reader].out
        func narrow(_ array: NDArray) -> NDArray? {
            let found = self.half(widenedTo: array, readAt: index, uses)
            // What is written may not be read there.
            return found?.dtype == half && found?.storage !== out.storage ? found : nil
        }
        guard out.dtype == half, let a = narrow(call.a), let b = narrow(call.b),
            let c = narrow(call.c)
        else { return nil }
        (call.a, call.b, call.c) = (a, b, c)
        if case .attentionBackward(let rule, let list) = call.kernel {
            guard let gradient = narrow(list.arrays[0]) else { return nil }
            call.kernel = .attentionBackward(
                rule, ArrayList([gradient] + list.arrays.dropFirst()))
        }
        call.out = out.view(call.out.shape, call.out.shape.contiguousStrides)
        return (call, reader)
    }
}

extension CaptureProgram.Call {
    /// Whether this copies an array, which may be a part of what its storage holds, converted
    /// between float32 and a half.
    fileprivate var isConversion: Bool {
        guard bytes == nil, case .copy = kernel else { return false }
        return a.isContiguous && out.isContiguous && a.count == out.count && a.dtype != out.dtype
            && FusedProgram.mixes(a.dtype, out.dtype)
            && (a.dtype == .float32 || out.dtype == .float32)
    }

    /// The operands of float32 that may be halves instead: what is computed is that of their
    /// values.
    fileprivate var convertedOperands: [WritableKeyPath<CaptureProgram.Call, NDArray>] {
        switch kernel {
        case .crossEntropy, .crossEntropyBackward: return [\.a]
        case .normalizeBackward: return [\.b]
        case .reduce(_, map: nil, let axes):
            // Neighbours in memory may be added up in another order where more fit into a load.
            let last = a.shape.lastIndex { $0 != 1 }
            return last.map(axes.contains) ?? true ? [] : [\.a]
        default: return []
        }
    }
}

extension Kernel {
    /// The rule of attention, or of its gradients.
    fileprivate var attention: AttentionRule? {
        switch self {
        case .attention(let rule, _), .attentionBackward(let rule, _): rule
        default: nil
        }
    }

    /// Whether an output of float32 may be halves instead, each rounded once.
    fileprivate var convertsOutput: Bool {
        switch self {
        case .crossEntropyBackward, .normalize: true
        default: false
        }
    }
}
