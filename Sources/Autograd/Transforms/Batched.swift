package import Tensor

/// `vmap`: a tensor that stands for one example of a batch. Its shape is the example's and it has
/// no elements; operations on it are carried out on all examples at once, by their batching rules.
///
/// A batch of an inner level may itself be an example of an outer one, or carry a tangent.
final class Batched: Trace {
    let level: Int
    /// All examples, along the first axis.
    let examples: Tensor

    private init(level: Int, examples: Tensor) {
        self.level = level
        self.examples = examples
    }

    /// The tensor that stands for one of the examples along the first axis.
    static func lift(_ examples: Tensor, level: Int) -> Tensor {
        let example = Tensor(
            NDArray(
                absent: examples.shape.removing(at: 0), examples.dtype, .example,
                beside: examples.data.backend))
        example.trace = Batched(level: level, examples: examples)
        return example
    }

    /// All examples behind a tensor; the tensor itself if it isn't batched at this level.
    static func split(_ tensor: Tensor, level: Int) -> (tensor: Tensor, isBatched: Bool) {
        guard let batch = tensor.trace as? Batched, batch.level == level else {
            return (tensor, false)
        }
        return (batch.examples, true)
    }

    func detached() -> Tensor { Batched.lift(examples.detach(), level: level) }
    var hidesHistory: Bool { examples.hasHistory }

    func apply(_ op: Op, _ inputs: [Tensor]) -> Tensor {
        let parts = inputs.map { Batched.split($0, level: level) }
        let tensors = parts.map(\.tensor)
        let isBatched = parts.map(\.isBatched)
        guard let result = op.batch(tensors, isBatched: isBatched) else {
            fail(
                op.name, "this operation has no batching rule for vmap",
                hint: "override its batch method, or call it outside vmap")
        }
        guard result.rank > 0, result.shape[0] == examples.shape[0] else {
            fail(
                op.name,
                "its batching rule gave shape \(result.shape) for a batch of "
                    + "\(examples.shape[0])")
        }
        return Batched.lift(result, level: level)
    }

    // What batching rules are made of.

    /// Operands that broadcast as the examples do: where ranks differ, the batch axis stays in
    /// front.
    static func aligned(_ tensors: [Tensor], _ isBatched: [Bool]) -> [Tensor] {
        let ranks = zip(tensors, isBatched).map { $0.rank - ($1 ? 1 : 0) }
        let rank = ranks.max() ?? 0
        return tensors.indices.map { position in
            let (tensor, missing) = (tensors[position], rank - ranks[position])
            guard isBatched[position], missing > 0 else { return tensor }
            let ones = Array(repeating: 1, count: missing)
            return tensor.reshape(Shape([tensor.shape[0]] + ones + tensor.shape.dropFirst()))
        }
    }

    /// Operands that all have the batch axis: those without it are repeated, as views.
    static func spread(_ tensors: [Tensor], _ isBatched: [Bool]) -> [Tensor] {
        let size = zip(tensors, isBatched).first { $1 }?.0.shape[0] ?? 1
        return zip(tensors, isBatched).map {
            $1 ? $0 : $0.expand(to: $0.shape.inserting(size, at: 0))
        }
    }
}

extension Tensor {
    /// Whether this stands for one example inside `vmap`, so that its elements can't be read.
    package final var isExample: Bool { data.absence == .example }

    /// Traps inside `vmap`, for operations whose result has as many elements as the values say.
    final func failIfBatched(_ operation: String) {
        if isExample {
            fail(
                operation, "the shape of its result depends on the values, so it can't be batched",
                hint: "call it outside vmap, or use Tensor.where")
        }
    }
}
