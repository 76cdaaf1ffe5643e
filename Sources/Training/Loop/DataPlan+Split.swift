import Datasets
import FTConfig
import FTSupport
import Tensor

extension DataPlan {
    /// A sentence where `data.split` leaves examples of one class alone to measure on, though
    /// others are trained on; nil where it doesn't.
    func warningOfSplit() throws -> String? {
        guard config.optionalDouble("split") != nil, let validation,
            validation.targets.outputDType.isInteger, validation.targets.outputShape.rank == 0
        else { return nil }
        let held = try DataPlan.classes(validation)
        let learned = try DataPlan.classes(train)
        guard held.count == 1, learned.count > 1, let alone = held.first else { return nil }
        return
            "data.split takes the last examples to measure on, and they are all of class \(alone), "
            + "one of \(Format.grouped(learned.union(held).count)); store the examples in random "
            + "order, or have fttrain init or data csv --split --stratify split them"
    }

    private static func classes(_ loader: Loader) throws -> Set<Int> {
        var found: Set<Int> = []
        try loader.scanTargets { _, block in found.formUnion(block.values(as: Int.self)) }
        return found
    }
}
