import Datasets
import FTSupport
import Tensor

extension DataPlan {
    /// A sentence on each dataset that holds other elements than when a model was trained, by what
    /// its checkpoint says.
    func changes(since saved: [String: String]) throws -> [String] {
        try digests().compactMap { key, name, digest in
            guard let before = saved["digest.\(key)"], XXHash64.padded(before) != digest else {
                return nil
            }
            return "\(name) (data.\(key)) holds other elements than when the model was trained, "
                + "which may have learned from what is measured here"
        }
    }
}

extension Preprocessing {
    /// Throws where the rows of a file became numbers in another way than the model's: what a number
    /// stands for isn't what the model learned.
    func checkTable(of file: HDF5File, _ path: String) throws(RunError) {
        guard let table, let text = file.attribute(TableEncoding.key),
            let other = TableEncoding(text),
            let difference = other.difference(from: table, called: "the model's")
        else { return }
        throw RunError(
            .data,
            "\(path): its table was encoded by rows of its own, so its numbers stand for others than "
                + "the model's (\(difference)); give the table itself, as .csv or .jsonl")
    }

    /// Throws where a file's targets are numbers of other classes than the model's.
    func checkClasses(of file: HDF5File, _ path: String, targets name: String) throws(RunError) {
        let others = Preprocessing.classes(file, on: name)
        guard !others.isEmpty, !classes.isEmpty, others != classes else { return }
        func list(_ names: [String]) -> String {
            names.prefix(4).map { $0.escapedForDisplay(limit: 30) }.joined(separator: ", ")
                + (names.count > 4 ? ", …" : "")
        }
        throw RunError(
            .data,
            "\(path): '\(name)' numbers the classes \(list(others)), the model was trained on "
                + "\(list(classes)); make the data anew with a folder or a row of each, or predict "
                + "without comparing")
    }
}
