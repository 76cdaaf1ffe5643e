/// The sentences for text that is not JSON, with the remedy where the mistake is a common one.
extension JSONParser {
    func error(_ message: String) -> JSONError {
        JSONError(at: position, message)
    }

    /// The thing under the cursor in words.
    var found: String {
        if isAtEnd { return "the end of the text" }
        switch current {
        case UInt8(ascii: "'"): return "a single quote"
        case 0x21...0x7E: return "'\(Character(Unicode.Scalar(current)))'"
        case 0x80...0xFF:
            guard let scalar = scalar(), scalar.isPlain else { return "byte \(hex(current))" }
            return "'\(Character(scalar))'"
        default: return "byte \(hex(current))"
        }
    }

    func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    func refuseForeignEncodings() throws(JSONError) {
        let head = bytes.prefix(4)
        if head.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw error("starts with a byte order mark; save it as UTF-8 without BOM")
        }
        let isUTF16 = head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF])
        if isUTF16 || (head.count >= 2 && head[0] == 0x7B && head[1] == 0) {
            throw error("looks like UTF-16 or UTF-32; save it as UTF-8")
        }
    }

    func notAValue() -> JSONError {
        if isAtEnd { return error("expected a value, found the end of the text") }
        if isComment { return error("JSON has no comments; remove it") }
        switch current {
        case UInt8(ascii: "'"): return error("a string takes double quotes, not single ones")
        case UInt8(ascii: "+"): return error("a number may not start with '+'")
        case UInt8(ascii: "."): return error("a number may not start with '.'; write 0 before it")
        case UInt8(ascii: ","): return error("expected a value, found ','; remove one comma")
        default: break
        }
        let word = wordAtCursor
        switch word.lowercased() {
        case "": return error("expected a value, found \(found)")
        case "true", "false", "null":
            return error("expected a value, found \(word); write \(word.lowercased())")
        case "none", "nil", "undefined":
            return error("expected a value, found \(word); write null")
        case "nan", "infinity", "inf": return error("\(word) is not a JSON number")
        default: return error("expected a value, found \(word); text needs double quotes")
        }
    }

    func notAKey() -> JSONError {
        if isAtEnd { return error("the object is not closed; expected a key or '}'") }
        if isComment { return error("JSON has no comments; remove it") }
        if current == UInt8(ascii: "'") {
            return error("a key takes double quotes, not single ones")
        }
        if current == UInt8(ascii: ",") {
            return error("expected a key, found ','; remove one comma")
        }
        let word = wordAtCursor
        if !word.isEmpty { return error("expected a key in double quotes, found \(word)") }
        return error("expected a key in double quotes, found \(found)")
    }

    private var isComment: Bool {
        guard index + 1 < bytes.count else { return current == UInt8(ascii: "#") }
        let next = bytes[index + 1]
        return current == UInt8(ascii: "#")
            || current == UInt8(ascii: "/") && (next == current || next == UInt8(ascii: "*"))
    }

    /// The letters and digits at the cursor, at most 20 of them.
    private var wordAtCursor: String {
        String(decoding: bytes[index...].prefix { isWordByte($0) }.prefix(20), as: UTF8.self)
    }

    private func scalar() -> Unicode.Scalar? {
        String(
            validating: bytes[index..<min(index + length(of: current), bytes.count)], as: UTF8.self)?
            .unicodeScalars.first
    }

    private func length(of lead: UInt8) -> Int {
        lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    }

    private func hex(_ byte: UInt8) -> String {
        (byte < 0x10 ? "0x0" : "0x") + String(byte, radix: 16)
    }
}
