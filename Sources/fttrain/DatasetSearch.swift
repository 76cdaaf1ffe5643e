import Datasets
import FTSupport
import Training

/// The datasets of a file to train and to measure on: by their usual names, or else by their shapes.
struct DatasetSearch {
    let train: (inputs: String, targets: String)
    let held: (inputs: String, targets: String)?

    private static let heldWords = ["valid", "val", "test"]

    /// Throws where there are none, or several that might be.
    init(_ path: String, _ entries: [HDF5Entry]) throws {
        let all = Set(entries.map(\.path))
        if let train = DatasetNames.find(in: "train", among: all) {
            (self.train, held) = (train, DatasetNames.held(among: all))
            return
        }
        func isHeld(_ entry: HDF5Entry, _ word: String) -> Bool {
            entry.path.lowercased().contains(word)
        }
        let rest = entries.filter { entry in
            !DatasetSearch.heldWords.contains { isHeld(entry, $0) }
        }
        guard let train = DatasetSearch.pair(rest) else {
            throw DataError(
                path,
                "init looks for datasets such as train/inputs and train/targets, test/inputs and "
                    + "test/targets, or for one of two axes or more and one of one axis with as many "
                    + "rows; it holds "
                    + entries.prefix(8).map(DatasetSearch.words).joined(separator: ", ")
                    + (entries.count > 8 ? ", …" : "") + DatasetSearch.wordsOnly(entries)
                    + "; in a config of your own the keys data.train.inputs and data.train.targets "
                    + "name them")
        }
        self.train = train
        held =
            DatasetSearch.heldWords.lazy.compactMap { word in
                DatasetSearch.pair(entries.filter { isHeld($0, word) })
            }.first
    }

    /// The only dataset of rows and the only one of single values, of as many.
    private static func pair(_ entries: [HDF5Entry]) -> (inputs: String, targets: String)? {
        let numbers = entries.filter { $0.dtype != nil && $0.content == .stored }
        // Targets may be a column, which has two axes, too.
        func isColumn(_ entry: HDF5Entry) -> Bool {
            entry.dimensions.count == 2 && entry.dimensions[1] == 1
        }
        let wide = numbers.filter { $0.dimensions.count > 1 }
        let inputs = wide.count > 1 ? wide.filter { !isColumn($0) } : wide
        guard inputs.count == 1, let rows = inputs[0].dimensions.first, rows > 0 else { return nil }
        let others = numbers.filter { $0.path != inputs[0].path && $0.dimensions.first == rows }
        let targets = others.filter { $0.dimensions == [rows] || isColumn($0) }
        return targets.count == 1 ? (inputs[0].path, targets[0].path) : nil
    }

    /// What to do with datasets that hold text, which may be meant for targets.
    private static func wordsOnly(_ entries: [HDF5Entry]) -> String {
        let texts = entries.filter { $0.dtype == nil && $0.content == .stored }.map(\.path)
        guard let first = texts.first else { return "" }
        return "; '\(first)' holds no numbers: store classes as whole numbers from 0"
    }

    private static func words(_ entry: HDF5Entry) -> String {
        let shape = entry.dimensions.map { "\($0)" }.joined(separator: "×")
        return shape.isEmpty ? entry.path : "\(entry.path) \(shape)"
    }
}
