extension TableEncoding {
    /// The dataset, beside inputs, that keeps a table's ids of rows: of each of its columns of ids
    /// one.
    package static func idsName(_ place: Int) -> String { place == 0 ? "ids" : "ids\(place + 1)" }

    /// Keeps what tells rows apart, where a table has columns of that.
    package func writeIDs(
        _ table: Table, rows: [Int], to file: HDF5Writer, _ part: String
    ) throws {
        for (place, name) in ids.enumerated() {
            let texts = rows.map { table.column(name)?.text($0) ?? "" }
            // Rows are as wide as the longest; lines tell them apart, too.
            guard TextRows.fits(texts) else { continue }
            let path = "\(part)/\(TableEncoding.idsName(place))"
            try file.write(path, TextRows.array(texts), deflate: 1)
        }
    }
}
