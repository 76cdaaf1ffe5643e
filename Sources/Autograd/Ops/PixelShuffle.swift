public import Tensor

// Channels as pixels and back, and the largest of several channels.

extension Tensor {
    /// […, c · f², height, width] as […, c, height · f, width · f]: f² channels become a square of
    /// pixels. Shi et al., "Real-time single image and video super-resolution using an efficient
    /// sub-pixel convolutional neural network", 2016.
    public final func pixelShuffle(_ factor: Int) -> Tensor {
        guard rank >= 3, factor > 0, shape[rank - 3] % factor.times(factor) == 0 else {
            fail(
                "pixelShuffle", "\(shape) by \(factor)",
                hint: "channels, the third axis from the end, must be a multiple of the square")
        }
        let lead = Array(shape.dropLast(3))
        let (height, width) = (shape[rank - 2], shape[rank - 1])
        let channels = shape[rank - 3] / (factor * factor)
        let parts = reshape(Shape(lead + [channels, factor, factor, height, width]))
        return parts.permute(Array(lead.indices) + [0, 3, 1, 4, 2].map { $0 + lead.count })
            .reshape(Shape(lead + [channels, height * factor, width * factor]))
    }

    /// […, c, height, width] as […, c · f², height / f, width / f]: what undoes `pixelShuffle`.
    public final func pixelUnshuffle(_ factor: Int) -> Tensor {
        guard rank >= 3, factor > 0, shape[rank - 2] % factor == 0, shape[rank - 1] % factor == 0
        else {
            fail(
                "pixelUnshuffle", "\(shape) by \(factor)",
                hint: "the last two sizes must be multiples of it")
        }
        let lead = Array(shape.dropLast(3))
        let (height, width) = (shape[rank - 2] / factor, shape[rank - 1] / factor)
        let channels = shape[rank - 3]
        let parts = reshape(Shape(lead + [channels, height, factor, width, factor]))
        return parts.permute(Array(lead.indices) + [0, 2, 4, 1, 3].map { $0 + lead.count })
            .reshape(Shape(lead + [channels * factor * factor, height, width]))
    }

    /// The largest of every `pieces` neighbours along an axis, which becomes as many times smaller;
    /// equal ones share the gradient.
    public final func maxOut(_ pieces: Int, axis: Int = -1) -> Tensor {
        let axis = shape.axis(axis, "maxOut")
        guard pieces > 0, shape[axis] % pieces == 0 else {
            fail("maxOut", "axis \(axis) of \(shape) doesn't divide into pieces of \(pieces)")
        }
        return unflatten(axis: axis, into: [shape[axis] / pieces, pieces]).max(axis: axis + 1)
    }
}
