import Synchronization

/// Counts the kernels that run in a scope, with the bytes they touch and the arithmetic they do.
package final class KernelCounter: Sendable {
    /// What the launches of one kernel add up to.
    package struct Row: Sendable, Equatable {
        package var launches = 0
        /// Bytes of operands read and of results written, each array once.
        package var bytes = 0
        /// Additions, multiplications and function values; a multiply-add counts as two.
        package var operations = 0
        /// The multiply-adds of products among them.
        package var multiplyAdds = 0

        fileprivate mutating func add(_ bytes: Int, _ operations: Int, _ multiplyAdds: Int) {
            launches += 1
            self.bytes += bytes
            self.operations += operations
            self.multiplyAdds += multiplyAdds
        }
    }

    private let state = Mutex<[String: Row]>([:])
    private let total = Atomic(0)

    package init() {}

    package var rows: [String: Row] { state.withLock { $0 } }

    /// The multiply-adds of all kernels together: kept beside the rows, since a profile asks for it
    /// around each operation.
    package var multiplyAdds: Int { total.load(ordering: .relaxed) }

    @TaskLocal private static var scoped: KernelCounter?

    /// Runs `body` and counts its kernels here, and in the counters of the scopes around it not.
    package func count<R>(_ body: () throws -> R) rethrows -> R {
        KernelWatch.open.add(1, ordering: .relaxed)
        defer { KernelWatch.open.subtract(1, ordering: .relaxed) }
        return try KernelCounter.$scoped.withValue(self, operation: body)
    }

    static func note(_ kernel: Kernel, _ a: NDArray, _ b: NDArray, _ c: NDArray, _ out: NDArray) {
        guard let counter = scoped else { return }
        let (bytes, operations) = kernel.cost(a, b, c, out)
        let multiplyAdds = kernel.multiplyAdds(a, b, c, out)
        if multiplyAdds > 0 { counter.total.add(multiplyAdds, ordering: .relaxed) }
        counter.state.withLock {
            $0[kernel.name, default: Row()].add(bytes, operations, multiplyAdds)
        }
    }
}

/// Whether anybody looks at kernels as they run: while nobody does, `run` asks no further.
enum KernelWatch {
    static let open = Atomic(0)

    @inline(__always)
    static var isOpen: Bool { open.load(ordering: .relaxed) != 0 }
}

extension Kernel {
    /// The bytes that a call touches and the operations it does.
    fileprivate func cost(
        _ a: NDArray, _ b: NDArray, _ c: NDArray, _ out: NDArray
    ) -> (bytes: Int, operations: Int) {
        var bytes = 0
        for array in [a, b, c].prefix(traits.operands) { bytes += array.byteCount }
        for array in readInList { bytes += array.byteCount }
        for array in changedInList { bytes += array.byteCount }
        if !traits.changesList { bytes += out.byteCount }
        return (bytes, operations(a, b, c, out))
    }

    /// The multiply-adds of products.
    fileprivate func multiplyAdds(
        _ a: NDArray, _ b: NDArray, _ c: NDArray, _ out: NDArray
    ) -> Int {
        switch self {
        case .matmul: out.count * (a.shape.last ?? 1)
        case .convolution(let part, _, _, _, _):
            // Each element of the output adds up a kernel's elements of the channels of its group.
            switch part {
            case .output: out.count * (b.count / max(1, b.shape[0]))
            case .input: a.count * (b.count / max(1, b.shape[0]))
            case .weight: b.count * (out.count / max(1, out.shape[0]))
            }
        case .attention: (a.count + out.count) * b.shape[1]
        case .attentionBackward:
            (3 * a.count + 2 * a.count / max(1, a.shape[3]) * c.shape[3]) * b.shape[1]
        case .recurrence(let rule, _):
            rule.steps * rule.batch
                * (b.count + (rule.projection?.inputs ?? 0) * rule.kind.parts * rule.width)
        case .recurrenceBackward(let rule, _): rule.steps * rule.batch * b.count
        default: 0
        }
    }

    private func operations(_ a: NDArray, _ b: NDArray, _ c: NDArray, _ out: NDArray) -> Int {
        switch self {
        case .fill, .copy, .gather: 0
        case .matmul(let bias, let relu, _):
            2 * multiplyAdds(a, b, c, out) + out.count * ((bias ? 1 : 0) + (relu ? 1 : 0))
        case .convolution(_, _, let bias, let relu, _):
            2 * multiplyAdds(a, b, c, out) + out.count * ((bias ? 1 : 0) + (relu ? 1 : 0))
        case .attention, .attentionBackward, .recurrence, .recurrenceBackward:
            2 * multiplyAdds(a, b, c, out)
        case .pool(let part, let pooling):
            pooling.tapCount
                * (part.isOfResults ? out : part.operandCount == 1 ? a : b).count
        // A mean and the squares about it; then, by them, a factor and an addend; two sums beside
        // the two products of the gradient.
        case .channels(.moments): 4 * a.count
        case .channels(.normalize(let rule, _)):
            (2 + (rule.adds ? 1 : 0) + (rule.rectifies ? 1 : 0)) * a.count
        case .channels(.normalizeBackward(let rule, _)):
            (8 + (rule.rectifies ? 1 : 0)) * a.count
        case .distances: 3 * out.count * (a.shape.last ?? 1)
        case .factor: a.count * (a.shape.last ?? 1)
        case .solve: (a.count + out.count) * (a.shape.last ?? 1)
        case .ordering: a.count
        case .reduce, .argExtreme, .scan, .logSumExp, .scatter, .crossEntropy: a.count
        case .fused(let program, _): out.count * program.operationCount
        case .together(let group):
            group.parts.reduce(0) { $0 + $1.out.count * $1.program.operationCount }
        case .squaredNorm(let list): list.arrays.reduce(0) { $0 + 2 * $1.count }
        case .update, .allFinite: list?.arrays.reduce(0) { $0 + $1.count } ?? 0
        case .range, .unary, .test, .binary, .binaryScalar, .compare, .compareScalar, .select,
            .productOfOthers, .softmax, .softmaxBackward, .normalize,
            .normalizeBackward, .labelWeights, .crossEntropyBackward, .positions, .requirement,
            .draw:
            out.count
        }
    }
}
