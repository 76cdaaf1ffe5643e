// What a kernel reads and writes, for whoever orders, drops or joins calls.
extension Kernel {
    /// How many of the operands a, b, c the kernel reads.
    package var operandCount: Int {
        switch self {
        case .fill, .range, .uniform, .normal, .words, .squaredNorm, .allFinite, .fused: 0
        case .copy, .unary, .test, .binaryScalar, .compareScalar, .argExtreme, .scan,
            .productOfOthers,
            .softmax, .logSumExp, .normalize, .dropout, .labelWeights, .positions,
            .requirement, .factor:
            1
        case .binary, .compare, .softmaxBackward, .normalizeBackward, .gather, .scatter,
            .crossEntropy, .solve, .distances, .recurrence:
            2
        case .reduce(_, let map, _): if case .binary = map { 2 } else { 1 }
        case .channels(let kernel): kernel.operandCount
        case .pool(let part, _): part.operandCount
        case .ordering(let ordering): ordering.operandCount
        case .matmul(let bias, _), .convolution(_, _, let bias): bias ? 3 : 2
        case .select, .crossEntropyBackward, .attention, .attentionBackward,
            .recurrenceBackward:
            3
        case .update(_, _, let clips, let gated): gated ? 3 : clips ? 2 : 1
        }
    }

    /// Whether the output's old elements matter.
    package var readsOutput: Bool {
        if case .scatter = self { true } else { false }
    }

    /// Whether it changes arrays other than its output.
    package var changesList: Bool {
        if case .update = self { true } else { false }
    }

    /// Whether it gives the same elements whenever it runs on the same operands.
    package var isPure: Bool {
        switch self {
        case .uniform, .normal, .words, .dropout, .update: false
        case .fill, .range, .copy, .unary, .test, .binary, .binaryScalar, .compare, .compareScalar,
            .select, .fused, .reduce, .argExtreme, .scan, .productOfOthers, .ordering, .matmul,
            .convolution, .channels, .pool, .attention, .attentionBackward, .recurrence,
            .recurrenceBackward, .distances, .factor, .solve, .softmax, .softmaxBackward,
            .logSumExp, .normalize, .normalizeBackward, .labelWeights, .crossEntropy,
            .crossEntropyBackward, .positions, .requirement, .gather, .scatter, .squaredNorm,
            .allFinite:
            true
        }
    }
}
