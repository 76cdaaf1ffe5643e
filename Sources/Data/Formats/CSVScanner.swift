/// Cuts the text of a table into fields, one row at a time.
///
/// Quoted fields may hold separators, line ends and doubled quotes; lines end in LF or CRLF; empty
/// lines are skipped.
struct CSVScanner {
    /// A field's text and where it begins.
    struct Field: Sendable {
        var text: String
        /// The line in the file, from 1.
        let line: Int
        /// The byte in the line, from 1.
        let column: Int
    }

    private let path: String
    private let bytes: UnsafeRawBufferPointer
    private let separator: UInt8
    private var position = 0
    private var line = 1
    private var lineStart = 0
    /// Where the last row began.
    private(set) var rowStart = 0
    /// Whether a row that can't be read is none the less one, so that reading goes on behind it.
    var keepsFaults = false
    /// What is wrong with the last row; nil for nothing.
    private(set) var fault: DataError?

    private static let quote = UInt8(ascii: "\"")
    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    init(_ path: String, _ bytes: UnsafeRawBufferPointer, separator: UInt8) {
        self.path = path
        self.bytes = bytes
        self.separator = separator
        // Spreadsheets mark UTF-8 with three bytes.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            position = 3
            lineStart = 3
        }
    }

    /// The fields of the next row that has any; nil at the end.
    ///
    /// Throws where it can't be read, unless faults are kept.
    mutating func row() throws -> [Field]? {
        while position < bytes.count, skipLineEnd() {}
        guard position < bytes.count else { return nil }
        rowStart = position
        fault = nil
        var fields: [Field] = []
        while true {
            fields.append(try field())
            if position >= bytes.count { return fields }
            if bytes[position] == separator {
                position += 1
            } else if skipLineEnd() {
                return fields
            }
        }
    }

    /// Throws what is wrong with a row, or keeps the first of it.
    private mutating func note(_ error: DataError) throws {
        guard keepsFaults else { throw error }
        fault = fault ?? error
    }

    /// Goes to where a row began.
    mutating func seek(_ offset: Int) { position = offset }

    /// Where the scanner stands, for messages.
    private var here: (line: Int, column: Int) { (line, position - lineStart + 1) }

    private mutating func skipLineEnd() -> Bool {
        if bytes[position] == CSVScanner.carriageReturn, position + 1 < bytes.count,
            bytes[position + 1] == CSVScanner.newline
        {
            position += 1
        }
        guard bytes[position] == CSVScanner.newline else { return false }
        position += 1
        line += 1
        lineStart = position
        return true
    }

    private mutating func field() throws -> Field {
        let start = here
        let text =
            position < bytes.count && bytes[position] == CSVScanner.quote
            ? try quoted(start) : try plain(start)
        return Field(text: text, line: start.line, column: start.column)
    }

    private mutating func plain(_ place: (line: Int, column: Int)) throws -> String {
        let start = position
        while position < bytes.count, bytes[position] != separator,
            bytes[position] != CSVScanner.newline
        {
            position += 1
        }
        var end = position
        let isLineEnd = position == bytes.count || bytes[position] == CSVScanner.newline
        if isLineEnd, end > start, bytes[end - 1] == CSVScanner.carriageReturn { end -= 1 }
        return try trimmed(start, end, place)
    }

    private mutating func trimmed(
        _ start: Int, _ end: Int, _ place: (line: Int, column: Int)
    ) throws -> String {
        var (start, end) = (start, end)
        while start < end, bytes[start] == 32 || bytes[start] == 9 { start += 1 }
        while end > start, bytes[end - 1] == 32 || bytes[end - 1] == 9 { end -= 1 }
        return try text(bytes[start..<end], place)
    }

    /// The text of a field; its bytes may be none.
    private mutating func text(
        _ bytes: some Collection<UInt8>, _ place: (line: Int, column: Int)
    ) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            try note(
                DataError(
                    "\(path):\(place.line):\(place.column)",
                    "the field is not valid UTF-8 text; save the file as UTF-8"))
            return ""
        }
        if text.utf8.contains(0) {
            try note(
                DataError(
                    "\(path):\(place.line):\(place.column)",
                    "the field holds a NUL byte, which no text does; save the file as UTF-8 text"))
        }
        return text
    }

    private mutating func quoted(_ start: (line: Int, column: Int)) throws -> String {
        var text: [UInt8] = []
        let before = (position, line, lineStart)
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == CSVScanner.quote {
                guard position < bytes.count, bytes[position] == CSVScanner.quote else {
                    try checkQuoteEnds()
                    return try self.text(text, start)
                }
                position += 1
            } else if byte == CSVScanner.newline {
                line += 1
                lineStart = position
            }
            text.append(byte)
        }
        try note(
            DataError(
                "\(path):\(start.line):\(start.column)",
                "a quote is never closed; add the closing one"))
        (position, line, lineStart) = before
        skipLine()
        return ""
    }

    private mutating func skipLine() {
        while position < bytes.count, bytes[position] != CSVScanner.newline { position += 1 }
    }

    private mutating func checkQuoteEnds() throws {
        guard position < bytes.count else { return }
        let next = bytes[position]
        guard
            next == separator || next == CSVScanner.newline || next == CSVScanner.carriageReturn
        else {
            try note(
                DataError(
                    "\(path):\(here.line):\(here.column)",
                    "text follows a closing quote; double the quotes that belong to the field"))
            return skipLine()
        }
    }
}
