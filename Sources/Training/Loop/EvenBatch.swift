import Autograd
import Datasets
import Tensor

/// Makes what a model says of an example the same to the bit, whatever stands beside it in a batch:
/// of few rows the CPU computes products in another way than of more, so it never gets few.
enum EvenBatch {
    /// The fewest examples that are computed like any more of them.
    static let fewest = CPUBackend.fewestEvenRows

    /// What a model says of inputs [N, …], of each of which the first axis is the examples: few are
    /// filled up with copies of the first.
    static func output(_ inputs: [Tensor], _ model: ([Tensor]) -> Tensor) -> Tensor {
        let count = inputs[0].shape[0]
        guard count > 0, count < fewest else { return model(inputs) }
        let filled = inputs.map { input in
            let first = Tensor(input.data.slice(axis: 0, start: 0, count: 1))
            return Tensor.concat([input] + Array(repeating: first, count: fewest - count))
        }
        return examples(0..<count, of: model(filled), count: fewest)
    }

    /// The next batches of a stream, as many as have enough examples together; none at its end.
    static func group(of stream: BatchStream) throws -> [Batch] {
        var (group, count) = ([Batch](), 0)
        while count < fewest, let batch = try stream.next() {
            group.append(batch)
            count += batch.count
        }
        return group
    }

    /// What a model says of each of several batches, computed together.
    static func outputs(
        _ group: [Batch], on backend: any Backend, _ model: ([Tensor]) -> Tensor
    ) -> [Tensor] {
        let parts = group.map { $0.tensors(on: backend) }
        guard parts.count > 1 else { return parts.map { output($0, model) } }
        let together = parts[0].indices.map { input in Tensor.concat(parts.map { $0[input] }) }
        let (all, count) = (output(together, model), group.reduce(0) { $0 + $1.count })
        var first = 0
        return group.map { batch in
            defer { first += batch.count }
            return examples(first..<first + batch.count, of: all, count: count)
        }
    }

    /// What an output says of some of its examples, each of which has as many rows as the others.
    private static func examples(_ range: Range<Int>, of output: Tensor, count: Int) -> Tensor {
        let rows = output.shape[0] / count
        let part = output.data.slice(
            axis: 0, start: range.lowerBound * rows, count: range.count * rows)
        return Tensor(part.contiguous())
    }
}
