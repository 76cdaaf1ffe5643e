/// Recursive descent over a buffer, with a limit on depth and exact positions.
///
/// The position costs nothing per byte: a column is the distance to the start of the line, less
/// the UTF-8 continuation bytes seen since, and those can only stand inside strings.
struct JSONParser {
    let bytes: UnsafeBufferPointer<UInt8>
    let options: JSONParsingOptions
    var index = 0
    var continuationBytes = 0
    private var line = 1
    private var lineStart = 0
    private var depth = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ options: JSONParsingOptions) {
        self.bytes = bytes
        self.options = options
    }

    var position: JSONPosition {
        JSONPosition(line: line, column: index - lineStart - continuationBytes + 1)
    }

    var isAtEnd: Bool { index >= bytes.count }

    /// The byte at the cursor, 0 at the end; a NUL in the text is never valid either.
    var current: UInt8 { index < bytes.count ? bytes[index] : 0 }

    mutating func document() throws(JSONError) -> JSONNode {
        try refuseForeignEncodings()
        skipSpace()
        if isAtEnd { throw error("there is nothing here; expected a JSON value") }
        let root = try value()
        skipSpace()
        if !isAtEnd { throw error("\(found) after the end of the JSON value; remove it") }
        return root
    }

    mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): index += 1
            case UInt8(ascii: "\n"):
                index += 1
                line += 1
                lineStart = index
                continuationBytes = 0
            default: return
            }
        }
    }

    private mutating func value() throws(JSONError) -> JSONNode {
        let start = position
        switch current {
        case UInt8(ascii: "{"): return JSONNode(try object(), at: start)
        case UInt8(ascii: "["): return JSONNode(try array(), at: start)
        case UInt8(ascii: "\""): return JSONNode(.string(try string()), at: start)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return JSONNode(.number(try number()), at: start)
        case UInt8(ascii: "t") where take("true"): return JSONNode(.bool(true), at: start)
        case UInt8(ascii: "f") where take("false"): return JSONNode(.bool(false), at: start)
        case UInt8(ascii: "n") where take("null"): return JSONNode(.null, at: start)
        default: throw notAValue()
        }
    }

    private mutating func take(_ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard bytes.count - index >= length else { return false }
        for offset in 0..<length where bytes[index + offset] != word.utf8Start[offset] {
            return false
        }
        if index + length < bytes.count, isWordByte(bytes[index + length]) { return false }
        index += length
        return true
    }

    private mutating func enter() throws(JSONError) {
        depth += 1
        if depth > options.maximumDepth {
            throw error("nested more than \(options.maximumDepth) levels deep")
        }
        index += 1
        skipSpace()
    }

    private mutating func leave() {
        index += 1
        depth -= 1
    }

    private mutating func array() throws(JSONError) -> JSONNode.Value {
        try enter()
        var elements: [JSONNode] = []
        while current != UInt8(ascii: "]") {
            elements.append(try value())
            try separator(closing: UInt8(ascii: "]"), opening: "array")
        }
        leave()
        return .array(elements)
    }

    private mutating func object() throws(JSONError) -> JSONNode.Value {
        try enter()
        var members: [JSONNode.Member] = []
        var seen = KeySet()
        while current != UInt8(ascii: "}") {
            members.append(try member { seen.insert($0, after: members) })
            try separator(closing: UInt8(ascii: "}"), opening: "object")
        }
        leave()
        return .object(members)
    }

    /// A pair of an object; `isNew` says whether its key wasn't there before.
    private mutating func member(
        _ isNew: (String) -> Bool
    ) throws(JSONError) -> JSONNode.Member {
        let keyPosition = position
        guard current == UInt8(ascii: "\"") else { throw notAKey() }
        let key = try string()
        if !options.allowsDuplicateKeys, !isNew(key) {
            throw JSONError(at: keyPosition, "the key \(key.jsonQuoted) appears twice")
        }
        skipSpace()
        guard current == UInt8(ascii: ":") else {
            throw error("expected ':' after the key \(key.jsonQuoted), found \(found)")
        }
        index += 1
        skipSpace()
        return JSONNode.Member(key: key, at: keyPosition, try value())
    }

    /// Hands over the members of a document that is one object, one after the other.
    mutating func members(_ take: (JSONNode.Member) -> Void) throws(JSONError) {
        try refuseForeignEncodings()
        skipSpace()
        guard current == UInt8(ascii: "{") else { throw error("expected an object") }
        try enter()
        var seen: Set<String> = []
        while current != UInt8(ascii: "}") {
            take(try member { seen.insert($0).inserted })
            try separator(closing: UInt8(ascii: "}"), opening: "object")
        }
        leave()
        skipSpace()
        if !isAtEnd { throw error("\(found) after the end of the JSON value; remove it") }
    }

    /// Moves past a comma to the next element, or to the closing bracket.
    private mutating func separator(closing: UInt8, opening: String) throws(JSONError) {
        skipSpace()
        if current == closing, !isAtEnd { return }
        let bracket = Character(Unicode.Scalar(closing))
        guard current == UInt8(ascii: ",") else {
            if isAtEnd { throw error("the \(opening) is not closed; expected ',' or '\(bracket)'") }
            throw error("expected ',' or '\(bracket)', found \(found)")
        }
        let comma = position
        index += 1
        skipSpace()
        if current == closing, !isAtEnd {
            throw JSONError(at: comma, "trailing comma before '\(bracket)'; remove it")
        }
    }
}

/// The keys of one object: a scan while there are few, a hash table when there are many.
private struct KeySet {
    private var table: Set<String> = []

    /// False when the key is already there.
    mutating func insert(_ key: String, after members: [JSONNode.Member]) -> Bool {
        let scanLimit = 8
        if members.count < scanLimit { return !members.contains { $0.key == key } }
        if table.isEmpty { table = Set(members.lazy.map(\.key)) }
        return table.insert(key).inserted
    }
}
