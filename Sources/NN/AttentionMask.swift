internal import Autograd
import Tensor

extension Tensor {
    /// This mask of a layer as bools of the scores' shape. Traps where it doesn't broadcast to it,
    /// or is not of bools: floats would be added to scores, where 0 means that a position is seen.
    final func sees(_ scores: Shape, in layer: String) -> Tensor {
        if dtype != .bool {
            let remedy = dtype.isFloat ? "mask .== 0 of one that is added" : "mask .!= 0 of ones"
            fail(
                layer, "the mask \(shape) is \(dtype)",
                hint: "pass bools, true where a position is seen: \(remedy)")
        }
        guard Shape.broadcast(shape, scores) == scores else {
            fail(layer, "the mask \(shape) doesn't fit [batch, heads, positions, seen] \(scores)")
        }
        return expand(to: scores)
    }
}
