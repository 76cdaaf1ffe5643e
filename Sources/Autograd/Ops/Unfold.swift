public import Tensor

/// y[…, p, …, k] = x[…, p · step + k · dilation, …]: windows along an axis, a view,
/// dx = dy added where each element was seen
final class Unfold: UnaryOp {
    let axis: Int
    let windows: Windows
    init(_ windows: Windows, axis: Int) {
        self.windows = windows
        self.axis = axis
    }
    override var saves: Saved { .nothing }
    override func forward(_ x: NDArray) -> NDArray {
        let count = windows.count(in: x.shape[axis])
        var shape = x.shape.replacing(axis, with: count)
        shape.append(windows.size)
        var strides = x.strides.replacing(axis, with: x.strides[axis] &* windows.step)
        strides.append(x.strides[axis] &* windows.dilation)
        return NDArray(
            storage: x.storage, dtype: x.dtype, shape: shape, strides: strides, offset: x.offset)
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        dy.overlapAdd(windows, axis: axis, length: x.shape[axis])
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { self(dx) }
    override func batch(_ x: Tensor) -> Tensor? { Unfold(windows, axis: axis + 1)(x) }
}

/// Windows of `size` elements, `dilation` apart, that start every `step` elements.
struct Windows: Sendable {
    let size: Int
    let step: Int
    let dilation: Int

    init(size: Int, step: Int, dilation: Int, _ operation: String) {
        guard size > 0, step > 0, dilation > 0 else {
            fail(operation, "size \(size), step \(step) and dilation \(dilation) must be positive")
        }
        self.size = size
        self.step = step
        self.dilation = dilation
    }

    /// The elements from a window's first to its last.
    var reach: Int { (size - 1).times(dilation).plus(1) }

    /// How many windows fit.
    func count(in length: Int) -> Int { length < reach ? 0 : (length - reach) / step + 1 }
}

extension Tensor {
    /// Windows of `size` elements along an axis, starting every `step` elements, as a view: the
    /// axis counts the windows, a new last one their elements, which are `dilation` apart.
    public final func unfold(
        axis: Int, size: Int, step: Int = 1, dilation: Int = 1
    ) -> Tensor {
        let axis = shape.axis(axis, "unfold")
        let windows = Windows(size: size, step: step, dilation: dilation, "unfold")
        guard windows.reach <= shape[axis] else {
            fail("unfold", "a window of \(windows.reach) exceeds axis \(axis) of \(shape)")
        }
        return Unfold(windows, axis: axis)(self)
    }

    /// The transpose of `unfold`: the elements of windows, counted along an axis and lying along
    /// the last one, added where they overlap, in an axis of `length`.
    final func overlapAdd(_ windows: Windows, axis: Int, length: Int) -> Tensor {
        let starts = Tensor.arange(0, shape[axis], on: data.backend) * windows.step
        let steps = Tensor.arange(0, windows.size, on: data.backend) * windows.dilation
        let others = (0..<rank - 1).filter { $0 != axis }
        let front = permute([axis, rank - 1] + others)
        return ScatterAdd.of(front, starts.unsqueeze(1) + steps, rows: length).moved(0, to: axis)
    }

    /// The patches of images, for convolution as a matrix product (im2col).
    ///
    /// Images [..., channels, height, width] give columns [..., channels · kernel height · kernel
    /// width, patches], with zeros around the images where `padding` says so. Pairs are (height,
    /// width).
    public final func unfold(
        kernel: (Int, Int), stride: (Int, Int) = (1, 1), padding: (Int, Int) = (0, 0),
        dilation: (Int, Int) = (1, 1)
    ) -> Tensor {
        guard rank >= 3 else { fail("unfold", "shape \(shape) is no image [.., channels, h, w]") }
        if padding.0 < 0 || padding.1 < 0 {
            fail("unfold", "padding \(padding) is negative", hint: "pad takes negative widths")
        }
        let padded = pad([(padding.0, padding.0), (padding.1, padding.1)])
        let patches =
            padded
            .unfold(axis: rank - 2, size: kernel.0, step: stride.0, dilation: dilation.0)
            .unfold(axis: rank - 1, size: kernel.1, step: stride.1, dilation: dilation.1)
        let lead = Array(0..<rank - 2)
        let columns = patches.permute(lead + [rank, rank + 1, rank - 2, rank - 1])
        let depth = shape[rank - 3] * kernel.0 * kernel.1
        let count = patches.shape[rank - 2] * patches.shape[rank - 1]
        return columns.reshape(Shape(shape.dropLast(3) + [depth, count]))
    }

    /// Images of a size whose patches, as `unfold` gives them, are these columns, added where they
    /// overlap (col2im).
    public final func fold(
        to size: (Int, Int), kernel: (Int, Int), stride: (Int, Int) = (1, 1),
        padding: (Int, Int) = (0, 0), dilation: (Int, Int) = (1, 1)
    ) -> Tensor {
        let rows = Windows(size: kernel.0, step: stride.0, dilation: dilation.0, "fold")
        let columns = Windows(size: kernel.1, step: stride.1, dilation: dilation.1, "fold")
        if padding.0 < 0 || padding.1 < 0 { fail("fold", "padding \(padding) is negative") }
        let height = size.0.plus(padding.0.times(2))
        let width = size.1.plus(padding.1.times(2))
        let counts = (rows.count(in: height), columns.count(in: width))
        let (area, places) = (kernel.0.times(kernel.1), counts.0.times(counts.1))
        guard rank >= 2, shape[rank - 1] == places, shape[rank - 2] % area == 0 else {
            fail(
                "fold",
                "columns \(shape) don't fit images of \(size) with a kernel \(kernel): "
                    + "[.., channels · \(area), \(places)] are needed")
        }
        let lead = shape.dropLast(2) + [shape[rank - 2] / area]
        let patches = reshape(Shape(lead + [kernel.0, kernel.1, counts.0, counts.1]))
        let n = lead.count
        // [.., rows, kernel rows, columns, kernel columns]: the innermost first.
        let ordered = patches.permute(Array(0..<n) + [n + 2, n, n + 3, n + 1])
        let wide = ordered.overlapAdd(columns, axis: n + 2, length: width)
        let tall = wide.transpose(n + 1, n + 2).overlapAdd(rows, axis: n, length: height)
        return tall.pad([(-padding.0, -padding.0), (-padding.1, -padding.1)])
    }
}
