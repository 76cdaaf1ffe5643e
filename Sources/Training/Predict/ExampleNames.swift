import Datasets
import Tensor

/// What tells the examples of a file apart.
struct ExampleNames: Sendable {
    /// The columns of ids, or `line` or `row`.
    let columns: [String]
    /// The ids of an example, by its row.
    let of: @Sendable (Int) -> [String]

    init(columns: [String], _ of: @escaping @Sendable (Int) -> [String]) {
        self.columns = columns
        self.of = of
    }

    /// Columns of ids, or else the line of each row.
    init(_ table: Table, _ encoding: TableEncoding) {
        columns = encoding.ids.isEmpty ? ["line"] : encoding.ids
        of = { row in
            encoding.ids.isEmpty ? ["\(table.lines[row])"] : encoding.ids(table, row: row)
        }
    }

    /// The lines of the table that rows of a dataset come from, where they are kept beside it; else
    /// the rows.
    init(_ file: HDF5File, beside path: String, count: Int) throws {
        let folder = path.split(separator: "/").dropLast().map { String($0) }
        let lines = (folder + ["lines"]).joined(separator: "/")
        let isKept = try file.entries().contains { $0.path == lines }
        let numbers = isKept ? try HDF5Dataset(file, lines).read().values(as: Int.self) : []
        let areLines = numbers.count == count
        columns = areLines ? ["line"] : ["row"]
        of = { row in ["\(areLines ? numbers[row] : row)"] }
    }
}
