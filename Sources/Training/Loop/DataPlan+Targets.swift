import Datasets
import FTConfig
import FTSupport
import Tensor

extension DataPlan {
    /// Reads targets that `check` refuses in a shape or dtype that it takes, where that changes no
    /// number: a column of classes, or classes that are stored as floats.
    ///
    /// Throws a `DataError` with the first target that is no whole number where only those will do.
    mutating func fitTargets(
        _ output: Shape, _ check: (Shape, DType) throws -> Void
    ) throws {
        let stored = train.targets.transforms.count
        train = try DataPlan.fitted(train, output, check)
        preprocessing.target.transforms += train.targets.transforms.dropFirst(stored)
        validation = try validation.map { try DataPlan.fitted($0, output, check) }
    }

    /// How targets are read, where that is not as they are stored and the config doesn't say so.
    var targetNote: String {
        let (stored, read) = (train.dataset, train.targets)
        guard read.transforms.count > config.children("targetTransforms").count else { return "" }
        func words(_ shape: Shape, _ dtype: DType) -> String {
            shape.isEmpty ? "\(dtype)" : "\(dtype) \(Format.shape(shape))"
        }
        return "targets \(words(stored.targetShape, stored.targetDType)) → "
            + words(read.outputShape, read.outputDType)
    }

    private static func fitted(
        _ loader: Loader, _ output: Shape, _ check: (Shape, DType) throws -> Void
    ) throws -> Loader {
        let (shape, dtype) = (loader.targets.outputShape, loader.targets.outputDType)
        func fits(_ shape: Shape, _ dtype: DType) -> Bool { (try? check(shape, dtype)) != nil }
        guard !fits(shape, dtype),
            let remedy = TargetRemedy.all(output, shape, dtype).first(where: {
                fits($0.shape, $0.dtype)
            }), let transforms = remedy.transforms
        else { return loader }
        if dtype.isFloat, !remedy.dtype.isFloat { try requireWholeNumbers(loader) }
        return try loader.addingTargetTransforms(transforms)
    }

    private static func requireWholeNumbers(_ loader: Loader) throws {
        let size = max(1, loader.targets.outputShape.elementCount)
        try loader.scanTargets { first, block in
            let values = block.values(as: Double.self)
            guard let index = values.firstIndex(where: { $0 != $0.rounded() }) else { return }
            throw DataError(
                loader.dataset.targetName,
                "a target is \(Format.number(values[index])) (row "
                    + "\(loader.dataset.storedRow(first + index / size))), but the "
                    + "loss needs classes, whole numbers; use another loss or correct the data")
        }
    }
}
