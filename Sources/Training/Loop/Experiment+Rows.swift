import Datasets
import FTConfig
import FTSupport
import NN
import Tensor

extension Experiment {
    /// Reads all targets, and all inputs that could stop training later: indices of embeddings and
    /// classes that a transform makes vectors of.
    ///
    /// Throws a `DataError` with the first row that doesn't fit, or a `ConfigError` where an
    /// embedding looks up what no dataset holds.
    ///
    /// - Parameter isTrained: whether weights are there already, whose shapes can't change.
    func checkRows(_ output: Shape, isTrained: Bool) throws {
        let indices = try indexInputs()
        for loader in [data.train, data.validation].compactMap({ $0 }) {
            try checkTargets(loader, output)
            for index in loader.allInputs.indices {
                if let use = indices.uses.filter({ $0.input == data.inputNames[index] })
                    .min(by: { $0.count < $1.count })
                {
                    try checkIndices(loader, index, use, isTrained)
                } else if loader.allInputs[index].transforms.contains(where: \.mayReject) {
                    try loader.scanInput(index) { _, _ in }
                }
            }
        }
    }

    private func checkTargets(_ loader: Loader, _ output: Shape) throws {
        let (shape, dtype) = (loader.targets.outputShape, loader.targets.outputDType)
        let domain = loss.domain(prediction: output, target: shape, dtype)
        let size = max(1, shape.elementCount)
        let ignored = ignoredTarget.map { Double($0) }
        var counted = 0
        try loader.scanTargets { first, block in
            let values = block.values(as: Double.self)
            let outlier = domain.outlier(in: values, width: shape.last ?? 1, ignoring: ignored)
            if let outlier {
                let row = loader.dataset.storedRow(first + outlier.index / size)
                let found = describe(outlier, domain, row: row)
                throw DataError(loader.dataset.targetName, found)
            }
            counted += ignored.map { ignored in values.count { $0 != ignored } } ?? values.count
        }
        guard counted > 0 else { throw nothingCounts(loader) }
    }

    /// Why measuring or training on a set of examples would say nothing.
    func nothingCounts(_ loader: Loader) -> DataError {
        let cause =
            ignoredTarget.map { "each is \($0), which loss.ignoreIndex leaves out, or" } ?? "each"
        return DataError(
            loader.dataset.targetName,
            "none of the targets counts: \(cause) has a class weight of 0; "
                + "use other data or count more of it")
    }

    private func describe(_ outlier: TargetDomain.Outlier, _ domain: TargetDomain, row: Int)
        -> String
    {
        let name = config.value.child("loss").type
        let value = Format.number(outlier.value)
        if outlier.isSum {
            return "the targets of row \(row) add up to \(value), but \(name) is for targets "
                + "\(domain.words); for several classes at once use binaryCrossEntropy, or correct "
                + "the data"
        }
        let found = "a target is \(value) (row \(row)), but"
        switch domain {
        case .classes(let count):
            let remedy =
                outlier.value < 0
                ? "set loss.ignoreIndex=\(value) if it is to count nothing, or correct the data"
                : model.textModel != nil
                    ? "give the model a larger vocabulary or correct the data"
                    : "give the last layer more units or correct the data"
            return "\(found) the model has \(count) outputs for the classes 0 to \(count - 1); "
                + remedy
        case .numbers:
            return "\(found) targets must be finite numbers; correct the data or leave the row out"
        default:
            return "\(found) \(name) is for targets \(domain.words); use another loss, "
                + "data.targetTransforms, or correct the data"
        }
    }

    private func indexInputs() throws(ConfigError) -> IndexInputs {
        let indices = IndexInputs(of: model, data.inputNames)
        let problem: String
        if let name = indices.computed {
            problem =
                "layer \(name) (embedding) looks up what a layer computes; put it where the model "
                + "or a branch starts, where whole numbers come in"
        } else if let use = indices.uses.first(where: { $0.count > 1 << 24 }) {
            problem =
                "layer \(use.layer) (embedding): inputs are float32, which is exact up to "
                + "16,777,216; use a count up to that"
        } else {
            return indices
        }
        throw ConfigError([config.value.child("model").issue(problem, at: "layers")])
    }

    private func checkIndices(
        _ loader: Loader, _ index: Int, _ use: IndexInputs.Use, _ isTrained: Bool
    ) throws {
        let larger = isTrained ? "" : "give it a larger count or "
        let size = max(1, loader.allInputs[index].outputShape.elementCount)
        try loader.scanInput(index) { first, block in
            let values = block.values(as: Double.self)
            guard let outlier = use.domain.outlier(in: values, width: size, ignoring: nil) else {
                return
            }
            let row = loader.dataset.storedRow(first + outlier.index / size)
            throw DataError(
                loader.dataset.inputNames[index],
                "an index is \(Format.number(outlier.value)) (row \(row)), "
                    + "but \(use.words); \(larger)correct the data")
        }
    }
}

extension Transform {
    /// Whether it refuses some elements.
    fileprivate var mayReject: Bool { if case .oneHot = self { true } else { false } }
}
