internal import CKernels

/// Elementwise calls on their way into one program.
struct ElementwiseCalls {
    /// How many functions one pass takes: blocks of all results have to stay in cache, and a GPU's
    /// threads hold elements of each that is still needed.
    private static let longest = 16

    /// How many arrays one pass reads: a GPU's threads hold 16 bytes of each, and numbers of one
    /// byte, or bools, are unpacked to one register each.
    private static func widest(_ numbers: DType?) -> Int { (numbers ?? .bool).size == 1 ? 8 : 12 }

    /// The last of them.
    private(set) var last: CaptureProgram.Call
    /// Where it stood.
    let order: Int
    private var instructions: [FusedProgram.Instruction]
    private(set) var reads: [NDArray]
    /// The results of the instructions.
    private var results: [NDArray]
    /// How often instructions of the program itself read a result of it.
    private var innerReads: [ObjectIdentifier: Int] = [:]
    /// The dtype of numbers; nil where all are bools.
    private var numbers: DType?

    var out: NDArray { last.out }

    /// The storages that results lie in.
    var made: [ObjectIdentifier] { results.map { ObjectIdentifier($0.storage) } }

    /// One call; nil where none of its kind is part of a program.
    init?(_ call: CaptureProgram.Call, order: Int) {
        guard call.bytes == nil, call.kernel.isInstruction, call.out.isContiguous,
            !call.kernel.mayFail(call.out.dtype)
        else { return nil }
        var operands: [NDArray] = []
        for array in [call.a, call.b, call.c].prefix(call.kernel.traits.operands) {
            guard let flat = array.flat(beside: call.out) else { return nil }
            operands.append(flat)
        }
        let dtypes = ([call.out.dtype] + operands.map(\.dtype)).filter { $0 != .bool }
        numbers = dtypes.first
        for dtype in dtypes.dropFirst() where !FusedProgram.mixes(dtypes[0], dtype) { return nil }
        if case .binary(let function, _) = call.kernel, call.out.dtype == .bool,
            function != .minimum, function != .maximum
        {
            return nil
        }
        last = call
        reads = operands
        results = [call.out]
        self.order = order
        instructions = [
            FusedProgram.Instruction(
                kernel: call.kernel, operands.indices.map { .array($0) }, dtype: call.out.dtype)
        ]
    }

    /// Whether an array is all of a result, and so can be handed on inside a program.
    func gives(_ array: NDArray) -> Bool {
        array.isWhole
            && results.contains { $0.storage === array.storage && $0.dtype == array.dtype }
    }

    /// These calls behind others, some of whose results they read; nil where that is too much for
    /// one pass, or would read what it overwrites.
    func behind(_ first: ElementwiseCalls) -> ElementwiseCalls? {
        guard out.count == first.out.count,
            instructions.count + first.instructions.count <= ElementwiseCalls.longest
        else { return nil }
        if let own = numbers, let other = first.numbers, !FusedProgram.mixes(own, other) {
            return nil
        }
        var both = self
        both.numbers = numbers ?? first.numbers
        both.reads = first.reads
        both.results = first.results + results
        both.innerReads.merge(first.innerReads) { $0 + $1 }
        let offset = first.instructions.count
        // Where each array that these calls read comes from.
        var sources: [FusedProgram.Source] = []
        for array in reads {
            if let made = first.results.lastIndex(where: { $0.storage === array.storage }) {
                if !first.gives(array) { return nil }
                sources.append(.result(made))
            } else if let place = both.reads.firstIndex(where: { $0.isSame(as: array) }) {
                sources.append(.array(place))
            } else {
                sources.append(.array(both.reads.count))
                both.reads.append(array)
            }
        }
        guard both.reads.count <= ElementwiseCalls.widest(both.numbers), both.overwritesNothing
        else { return nil }
        both.instructions = first.instructions
        for instruction in instructions {
            let operands = instruction.operands.map { source -> FusedProgram.Source in
                switch source {
                case .result(let index): return .result(index + offset)
                case .array(let index):
                    if case .result(let made) = sources[index] {
                        let key = ObjectIdentifier(first.results[made].storage)
                        both.innerReads[key, default: 0] += 1
                    }
                    return sources[index]
                }
            }
            both.instructions.append(
                FusedProgram.Instruction(
                    kernel: instruction.kernel, operands, dtype: instruction.dtype))
        }
        return both
    }

    /// Whether what the last call writes over is read in the same place.
    private var overwritesNothing: Bool {
        reads.allSatisfy { array in
            array.storage !== out.storage
                || array.offset == out.offset && array.count == out.count
                    && array.dtype.size == out.dtype.size
        }
    }

    /// The call that computes all of it; results that others read as well are written.
    ///
    /// - Parameter uses: how often calls of the step read each storage.
    func call(_ uses: [ObjectIdentifier: Int]) -> CaptureProgram.Call {
        if instructions.count == 1 { return last }
        let kept = results.indices.dropLast().filter { index in
            let key = ObjectIdentifier(results[index].storage)
            return uses[key, default: 0] > innerReads[key, default: 0]
        }
        let program = FusedProgram(instructions, keeping: Array(kept))
        var call = last
        (call.a, call.b, call.c) = (call.out, call.out, call.out)
        if kept.isEmpty {
            call.kernel = .fused(program, ArrayList(reads))
        } else {
            let part = FusedPart(
                program: program, reads: reads, kept: kept.map { results[$0] }, out: out)
            call.kernel = .together(ProgramGroup([part]))
        }
        return call
    }

    /// A single call as a program.
    var part: FusedPart {
        FusedPart(program: FusedProgram(instructions), reads: reads, out: out)
    }
}

extension Kernel {
    /// Whether it can be an instruction of a program.
    fileprivate var isInstruction: Bool {
        switch self {
        case .fill, .copy, .unary, .test, .binary, .binaryScalar, .compare, .compareScalar, .select:
            true
        default: false
        }
    }
}

extension NDArray {
    /// The elements as they lie beside those of an output: in their order, or one for all of them;
    /// nil where they are arranged otherwise.
    fileprivate func flat(beside out: NDArray) -> NDArray? {
        if isContiguous, count == out.count || count == 1 { return self }
        let isOne = shape.indices.allSatisfy { shape[$0] == 1 || strides[$0] == 0 }
        return isOne ? view([], []) : nil
    }

    fileprivate func isSame(as other: NDArray) -> Bool {
        storage === other.storage && offset == other.offset && count == other.count
            && dtype == other.dtype
    }
}
