internal import Autograd
import Tensor

extension Tensor {
    /// This mask of a layer as bools of the scores' shape. Traps where it doesn't broadcast to it,
    /// or is of floats, which would be added to scores and mean the opposite as bools.
    final func sees(_ scores: Shape, in layer: String) -> Tensor {
        if dtype.isFloat {
            fail(
                layer, "the mask \(shape) is \(dtype)",
                hint: "pass bools, true where a position is seen: mask .== 0 of one that is added")
        }
        guard Shape.broadcast(shape, scores) == scores else {
            fail(layer, "the mask \(shape) doesn't fit [batch, heads, positions, seen] \(scores)")
        }
        return cast(to: .bool).expand(to: scores)
    }
}
