import Datasets
import Tensor

/// What tells the examples of a file apart.
struct ExampleNames: Sendable {
    /// The columns of ids, or `line`, `row` or `file`.
    let columns: [String]
    /// The ids of an example, by its row.
    let of: @Sendable (Int) -> [String]

    init(columns: [String], _ of: @escaping @Sendable (Int) -> [String]) {
        self.columns = columns
        self.of = of
    }

    private init(_ column: String, _ names: [String]) {
        self.init(columns: [column]) { [names[$0]] }
    }

    /// Their rows, counted from 0.
    static let rows = ExampleNames(columns: ["row"]) { ["\($0)"] }

    /// Images by their paths.
    init(files: [String]) { self.init("file", files) }

    /// Columns of ids, or else the line of each row.
    init(_ table: Table, _ encoding: TableEncoding) {
        guard !encoding.ids.isEmpty else {
            self.init("line", table.lines.map { "\($0)" })
            return
        }
        let ids = (0..<table.count).map { encoding.ids(table, row: $0) }
        self.init(columns: encoding.ids) { ids[$0] }
    }

    /// The files of images, or the lines of a table, that rows of a dataset come from, where these
    /// are kept beside it; else the rows.
    init(_ file: HDF5File, beside path: String, count: Int) throws {
        let folder = path.split(separator: "/").dropLast().map { String($0) }
        let all = Set(try file.entries().map(\.path))
        func kept(_ name: String) throws -> NDArray? {
            let path = (folder + [name]).joined(separator: "/")
            return all.contains(path) ? try HDF5Dataset(file, path).read() : nil
        }
        if let files = try kept("files").flatMap(TextRows.texts), files.count == count {
            self.init(files: files)
        } else if let lines = try kept("lines"), lines.shape == [count] {
            self.init("line", lines.values(as: Int.self).map { "\($0)" })
        } else {
            self = .rows
        }
    }
}
