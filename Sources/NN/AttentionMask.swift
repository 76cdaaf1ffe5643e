internal import Autograd
import Tensor

extension Tensor {
    /// This mask of a layer as bools of the scores' shape. Traps where it doesn't broadcast to it,
    /// or is not of bools: floats would be added to scores, where 0 means that a position is seen.
    final func sees(_ scores: Shape, in layer: String) -> Tensor {
        requireBools(in: layer)
        guard Shape.broadcast(shape, scores) == scores else {
            let isPadding = shape == [scores[0], scores[3]]
            fail(
                layer, "the mask \(shape) doesn't fit [batch, heads, positions, seen] \(scores)",
                hint: isPadding
                    ? "of positions that all queries see, give reshape([\(scores[0]), 1, 1, \(scores[3])])"
                    : "give it axes of size 1 or of these sizes, the last ones first")
        }
        return expand(to: scores)
    }

    private func requireBools(in layer: String) {
        if dtype == .bool { return }
        let remedy = dtype.isFloat ? "mask .== 0 of one that is added" : "mask .!= 0 of ones"
        fail(
            layer, "the mask \(shape) is \(dtype)",
            hint: "pass bools, true where a position is seen: \(remedy)")
    }

    /// What a mask of bools and padding leave to be seen. Traps for a mask of another dtype.
    static func seen(_ mask: Tensor?, _ padding: Tensor?, in layer: String) -> Tensor? {
        mask?.requireBools(in: layer)
        guard let padding else { return mask }
        guard padding.rank == 2 else {
            fail(layer, "the padding \(padding.shape) is not [batch, positions]")
        }
        let there = padding.cast(to: .bool).logicalNot().unsqueeze(1).unsqueeze(1)
        return mask.map { $0.logicalAnd(there) } ?? there
    }
}
