/// How JSON is laid out.
public enum JSONStyle: Sendable {
    /// One line without spaces.
    case compact
    /// Two spaces a level. Arrays of scalars, and objects of scalars inside an array, stay on one
    /// line while they fit into 100 columns.
    case pretty
}

extension JSONValue {
    /// The JSON text: keys in their order, numbers in the shortest form that reads back the same.
    public func text(_ style: JSONStyle = .compact) -> String {
        String(decoding: utf8(style), as: UTF8.self)
    }

    /// The JSON text as bytes.
    public func utf8(_ style: JSONStyle = .compact) -> [UInt8] {
        var writer = JSONWriter()
        switch style {
        case .compact: writer.compact(self)
        case .pretty: writer.pretty(self, indent: 0, isElement: false)
        }
        return writer.bytes
    }
}

private struct JSONWriter {
    var bytes: [UInt8] = []

    /// Writes on one line; `space` follows each colon and comma.
    mutating func compact(_ value: JSONValue, space: String = "") {
        switch value {
        case .null: put("null")
        case .bool(let value): put(value ? "true" : "false")
        case .int(let value): put(String(value))
        case .double(let value): put(value.isFinite ? value.description : "null")
        case .string(let value): string(value)
        case .array(let elements):
            put("[")
            for (index, element) in elements.enumerated() {
                if index > 0 { put("," + space) }
                compact(element, space: space)
            }
            put("]")
        case .object(let object):
            put("{")
            for (index, member) in object.members.enumerated() {
                if index > 0 { put("," + space) }
                string(member.key)
                put(":" + space)
                compact(member.value, space: space)
            }
            put("}")
        }
    }

    mutating func pretty(_ value: JSONValue, indent: Int, isElement: Bool) {
        let inner = indent + 2
        switch value {
        case .array(let elements) where !elements.isEmpty:
            if elements.allSatisfy(\.isScalar), writesInLine(value, indent) { return }
            put("[")
            for (index, element) in elements.enumerated() {
                newLine(inner, comma: index > 0)
                pretty(element, indent: inner, isElement: true)
            }
            newLine(indent, comma: false)
            put("]")
        case .object(let object) where !object.members.isEmpty:
            let isFlat = isElement && object.members.allSatisfy(\.value.isScalar)
            if isFlat, writesInLine(value, indent) { return }
            put("{")
            for (index, member) in object.members.enumerated() {
                newLine(inner, comma: index > 0)
                string(member.key)
                put(": ")
                pretty(member.value, indent: inner, isElement: false)
            }
            newLine(indent, comma: false)
            put("}")
        default: compact(value)
        }
    }

    /// Writes the value on the current line if it ends before column 100; undoes it otherwise.
    private mutating func writesInLine(_ value: JSONValue, _ indent: Int) -> Bool {
        let start = bytes.count
        compact(value, space: " ")
        let lineStart = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        if bytes.count - lineStart <= 98 { return true }
        bytes.removeSubrange(start...)
        return false
    }

    private mutating func newLine(_ indent: Int, comma: Bool) {
        put(comma ? ",\n" : "\n")
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent))
    }

    private mutating func put(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): put("\\\"")
            case UInt8(ascii: "\\"): put("\\\\")
            case 0x0A: put("\\n")
            case 0x0D: put("\\r")
            case 0x09: put("\\t")
            case 0..<0x20:
                put(byte < 0x10 ? "\\u000" : "\\u00")
                put(String(byte, radix: 16))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension JSONValue {
    fileprivate var isScalar: Bool {
        switch self {
        case .array(let elements): elements.isEmpty
        case .object(let object): object.members.isEmpty
        default: true
        }
    }
}
