public import FTJSON
import FTSupport

/// The contents of another kind of data file, an HDF5 dataset say, in the style of `inspect`.
public struct FileListing: Sendable {
    /// One line of the table.
    public struct Row: Sendable {
        /// The path of the item in its file.
        public var name: String
        /// What it is: `dataset`, `group`, …
        public var kind: String
        /// Its sizes; nil where it has none.
        public var shape: [Int]?
        /// Its element type in words; empty where it has none.
        public var dtype: String
        /// The bytes of its elements in memory.
        public var byteCount: Int
        /// Anything else: `chunks 64×784, gzip 4`.
        public var note: String
        /// What its elements look like; nil where they weren't read.
        public var statistics: TensorStatistics?

        /// Creates a line.
        public init(
            name: String, kind: String, shape: [Int]?, dtype: String, byteCount: Int,
            note: String = "", statistics: TensorStatistics? = nil
        ) {
            self.name = name
            self.kind = kind
            self.shape = shape
            self.dtype = dtype
            self.byteCount = byteCount
            self.note = note
            self.statistics = statistics
        }

        fileprivate var elementCount: Int? {
            shape?.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
        }
    }

    /// The file, as the caller named it.
    public let path: String
    /// What it is: `HDF5 file`.
    public let format: String
    /// Its size in bytes.
    public let byteCount: Int
    /// The lines.
    public let rows: [Row]

    /// Creates a listing.
    public init(path: String, format: String, byteCount: Int, rows: [Row]) {
        self.path = path
        self.format = format
        self.byteCount = byteCount
        self.rows = rows
    }

    /// The same listing with only the rows that the options show, in their order.
    public func applying(_ options: InspectOptions) -> FileListing {
        var shown = rows.filter { options.shows($0.name) }
        switch options.sort {
        case .none: break
        case .name: shown.sort { $0.name < $1.name }
        case .size: shown.sort { ($1.byteCount, $0.name) < ($0.byteCount, $1.name) }
        }
        return FileListing(path: path, format: format, byteCount: byteCount, rows: shown)
    }

    /// The listing for people.
    public func text() -> String {
        var table = TextTable([
            .text("name"), .text("kind"), .text("shape"), .text("dtype"), .number("elements"),
            .number("MiB"), .text("storage"),
        ])
        for row in rows {
            table.append([
                row.name.escapedForDisplay(), row.kind, row.shape.map { Format.shape($0) } ?? "",
                row.dtype.escapedForDisplay(limit: 40),
                row.elementCount.map { Format.grouped($0) } ?? "",
                row.shape == nil ? "" : Format.mebibytes(row.byteCount),
                row.note.escapedForDisplay(),
            ])
        }
        let total = rows.reduce(0) { $0 + $1.byteCount }
        table.append([
            "total", "", Format.count(rows.count, "item"), "", "", Format.mebibytes(total),
        ])
        let title = "\(path)   \(format)\nsize \(Format.bytes(byteCount))"
        let statistics = TensorStatistics.lines(
            rows.map { ($0.name.escapedForDisplay(), $0.statistics) })
        return ([title, ""] + table.lines(folding: 6) + statistics).joined(separator: "\n") + "\n"
    }

    /// The listing for programs.
    public var json: JSONValue {
        let items = rows.map { row -> JSONValue in
            var object: JSONObject = ["name": .string(row.name), "kind": .string(row.kind)]
            if let shape = row.shape { object["shape"] = .ints(shape) }
            if !row.dtype.isEmpty { object["dtype"] = .string(row.dtype) }
            object["bytes"] = .int(row.byteCount)
            if !row.note.isEmpty { object["storage"] = .string(row.note) }
            if let statistics = row.statistics { object["statistics"] = statistics.json }
            return .object(object)
        }
        return [
            "file": .string(path), "format": .string(format), "bytes": .int(byteCount),
            "items": .array(items),
        ]
    }
}
