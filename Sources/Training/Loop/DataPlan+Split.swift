import Datasets
import FTConfig
import FTSupport
import Tensor

/// Which examples `data.split` and `data.folds` take to measure on.
enum SplitOrder: String, CaseIterable {
    /// Random ones, the same share of each class where targets are classes.
    case stratified
    /// Random ones.
    case shuffled
    /// The last ones of the file.
    case stored
}

extension DataPlan {
    static let splitOrderKey = "splitOrder"

    /// The examples to learn from and those to measure on, where the config cuts them; nil where it
    /// doesn't.
    static func split(
        _ examples: Dataset, _ config: RunConfig
    ) throws -> (Dataset, Dataset?)? {
        let data = config.data
        let order = SplitOrder(rawValue: data.string(splitOrderKey)) ?? .stratified
        if let folds = data.optionalInt("folds") {
            return try examples.fold(
                data.int("fold") - 1, of: folds, seed: config.seed, isRandom: order != .stored,
                isStratified: order == .stratified)
        }
        guard let share = data.optionalDouble("split") else { return nil }
        if order == .stored { return try examples.split(second: share) }
        return try examples.split(
            second: share, seed: config.seed, isStratified: order == .stratified)
    }

    /// A sentence where examples of one class alone are measured on, though others are trained on;
    /// nil where there are more.
    func warningOfValidation() throws -> String? {
        guard let validation, validation.targets.outputDType.isInteger,
            validation.targets.outputShape.rank == 0
        else { return nil }
        let held = try DataPlan.classes(validation)
        let learned = try DataPlan.classes(train)
        guard held.count == 1, learned.count > 1, let alone = held.first else { return nil }
        let classes = Format.grouped(learned.union(held).count)
        return "the examples to measure on are all of class \(alone), one of \(classes); \(remedy)"
    }

    private var remedy: String {
        guard ["split", "folds"].contains(where: { config.optional($0) != nil }) else {
            return "name other ones in data.validation, or have data.split choose some"
        }
        return config.string(DataPlan.splitOrderKey) == SplitOrder.stratified.rawValue
            ? "measure on more: a larger data.split, or fewer data.folds"
            : "have them chosen of each class: data.splitOrder=stratified"
    }

    private static func classes(_ loader: Loader) throws -> Set<Int> {
        var found: Set<Int> = []
        try loader.scanTargets { _, block in found.formUnion(block.values(as: Int.self)) }
        return found
    }
}
