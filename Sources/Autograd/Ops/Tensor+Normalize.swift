public import Tensor

extension Tensor {
    /// (x − mean) / √(variance + ε) · w + b over the last `axes` axes, for each place of the
    /// others; without w or b where there is none. Half precision is computed in float32 and
    /// rounded once. Traps where there are fewer axes, or w and b don't broadcast to this shape.
    public final func layerNorm(
        axes: Int = 1, epsilon: Double = 1e-5, weight: Tensor? = nil, bias: Tensor? = nil
    ) -> Tensor {
        normalized(axes, epsilon, isCentred: true, weight, bias, "layerNorm")
    }

    /// x / √(mean x² + ε) · w over the last `axes` axes, for each place of the others; without w
    /// where there is none. Half precision is computed in float32 and rounded once. Traps where
    /// there are fewer axes, or w doesn't broadcast to this shape.
    ///
    /// Zhang and Sennrich, "Root mean square layer normalization", 2019, equation 4.
    public final func rmsNorm(
        axes: Int = 1, epsilon: Double = 1e-6, weight: Tensor? = nil
    ) -> Tensor {
        normalized(axes, epsilon, isCentred: false, weight, nil, "rmsNorm")
    }

    private final func normalized(
        _ axes: Int, _ epsilon: Double, isCentred: Bool, _ weight: Tensor?, _ bias: Tensor?,
        _ operation: String
    ) -> Tensor {
        let terms = [weight, bias].compactMap { $0 }
        for term in terms where Shape.broadcast(term.shape, shape) != shape {
            fail(operation, "a weight or bias \(term.shape) doesn't fit \(shape)")
        }
        guard axes >= 1, axes <= rank else { fail(operation, "\(shape) has no \(axes) last axes") }
        guard epsilon >= 0 else { fail(operation, "epsilon is \(epsilon), not from 0 up") }
        let common = terms.reduce(floating.dtype) { DType.promote($0, $1.dtype, operation) }
        let norm = RowNorm(epsilon: epsilon, isCentred: isCentred)
        let size = Shape(shape.suffix(axes))
        let inputs = ([self] + terms).map { $0.cast(to: common) }
        return Tensor.roundedOnce(inputs, autocast: .float32) { parts in
            let rows = axes == 1 ? parts[0] : parts[0].rows(axes)
            let more = parts.dropFirst()
            if weight != nil, terms.allSatisfy({ $0.shape == size }) {
                let flat = axes == 1 ? Array(more) : more.map { $0.flatten() }
                let y = ScaledNormalize(norm)([rows] + flat)
                return axes == 1 ? y : y.reshape(shape)
            }
            let y = axes == 1 ? Normalize(norm)(rows) : Normalize(norm)(rows).reshape(shape)
            let scaled = weight == nil ? y : y * parts[1]
            return bias == nil ? scaled : scaled + parts[parts.count - 1]
        }
    }

    /// The last axes as one.
    private final func rows(_ axes: Int) -> Tensor {
        reshape(Shape(shape.dropLast(axes) + [shape.suffix(axes).reduce(1, *)]))
    }
}
