/// What a kernel reads and writes, for whoever checks, orders, drops or joins calls.
package struct KernelTraits: Sendable {
    /// How many of the operands a, b, c it reads.
    package var operands: Int
    /// Whether the output may be an operand itself, or one of the list's arrays.
    var isInPlace = false
    /// Whether each element of the output depends on one element of each operand, read before it is
    /// written.
    var isElementwise = false
    /// Whether the output's old elements matter.
    var readsOutput = false
    /// Whether it changes arrays other than its output.
    var changesList = false
    /// Whether it gives the same elements whenever it runs on the same operands.
    var isPure = true
    /// Whether some operands end the program, such as an index out of range or a singular matrix.
    var mayFail = false
}

extension Kernel {
    package var traits: KernelTraits {
        switch self {
        case .fill, .range: KernelTraits(operands: 0)
        case .copy: KernelTraits(operands: 1)
        case .unary, .binaryScalar:
            KernelTraits(operands: 1, isInPlace: true, isElementwise: true)
        case .binary: KernelTraits(operands: 2, isInPlace: true, isElementwise: true)
        case .test, .compareScalar: KernelTraits(operands: 1, isInPlace: true)
        case .compare: KernelTraits(operands: 2, isInPlace: true)
        case .select: KernelTraits(operands: 3, isInPlace: true)
        case .fused: KernelTraits(operands: 0, isInPlace: true)
        case .together: KernelTraits(operands: 0, isInPlace: true, changesList: true)
        case .reduce(_, let map, _):
            if case .binary = map { KernelTraits(operands: 2) } else { KernelTraits(operands: 1) }
        case .argExtreme, .scan, .productOfOthers, .softmax, .logSumExp, .normalize:
            KernelTraits(operands: 1)
        case .softmaxBackward, .normalizeBackward, .distances, .recurrence:
            KernelTraits(operands: 2)
        case .attention, .attentionBackward, .recurrenceBackward: KernelTraits(operands: 3)
        case .ordering(let ordering):
            KernelTraits(operands: ordering.operandCount, mayFail: ordering.mayFail)
        case .matmul(let bias, _, _), .convolution(_, _, let bias, _, _):
            KernelTraits(operands: bias ? 3 : 2)
        case .channels(let kernel): KernelTraits(operands: kernel.operandCount)
        case .pool(let part, _): KernelTraits(operands: part.operandCount)
        case .factor: KernelTraits(operands: 1, mayFail: true)
        case .solve: KernelTraits(operands: 2, mayFail: true)
        case .labelWeights: KernelTraits(operands: 1, mayFail: true)
        case .crossEntropy: KernelTraits(operands: 2, mayFail: true)
        // It fails where the loss does, which comes first.
        case .crossEntropyBackward: KernelTraits(operands: 3)
        case .positions, .requirement: KernelTraits(operands: 1, mayFail: true)
        case .gather: KernelTraits(operands: 2, mayFail: true)
        case .scatter: KernelTraits(operands: 2, readsOutput: true, mayFail: true)
        case .draw(let draw, _): KernelTraits(operands: draw.operandCount, isPure: false)
        case .update(_, _, let clips, let gated):
            KernelTraits(
                operands: gated ? 3 : clips ? 2 : 1, isInPlace: true, changesList: true,
                isPure: false)
        case .squaredNorm, .allFinite: KernelTraits(operands: 0)
        }
    }

    /// Whether some operands of this dtype end the program, a divisor of 0 included: as part of
    /// another pass nobody would hear of it.
    func mayFail(_ dtype: DType) -> Bool {
        switch self {
        case .binary(let function, _): function.failsAtZero(dtype)
        case .binaryScalar(let function, _, let isFirst): isFirst && function.failsAtZero(dtype)
        default: traits.mayFail
        }
    }
}
