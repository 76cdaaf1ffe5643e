public import Tensor

/// What `pad` puts around the elements.
public enum PaddingMode: Sendable {
    /// One number.
    case constant
    /// The elements inside, mirrored at the outermost, which is not repeated.
    case reflect
    /// The outermost element.
    case replicate
    /// The elements from the other end.
    case circular
}

extension Tensor {
    /// Elements around these: (before, after) for each of the last axes, in order. A negative width
    /// cuts off as many.
    ///
    /// The number is for the constant mode. Reflection needs widths below the axis's size, the
    /// circular mode none above it.
    public final func pad(
        _ widths: [(before: Int, after: Int)], mode: PaddingMode = .constant,
        value: some TensorScalar = 0
    ) -> Tensor {
        guard widths.count <= rank else {
            fail("pad", "\(widths.count) pairs of widths for shape \(shape)")
        }
        if widths.allSatisfy({ $0.before <= 0 && $0.after <= 0 }) { return cut(widths).copy() }
        let around = widths.map { (Swift.max($0.before, 0), Swift.max($0.after, 0)) }
        if mode == .constant { return cut(widths).embedded(around, value) }
        // What is cut off doesn't come again at the other end, but still shows in a mirror.
        let start = mode == .circular ? cut(widths) : self
        let all = around.enumerated().reduce(start) { result, item in
            result.extended(item.element, axis: rank - widths.count + item.offset, mode)
        }
        return mode == .circular ? all : all.cut(widths)
    }

    /// The elements without as many as negative widths say.
    private func cut(_ widths: [(before: Int, after: Int)]) -> Tensor {
        if widths.allSatisfy({ $0.before >= 0 && $0.after >= 0 }) { return self }
        var inner = Region(of: shape)
        for (position, width) in widths.enumerated() {
            let axis = rank - widths.count + position
            let (before, after) = (Swift.min(width.before, 0), Swift.min(width.after, 0))
            inner.starts[axis] = before.size
            inner.counts[axis] = shape[axis].plus(before).plus(after)
            guard inner.counts[axis] >= 0 else {
                fail("pad", "widths \(widths) take more than there is of \(shape)")
            }
        }
        return Slice(inner)(self)
    }

    private func embedded(_ widths: [(Int, Int)], _ value: some TensorScalar) -> Tensor {
        if widths.allSatisfy({ $0 == (0, 0) }) { return self }
        var region = Region(of: shape)
        var padded = shape
        for (position, width) in widths.enumerated() {
            let axis = rank - widths.count + position
            region.starts[axis] = width.0
            padded[axis] = padded[axis].plus(width.0).plus(width.1)
        }
        return Embed(region, in: padded, around: value.asScalar)(self)
    }

    /// The elements with some of them again before and after along an axis.
    private func extended(_ width: (Int, Int), axis: Int, _ mode: PaddingMode) -> Tensor {
        if width == (0, 0) { return self }
        let size = shape[axis]
        let most = mode == .reflect ? size - 1 : mode == .circular ? size : size > 0 ? Int.max : 0
        guard Swift.max(width.0, width.1) <= most else {
            fail(
                "pad", "widths \(width.0) and \(width.1) are too large for axis \(axis) of \(shape)"
            )
        }
        func part(_ start: Int, _ count: Int) -> Tensor {
            narrow(axis: axis, start: start, count: count)
        }
        let pieces: (Tensor, Tensor)
        switch mode {
        case .reflect:
            pieces = (
                part(1, width.0).flip(axis), part(size - 1 - width.1, width.1).flip(axis)
            )
        case .circular: pieces = (part(size - width.0, width.0), part(0, width.1))
        case .constant, .replicate:
            pieces = (
                part(0, 1).expand(to: shape.replacing(axis, with: width.0)),
                part(size - 1, 1).expand(to: shape.replacing(axis, with: width.1))
            )
        }
        let all = [(pieces.0, width.0), (self, size), (pieces.1, width.1)]
        return .concat(all.filter { $0.1 > 0 }.map(\.0), axis: axis)
    }
}
