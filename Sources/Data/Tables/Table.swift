package import FTJSON
import FTSupport

/// A table as it lies in a file: columns of cells, which nobody has interpreted yet.
package struct Table: Sendable {
    /// The file.
    package let path: String
    /// Whether names came from a first row, or from keys.
    package private(set) var hasHeader = false
    /// What stands between fields; nil for JSON lines.
    package private(set) var separator: Character?
    private(set) var columns: [TableColumn] = []
    /// The line of each row in the file.
    package private(set) var lines: [Int] = []
    /// Whether objects come by themselves, from no file that could be read again.
    private let keepsObjects: Bool
    /// What was read, where that is no file that could be read again; nil else.
    var content: [UInt8]?
    /// Where each row begins in the file; empty where there is none.
    var offsets: [Int] = []
    /// What the cells of objects that came by themselves hold, as it is written.
    private(set) var objects: [[String: String]] = []
    /// Whether a row that can't be read is kept, as one that holds nothing, with what is wrong.
    private let keepsFaults: Bool
    /// Whether it is read as another was, of which it is known what its columns are.
    private let isNew: Bool
    /// What is wrong with rows that can't be read.
    private(set) var faults: [Int: DataError] = [:]
    private let nulls: Set<String>
    private let texts: Set<String>
    private let forms: [String: NumberForm]
    private var indices: [String: Int] = [:]

    /// Texts, in lower case, that mean that a cell holds nothing.
    static let nulls: Set<String> = ["", "na", "n/a", "nan", "null", "?"]

    /// How many rows there are.
    package var count: Int { lines.count }
    /// The names of the columns.
    package var names: [String] { columns.map(\.name) }

    /// Reads a table: JSON lines where the name ends so, else fields between separators.
    ///
    /// - Parameters:
    ///   - texts: columns whose numbers are names.
    ///   - forms: columns whose numbers are written in another way than programs do.
    package init(
        _ path: String, hasHeader: Bool?, separator: Character?, nulls: [String],
        texts: Set<String> = [], forms: [String: NumberForm] = [:]
    ) throws {
        let file = try DataFile.map(path)
        defer { withExtendedLifetime(file) {} }
        try self.init(
            path, file.bytes, isOfLines: Table.isJSONLines(path), isFile: true,
            hasHeader: hasHeader,
            separator: separator, nulls: nulls, texts: texts, forms: forms)
    }

    /// Reads a table in memory.
    ///
    /// - Parameters:
    ///   - isOfLines: whether it is JSON lines.
    ///   - isFile: whether a file of that name can be read again.
    ///   - isNew: whether it is read as another was, rows that can't be read with what is wrong.
    init(
        _ path: String, _ bytes: UnsafeRawBufferPointer, isOfLines: Bool, isFile: Bool = false,
        isNew: Bool = false, hasHeader: Bool?, separator: Character?, nulls: [String],
        texts: Set<String>, forms: [String: NumberForm]
    ) throws {
        self.init(path, nulls: nulls, texts: texts, forms: forms, isNew: isNew, keepsFaults: isNew)
        try CSV.checkText(path, bytes)
        if isOfLines {
            self.hasHeader = true
            try readLines(bytes)
        } else {
            try readFields(bytes, hasHeader, separator)
        }
        if !isFile { content = Array(bytes) }
        guard count > 0 else { throw DataError(path, "the table has no rows; fill it") }
    }

    /// A table without rows, to which objects are added.
    ///
    /// - Parameter columns: those that it has, whether objects have such keys or not.
    package init(
        _ path: String, nulls: [String], texts: Set<String>, forms: [String: NumberForm] = [:],
        columns names: [String] = [], isNew: Bool = false, keepsFaults: Bool = false
    ) {
        self.path = path
        self.isNew = isNew
        self.keepsFaults = keepsFaults
        self.nulls = Table.nulls.union(nulls.map { $0.lowercased() })
        self.texts = texts
        self.forms = forms
        keepsObjects = !names.isEmpty
        for name in names { addColumn(name) }
    }

    package static func isJSONLines(_ path: String) -> Bool {
        path.hasSuffix(".jsonl") || path.hasSuffix(".ndjson")
    }

    func column(_ name: String) -> TableColumn? { index(name).map { columns[$0] } }

    func index(_ name: String) -> Int? { indices[name] }

    /// Where a row stands, for messages.
    package func place(_ row: Int) -> String { "\(path):\(lines[row])" }

    private func isNull(_ text: String) -> Bool {
        if text.utf8.count <= 8, nulls.contains(text.lowercased()) { return true }
        // What looks empty is.
        let isPlain = text.utf8.first.map { $0 < 128 } ?? true
        return nulls.contains(text) || !isPlain && CellText.isBlank(text)
    }

    private mutating func addColumn(_ name: String) {
        indices[name] = columns.count
        columns.append(
            TableColumn(
                name, keepsText: texts.contains(name), form: forms[name], readsCertain: isNew,
                count: lines.count))
    }
}

extension Table {
    private mutating func readFields(
        _ bytes: UnsafeRawBufferPointer, _ header: Bool?, _ given: Character?
    ) throws {
        let separator = given ?? Table.separator(path, bytes)
        guard let byte = separator.asciiValue else {
            throw DataError(path, "separator '\(separator)' is not an ASCII character; name one")
        }
        self.separator = separator
        var scanner = CSVScanner(path, bytes, separator: byte)
        guard let first = try scanner.row() else { return }
        hasHeader =
            header
            ?? !first.contains { field in
                Double(field.text) != nil || ForeignForm.number(field.text) != nil
                    || MarkedNumber(field.text).map { !["", "%"].contains($0.mark) } ?? false
            }
        try addColumns(first)
        if !hasHeader { try add(first, scanner) }
        scanner.keepsFaults = keepsFaults
        while let row = try scanner.row() { try add(row, scanner) }
    }

    private mutating func addColumns(_ first: [CSVScanner.Field]) throws {
        for (index, field) in first.enumerated() {
            let name = hasHeader ? field.text : "column\(index)"
            guard indices[name] == nil else {
                throw DataError(
                    "\(path):\(field.line):\(field.column)",
                    "two columns are called '\(name)'; rename one")
            }
            addColumn(name)
        }
    }

    private mutating func add(_ row: [CSVScanner.Field], _ scanner: CSVScanner) throws {
        offsets.append(scanner.rowStart)
        if let fault = scanner.fault { return try addFault(fault, line: row[0].line) }
        guard row.count == columns.count else {
            let fault = DataError(
                "\(path):\(row[0].line)",
                "this row has \(Format.count(row.count, "field")), the first has \(columns.count); "
                    + "complete it or remove it")
            return try addFault(fault, line: row[0].line)
        }
        for (index, field) in row.enumerated() {
            let text = CellText.trimmed(field.text)
            if isNull(text) {
                columns[index].addMissing()
            } else {
                let isTrimmed = text.utf8.count < field.text.utf8.count
                columns[index].add(text, isTrimmed: isTrimmed)
            }
        }
        lines.append(row[0].line)
    }

    /// Throws what is wrong with a row, or keeps it and a row that holds nothing.
    private mutating func addFault(_ fault: DataError, line: Int) throws {
        guard keepsFaults else { throw fault }
        faults[lines.count] = fault
        lines.append(line)
        for index in columns.indices { columns[index].addMissing() }
    }

    /// What stands between the fields of a file: of the characters that people use, the one that
    /// its first line holds most of.
    static func separator(_ path: String, _ bytes: UnsafeRawBufferPointer) -> Character {
        if path.hasSuffix(".tsv") || path.hasSuffix(".tab") { return "\t" }
        let line = bytes.prefix(1 << 16).prefix { $0 != 10 }
        func count(_ character: Character) -> Int { line.count { $0 == character.asciiValue } }
        if count(",") > 0, !areDecimals(line) { return "," }
        return ["\t", ";"].first { count($0) > 0 } ?? ","
    }

    /// Whether the commas of a line stand inside of numbers that semicolons or tabs separate.
    private static func areDecimals(_ line: some Sequence<UInt8>) -> Bool {
        let text = String(decoding: Array(line), as: UTF8.self)
        return ["\t", ";"].contains { (mark: Character) in
            let fields = text.split(separator: mark).filter { $0.contains(",") }
            return text.contains(mark)
                && fields.allSatisfy { MarkedNumber(String($0))?.value(.comma) != nil }
        }
    }
}

extension Table {
    private mutating func readLines(_ bytes: UnsafeRawBufferPointer) throws {
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var line = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 10) ?? bytes.count
            line += 1
            let text = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            let first = start
            start = end + 1
            if text.allSatisfy({ $0 == 32 || $0 == 9 || $0 == 13 }) { continue }
            offsets.append(first)
            do {
                try add(text, line: line)
            } catch let fault as DataError {
                try addFault(fault, line: line)
            }
        }
    }

    private mutating func add(_ text: UnsafeRawBufferPointer, line: Int) throws {
        let node: JSONNode
        do {
            node = try JSONNode(parsing: text)
        } catch {
            throw DataError("\(path):\(line)", "this is not a JSON object: \(error.message)")
        }
        try add(node, line: line)
    }

    /// Adds an object as a row: keys are columns, what has no key is missing.
    package mutating func add(_ node: JSONNode, line: Int) throws {
        guard let members = node.members else {
            throw DataError(
                "\(path):\(line)", "this is not a JSON object; write {\"column\": value, …}")
        }
        let texts = try members.map { try Table.cell($0, "\(path):\(line)") }
        for (member, text) in zip(members, texts) {
            if indices[member.key] == nil { addColumn(member.key) }
            guard let index = indices[member.key] else { continue }
            let cell = text.map(CellText.trimmed)
            if let cell, let text, !isNull(cell) {
                columns[index].add(
                    cell, isPlain: isNumber(member.node),
                    isTrimmed: cell.utf8.count < text.utf8.count)
            } else {
                columns[index].addMissing()
            }
        }
        lines.append(line)
        if keepsObjects {
            let cells = zip(members, texts).compactMap { member, text in
                text.map { (member.key, $0) }
            }
            objects.append(Dictionary(cells, uniquingKeysWith: { $1 }))
        }
        for index in columns.indices where columns[index].count < lines.count {
            columns[index].addMissing()
        }
    }

    private func isNumber(_ node: JSONNode) -> Bool {
        if case .number = node.value { true } else { false }
    }

    /// What a member holds, as it is written.
    static func cell(
        _ member: JSONNode.Member, _ place: @autoclosure () -> String
    ) throws -> String? {
        switch member.node.value {
        case .null: return nil
        case .bool(let value): return "\(value)"
        case .number(let number): return number.text
        case .string(let text): return text
        case .array, .object:
            throw DataError(
                place(),
                "'\(member.key)' holds a list or an object, a cell is one value; write it as "
                    + "columns of its own")
        }
    }
}
