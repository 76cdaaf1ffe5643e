import Datasets
import FTConfig
import FTSupport
import Tensor

extension PredictionSource {
    /// The datasets of a file that are called as those that the model was measured or trained on.
    static func datasets(
        _ path: String, as preprocessing: Preprocessing, of config: RunConfig
    ) throws -> PredictionSource {
        let file = try HDF5File(path)
        try preprocessing.checkTable(of: file, path)
        let data = config.data
        let parts = [data.optional("validation"), data.child("train")].compactMap { $0 }
        let names = preprocessing.inputs.map(\.name)
        func paths(_ part: Int) -> [String] {
            let given = parts[part].named("inputs")
            return names.compactMap { name in
                given.first { $0.name == name }?.value.asString
            }
        }
        let all = Set(try file.entries().map(\.path))
        let chosen = parts.indices.first { index in paths(index).allSatisfy(all.contains) }
        let sets: [HDF5Dataset]
        do {
            sets = try paths(chosen ?? 0).map { try HDF5Dataset(file, $0) }
        } catch let error as DataError where chosen == nil {
            let known = parts.indices.map { paths($0).map { "'\($0)'" }.joined(separator: ", ") }
            throw RunError(
                .data,
                "\(error); the model was trained with \(known.joined(separator: " and ")): call the new "
                    + "examples so, or save them as .npy")
        }
        guard let count = sets.map(\.count).min(), sets.allSatisfy({ $0.count == count }) else {
            throw RunError(.data, "\(path): the inputs differ in their numbers of examples")
        }
        let target = parts[chosen ?? 0].string("targets")
        return PredictionSource(
            path, count: count,
            names: try ExampleNames(file, beside: sets[0].path, count: count),
            read: { rows in try sets.map { try $0.read(rows: rows) } },
            targets: {
                guard all.contains(target) else { return nil }
                try preprocessing.checkClasses(of: file, path, targets: target)
                return try HDF5Dataset(file, target).read()
            })
    }
}
