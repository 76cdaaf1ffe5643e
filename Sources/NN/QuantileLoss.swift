internal import Autograd
public import Tensor

/// max(q (y − x), (q − 1)(y − x)) for predictions x of the quantile q of y: the pinball loss.
/// Koenker and Bassett, "Regression quantiles", 1978.
///
/// For one quantile, predictions and targets have one shape. For several, the last axis of the
/// predictions holds one for each; the targets have the shape without it, or a last axis of size 1.
public struct QuantileLoss: Loss {
    /// The quantiles, each above 0 and below 1.
    public let quantiles: [Double]
    /// How the losses become one number.
    public var reduction: LossReduction

    /// A loss of one quantile or several, each above 0 and below 1.
    public init(_ quantiles: Double..., reduction: LossReduction = .mean) {
        self.init(quantiles, reduction: reduction)
    }

    /// A loss of one quantile or several, each above 0 and below 1.
    public init(_ quantiles: [Double], reduction: LossReduction = .mean) {
        guard !quantiles.isEmpty, quantiles.allSatisfy({ $0 > 0 && $0 < 1 }) else {
            fail(
                "QuantileLoss", "\(quantiles) are no quantiles",
                hint: "pass numbers between 0 and 1")
        }
        self.quantiles = quantiles
        self.reduction = reduction
    }

    /// The reduced losses; traps where the shapes don't fit the number of quantiles.
    public func callAsFunction(_ prediction: Tensor, _ target: Tensor) -> Tensor {
        let x = prediction.dtype.isFloat ? prediction : prediction.cast(to: .float32)
        guard let shape = targetShape(x.shape, target.shape) else {
            fail(
                "QuantileLoss",
                "prediction \(x.shape) and target \(target.shape) don't fit "
                    + "\(quantiles.count) quantiles",
                hint: "the last axis of the prediction holds the quantiles, if there are several")
        }
        let missing = target.cast(to: x.dtype).reshape(shape) - x
        guard quantiles.count > 1 else {
            return reduction((missing * quantiles[0]).maximum(missing * (quantiles[0] - 1)))
        }
        let q = Tensor(NDArray(quantiles, on: x.data.backend.home).cast(to: x.dtype))
        return reduction((missing * q).maximum(missing * (q - 1)))
    }

    /// The shape in which targets broadcast to the predictions; nil where they don't fit.
    private func targetShape(_ prediction: Shape, _ target: Shape) -> Shape? {
        guard quantiles.count > 1 else { return prediction == target ? target : nil }
        guard prediction.last == quantiles.count else { return nil }
        let shape = prediction.replacing(prediction.rank - 1, with: 1)
        let isShort = target == prediction.removing(at: prediction.rank - 1)
        return target == shape || isShort ? shape : nil
    }

    /// Throws where the shapes don't fit the number of quantiles.
    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        guard targetShape(prediction, target) != nil else {
            throw ShapeError(
                layer: "QuantileLoss",
                problem: "the model gives \(prediction) an example, the targets are \(target), "
                    + "for \(quantiles.count) quantiles")
        }
    }
}
