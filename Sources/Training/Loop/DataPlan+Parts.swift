import Datasets
import FTConfig
import FTSupport

extension DataPlan {
    /// The datasets that the config names to train and to measure on.
    ///
    /// Throws with what to set where the file calls them otherwise, or has none to measure on.
    static func parts(
        _ path: String, _ data: ConfigValue, _ names: [String], isTrained: Bool
    ) throws -> (examples: Dataset, held: Dataset?) {
        func open(_ key: String, _ part: ConfigValue) throws -> Dataset {
            let inputs = try paths(part, names)
            do {
                return try Dataset.open(
                    path, inputs: inputs, targets: part.string("targets"),
                    memoryLimit: data.int("memoryLimit") << 20)
            } catch let error as DataError {
                let wanted = inputs + [part.string("targets")]
                guard
                    let remedy = remedy(
                        path, key, wanted, names, isTrained,
                        hasHeld: data.optional("validation") != nil)
                else { throw error }
                throw DataError(error.file, "\(error.problem); \(remedy)", lines: error.lines)
            }
        }
        let examples = try open("train", data.child("train"))
        return (examples, try data.optional("validation").map { try open("validation", $0) })
    }

    /// What to set where a file lacks datasets that the config names; nil where it has them, or
    /// nothing that would do.
    private static func remedy(
        _ path: String, _ key: String, _ wanted: [String], _ names: [String], _ isTrained: Bool,
        hasHeld: Bool
    ) -> String? {
        guard names == [""], let entries = try? HDF5File(path).entries() else { return nil }
        let all = Set(entries.map(\.path))
        guard !wanted.allSatisfy(all.contains) else { return nil }
        func naming(_ pair: (inputs: String, targets: String), as key: String) -> String {
            "data.\(key).inputs=\(pair.inputs) data.\(key).targets=\(pair.targets)"
        }
        let train = DatasetNames.find(in: "train", among: all)
        if key == "train" {
            // The other part lacks its datasets, too, and is what a trained run measures on.
            let held = hasHeld ? DatasetNames.held(among: all) : nil
            let also = held.map { " " + naming($0, as: "validation") } ?? ""
            return train.map { "name those there are: \(naming($0, as: key))\(also)" }
        }
        if let held = DatasetNames.held(among: all) {
            return "name those there are: \(naming(held, as: key))"
        }
        if isTrained {
            return train.map { "measure on all there are: \(naming($0, as: key))" }
        }
        return "keep a share of the training examples to measure on: data.validation=null "
            + "data.split=0.2"
    }
}
