import Autograd
import Tensor

/// Makes what a model says of an example the same to the bit, whatever stands beside it in a batch.
///
/// The CPU computes a product of four rows or fewer by dot products, whose sums run in another order
/// than those of its tiles; so a smaller batch is filled up with copies of its first example.
enum EvenBatch {
    /// The fewest examples that are computed like any more of them.
    static let fewest = 5

    /// What a model says of inputs [N, …], of each of which the first axis is the examples.
    static func output(_ inputs: [Tensor], _ model: ([Tensor]) -> Tensor) -> Tensor {
        let count = inputs[0].shape[0]
        guard count > 0, count < fewest else { return model(inputs) }
        let filled = inputs.map { input in
            let first = Tensor(input.data.slice(axis: 0, start: 0, count: 1))
            return Tensor.concat([input] + Array(repeating: first, count: fewest - count))
        }
        let output = model(filled).data
        // Each example has as many rows as the others.
        let rows = output.shape[0] / fewest * count
        return Tensor(output.slice(axis: 0, start: 0, count: rows).contiguous())
    }
}
