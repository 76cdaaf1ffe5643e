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

    /// The columns of ids of a table, and of each the ids of all rows.
    private static func ids(
        _ kept: (String) throws -> NDArray?, _ file: HDF5File
    ) throws -> (columns: [String], ids: [[String]])? {
        guard let text = file.attribute(TableEncoding.key),
            let columns = TableEncoding(text)?.ids, !columns.isEmpty
        else { return nil }
        let ids = try columns.indices.compactMap { place in
            try kept(TableEncoding.idsName(place)).flatMap(TextRows.texts)
        }
        return ids.count == columns.count ? (columns, ids) : nil
    }

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

    /// The files of images, the ids or lines (from 1) of a table's rows, or the rows (from 0) of an
    /// array that rows of a dataset come from, where these are kept beside it; else the rows.
    init(_ file: HDF5File, beside path: String, count: Int) throws {
        let folder = path.split(separator: "/").dropLast().map { String($0) }
        let all = Set(try file.entries().map(\.path))
        func kept(_ name: String) throws -> NDArray? {
            let path = (folder + [name]).joined(separator: "/")
            return all.contains(path) ? try HDF5Dataset(file, path).read() : nil
        }
        if let files = try kept("files").flatMap(TextRows.texts), files.count == count {
            self.init(files: files)
        } else if let (columns, ids) = try ExampleNames.ids(kept, file), ids[0].count == count {
            self.init(columns: columns) { row in ids.map { $0[row] } }
        } else if let lines = try kept("lines"), lines.shape == [count] {
            self.init("line", lines.values(as: Int.self).map { "\($0)" })
        } else if let rows = try kept("rows"), rows.shape == [count] {
            self.init("row", rows.values(as: Int.self).map { "\($0)" })
        } else {
            self = .rows
        }
    }
}
