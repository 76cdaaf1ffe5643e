/// A JSON value for building output: no positions, literals welcome (but `.null` for null, since
/// `nil` would be taken for null where an optional was meant).
///
/// ```swift
/// let line: JSONValue = ["epoch": 3, "loss": .double(loss), "shape": [128, 784]]
/// print(line.text())
/// ```
public enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int)
    /// NaN and infinities are written as `null`, for JSON has no word for them.
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// An array of integers.
    public static func ints(_ values: some Sequence<Int>) -> JSONValue {
        .array(values.map { .int($0) })
    }

    /// An array of strings.
    public static func strings(_ values: some Sequence<String>) -> JSONValue {
        .array(values.map { .string($0) })
    }

    /// The value of a key; nil for a missing key or another kind of value.
    public subscript(key: String) -> JSONValue? {
        if case .object(let object) = self { object[key] } else { nil }
    }
}

extension JSONValue: ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringInterpolation,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// `true` or `false`.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An integer.
    public init(integerLiteral value: Int) { self = .int(value) }
    /// A double.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object in the order written; the keys must differ.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        var object = JSONObject()
        for (key, value) in elements { object.append(key, value) }
        self = .object(object)
    }
}

extension JSONValue {
    /// The same value without its positions; an integer beyond 64 bits becomes a double.
    public init(_ node: JSONNode) {
        switch node.value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .string(let value): self = .string(value)
        case .array(let elements): self = .array(elements.map { JSONValue($0) })
        case .number(let number):
            if number.isWrittenAsInteger, let value = number.int {
                self = .int(value)
            } else {
                self = .double(number.double)
            }
        case .object(let members):
            var object = JSONObject()
            for member in members { object.append(member.key, JSONValue(member.node)) }
            self = .object(object)
        }
    }
}

extension JSONNode {
    /// The same value with one position for all of it; NaN and infinities become `null`.
    public init(copying value: JSONValue, at position: JSONPosition = .none) {
        switch value {
        case .null: self.init(.null, at: position)
        case .bool(let value): self.init(.bool(value), at: position)
        case .int(let value): self.init(.number(JSONNumber(value)), at: position)
        case .double(let value):
            self.init(JSONNumber(value).map { .number($0) } ?? .null, at: position)
        case .string(let value): self.init(.string(value), at: position)
        case .array(let elements):
            self.init(.array(elements.map { JSONNode(copying: $0, at: position) }), at: position)
        case .object(let object):
            let members = object.members.map {
                Member(key: $0.key, at: position, JSONNode(copying: $0.value, at: position))
            }
            self.init(.object(members), at: position)
        }
    }
}
