import FTJSON
import FTSupport

extension Table {
    /// What a cell holds as it is written, read again from where it stands: `1e3`, where its column
    /// holds 1000; nil for nothing.
    func written(_ row: Int, _ name: String) -> String? {
        guard let column = column(name), let text = column.text(row) else { return nil }
        if column.word(row) != nil { return text }
        return objects.isEmpty ? readAgain(row, name) ?? text : objects[row][name] ?? text
    }

    /// The same in quotes and no longer than a message should be; `nothing` for nothing.
    func quoted(_ row: Int, _ name: String) -> String {
        written(row, name).map { "'\($0.prefix(40))'" } ?? "nothing"
    }

    private func readAgain(_ row: Int, _ name: String) -> String? {
        guard offsets.indices.contains(row) else { return nil }
        if let content { return content.withUnsafeBytes { readAgain(row, name, $0) } }
        guard let file = try? DataFile.map(path) else { return nil }
        defer { withExtendedLifetime(file) {} }
        return readAgain(row, name, file.bytes)
    }

    private func readAgain(
        _ row: Int, _ name: String, _ bytes: UnsafeRawBufferPointer
    ) -> String? {
        let start = offsets[row]
        guard start < bytes.count else { return nil }
        guard let separator = separator?.asciiValue else {
            let line = UnsafeRawBufferPointer(rebasing: bytes[start...].prefix { $0 != 10 })
            let member = (try? JSONNode(parsing: line))?.members?.first { $0.key == name }
            return member.flatMap { try? Table.cell($0, path) }
        }
        var scanner = CSVScanner(path, bytes, separator: separator)
        scanner.seek(start)
        let fields = (try? scanner.row()) ?? []
        return index(name).flatMap { fields.indices.contains($0) ? fields[$0].text : nil }
    }
}

extension Table {
    /// What rows hold in a column, as text, without those that hold nothing.
    package func texts(_ name: String, _ rows: [Int]) -> [String] {
        guard let column = column(name) else { return [] }
        return rows.compactMap { column.text($0) }
    }
}
