internal import Autograd
internal import Tensor

/// Predictions beside class labels: a row for each label, and what it counts.
struct LabelledRows {
    /// The predictions [rows, classes]; 0 in rows that count nothing, which may hold anything.
    let rows: Tensor
    /// The labels [rows], int64; a class where the given one is ignored.
    let labels: Tensor
    /// What each row counts [rows]: the weight of its class, 0 where the label is ignored.
    let weights: Tensor
    /// The shape of the labels as given.
    private let shape: Shape

    /// Traps, in the name of `loss`, where the labels don't fit the predictions or a label is no
    /// class.
    init(
        _ loss: String, _ predictions: Tensor, _ target: Tensor, ignoring ignored: Int?,
        classWeights: [Double]? = nil
    ) {
        guard predictions.rank > 0, predictions.dtype.isFloat, target.dtype.isInteger,
            target.shape == predictions.shape.removing(at: predictions.rank - 1)
        else {
            fail(
                loss, "a \(target.dtype) target \(target.shape) doesn't fit \(predictions.shape)",
                hint: "pass integer classes without the last axis")
        }
        let classes = predictions.shape[predictions.rank - 1]
        if let classWeights, classWeights.count != classes {
            fail(loss, "\(classWeights.count) class weights for \(classes) classes")
        }
        let rule = LabelRule(
            smoothing: 0, ignored: ignored,
            classWeights: classWeights.map { NDArray($0, on: predictions.data.backend.home) },
            of: loss)
        let given = target.reshape([target.count]).asIndex
        let type: DType = predictions.dtype == .float64 ? .float64 : .float32
        weights = given.labelWeights(rule, classes: classes, type)
        labels = rule.isIgnored(given).map { given.maskedFill($0, 0) } ?? given
        let all = predictions.reshape([target.count, classes])
        let mayBeLess = ignored != nil || classWeights != nil
        rows = mayBeLess ? all.maskedFill((weights .== 0).unsqueeze(1), 0) : all
        shape = target.shape
    }

    /// The number of classes.
    var classes: Int { rows.shape[1] }

    /// The element of each row that its label names.
    func picked(_ rows: Tensor) -> Tensor { rows.gather(labels.unsqueeze(1), axis: 1).squeeze(1) }

    /// The losses of the rows, each times its weight, as one number; the mean is by weight.
    func reduce(_ losses: Tensor, _ reduction: LossReduction) -> Tensor {
        let weighted = weights.cast(to: losses.dtype).weighing(losses)
        switch reduction {
        case .none: return weighted.reshape(shape)
        case .sum: return weighted.sum()
        case .mean: return weighted.meanByWeights(of: weights.sum())
        case .batchMean: return weighted.sum() / Double(shape.first ?? 1)
        }
    }

    /// Throws where class labels and weights don't fit the predictions of one example.
    static func check(
        _ loss: String, _ prediction: Shape, _ target: Shape, _ targetType: DType,
        classWeights: [Double]?
    ) throws {
        guard let classes = prediction.last, targetType.isInteger,
            target == prediction.removing(at: prediction.rank - 1)
        else {
            throw ShapeError(
                layer: loss,
                problem: "the model gives \(prediction) an example, which \(targetType) targets "
                    + "\(target) don't fit; integer classes are needed")
        }
        if let classWeights, classWeights.count != classes {
            throw ShapeError(
                layer: loss,
                problem:
                    "\(classWeights.count) class weights for the \(classes) classes of the model")
        }
    }
}

extension Tensor {
    /// Where these targets are a class, which an unsigned dtype need not hold: bool.
    func equals(class index: Int) -> Tensor {
        (dtype.isInteger ? asIndex : self) .== index
    }
}
