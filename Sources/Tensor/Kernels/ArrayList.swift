/// The arrays of a kernel that works on many at once, such as all parameters of an optimizer.
package final class ArrayList: Sendable {
    package let arrays: [NDArray]

    package init(_ arrays: [NDArray]) { self.arrays = arrays }
}

extension Kernel {
    /// The arrays that come with the kernel, beside its operands.
    package var list: ArrayList? {
        switch self {
        case .update(_, let list, clips: _, gated: _), .squaredNorm(let list), .allFinite(let list),
            .fused(_, let list), .attention(_, let list),
            .attentionBackward(_, let list), .recurrence(_, let list),
            .recurrenceBackward(_, let list), .normalize(_, let list),
            .normalizeBackward(_, let list):
            list
        case .together(let group): group.list
        case .labelWeights(_, let weights, classes: _), .crossEntropy(_, let weights),
            .crossEntropyBackward(_, let weights):
            weights
        case .channels(let kernel): kernel.list
        case .fill, .range, .copy, .unary, .test, .binary, .binaryScalar, .compare, .compareScalar,
            .select, .reduce, .argExtreme, .scan, .productOfOthers, .ordering, .matmul,
            .convolution, .pool, .distances, .factor, .solve, .softmax, .softmaxBackward,
            .logSumExp, .positions, .requirement, .gather, .scatter, .draw:
            nil
        }
    }

    /// Those of its arrays that the kernel changes.
    package var changedInList: [NDArray] {
        switch self {
        case .update(let rule, let list, clips: _, gated: _):
            list.arrays.indices.filter { rule.changes(at: $0) }.map { list.arrays[$0] }
        case .together(let group): group.writes
        default: []
        }
    }

    /// Those that it reads.
    package var readInList: [NDArray] {
        if case .together(let group) = self { group.reads } else { list?.arrays ?? [] }
    }

    /// Counts the change of each that is changed.
    @inline(__always)
    func countChangesInList() {
        switch self {
        case .update, .together: for array in changedInList { array.storage.version &+= 1 }
        default: break
        }
    }

    /// The same kernel with other arrays.
    package func with(_ list: ArrayList) -> Kernel {
        switch self {
        case .update(let rule, _, let clips, let gated):
            .update(rule, list, clips: clips, gated: gated)
        case .labelWeights(let target, weights: _, let classes):
            .labelWeights(target, weights: list, classes: classes)
        case .crossEntropy(let target, weights: _): .crossEntropy(target, weights: list)
        case .crossEntropyBackward(let target, weights: _):
            .crossEntropyBackward(target, weights: list)
        case .squaredNorm: .squaredNorm(list)
        case .fused(let program, _): .fused(program, list)
        case .together(let group): .together(group.with(list))
        case .allFinite: .allFinite(list)
        case .attention(let rule, _): .attention(rule, list)
        case .attentionBackward(let rule, _): .attentionBackward(rule, list)
        case .channels(let kernel): .channels(kernel.with(list))
        case .recurrence(let rule, _): .recurrence(rule, list)
        case .recurrenceBackward(let rule, _): .recurrenceBackward(rule, list)
        case .normalize(let norm, _): .normalize(norm, list)
        case .normalizeBackward(let norm, _): .normalizeBackward(norm, list)
        case .fill, .range, .copy, .unary, .test, .binary, .binaryScalar, .compare, .compareScalar,
            .select, .reduce, .argExtreme, .scan, .productOfOthers, .ordering, .matmul,
            .convolution, .pool, .distances, .factor, .solve, .softmax, .softmaxBackward,
            .logSumExp, .positions, .requirement, .gather, .scatter, .draw:
            self
        }
    }
}
