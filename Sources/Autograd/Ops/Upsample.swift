public import Tensor

// Images made larger or smaller, as PyTorch's `interpolate` does it: axis by axis, the last one
// first.

/// What stands between the elements of an image that becomes a larger one.
public enum UpsampleMode: Sendable, Hashable {
    /// The nearest element before: that at ⌊i · n / N⌋ of n elements that become N.
    case nearest
    /// A straight line from an element to the next one. Elements are areas, whose outer edges stay
    /// where they are; with `alignCorners` they are points, and the outermost ones stay.
    case linear(alignCorners: Bool = false)
}

extension Tensor {
    /// The last axes with other sizes. Lines give floats: integers become float32. Traps where a
    /// size isn't positive.
    public final func upsample(to sizes: [Int], _ mode: UpsampleMode = .nearest) -> Tensor {
        let old = Array(shape.suffix(sizes.count))
        return resampled(sizes, mode) { axis, place in
            (place * old[axis] / sizes[axis], Double(old[axis]) / Double(sizes[axis]))
        }
    }

    /// The last axes as many times as large, rounded down; places are divided by the factors. Lines
    /// give floats: integers become float32. Traps where a size isn't positive.
    public final func upsample(by factors: [Double], _ mode: UpsampleMode = .nearest) -> Tensor {
        guard factors.count <= rank, factors.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            fail("upsample", "factors \(factors) for shape \(shape)", hint: "one positive an axis")
        }
        let old = Array(shape.suffix(factors.count))
        let sizes = zip(old, factors).map { $0.scaled(by: $1) }
        return resampled(sizes, mode) { axis, place in
            (Int(Double(place) / factors[axis]), 1 / factors[axis])
        }
    }

    /// - Parameter places: for an axis of `sizes` and a place along it, the nearest element before,
    ///   and the distance of neighbours.
    private final func resampled(
        _ sizes: [Int], _ mode: UpsampleMode, _ places: (Int, Int) -> (nearest: Int, step: Double)
    ) -> Tensor {
        let first = rank - sizes.count
        guard first >= 0, sizes.allSatisfy({ $0 > 0 }),
            shape.dropFirst(Swift.max(first, 0)).allSatisfy({ $0 > 0 })
        else {
            fail("upsample", "\(shape) to sizes \(sizes)", hint: "all must be positive")
        }
        let start = mode == .nearest ? self : floating
        let result = Tensor.roundedOnce([start]) { inputs in
            sizes.indices.reversed().reduce(inputs[0]) { x, axis in
                let (place, size) = (first + axis, sizes[axis])
                switch mode {
                case .nearest:
                    return x.picked((0..<size).map { places(axis, $0).nearest }, axis: place)
                case .linear(let alignCorners):
                    return x.lined(size, axis: place, alignCorners, step: places(axis, 0).step)
                }
            }
        }
        return result.data.storage === data.storage ? result.copy() : result
    }

    /// Elements along an axis, which may come several times; none beyond the last.
    private final func picked(_ sources: [Int], axis: Int) -> Tensor {
        let last = shape[axis] - 1
        let sources = sources.map { Swift.min($0, last) }
        if sources.elementsEqual(0...last) { return self }
        let times = sources.count / (last + 1)
        if times > 1, sources.count % times == 0,
            sources.enumerated().allSatisfy({ $1 == $0 / times })
        {
            // A view repeats, and its gradient is a sum.
            return unsqueeze(axis + 1).expand(to: shape.inserting(times, at: axis + 1))
                .reshape(shape.replacing(axis, with: sources.count))
        }
        return take(Tensor(NDArray(sources, on: data.backend)), axis: axis)
    }

    /// Points of the lines between neighbours along an axis.
    private final func lined(
        _ size: Int, axis: Int, _ alignCorners: Bool, step: Double
    ) -> Tensor {
        let last = shape[axis] - 1
        let apart = size > 1 ? Double(last) / Double(size - 1) : 0
        var (sources, shares): ([Int], [Double]) = ([], [])
        for place in 0..<size {
            let middle = (Double(place) + 0.5) * step - 0.5
            let at = alignCorners ? Double(place) * apart : Swift.max(0, middle)
            sources.append(Swift.min(Int(at), last))
            shares.append(Swift.min(at - Double(sources[place]), 1))
        }
        if shares.allSatisfy({ $0 == 0 }) { return picked(sources, axis: axis) }
        let ones = Array(repeating: 1, count: rank - axis - 1)
        let weights = Tensor(
            NDArray(shares, Shape([size] + ones), on: data.backend).cast(to: dtype))
        let next = picked(sources.map { $0 + 1 }, axis: axis)
        return picked(sources, axis: axis) * (1 - weights) + next * weights
    }
}

extension Int {
    /// This size times a factor, rounded down; traps beyond what there can be.
    fileprivate func scaled(by factor: Double) -> Int {
        let size = (Double(self) * factor).rounded(.down)
        guard size < 0x1p52 else { fail("upsample", "size \(self) times \(factor) is too large") }
        return Int(size)
    }
}
