/// A JSON value that remembers where it stood in its text.
public struct JSONNode: Sendable, Hashable {
    /// The six kinds of JSON value.
    public enum Value: Sendable, Hashable {
        /// Key and value pairs in source order.
        case object([Member])
        case array([JSONNode])
        case string(String)
        case number(JSONNumber)
        case bool(Bool)
        case null
    }

    /// One `"key": value` of an object.
    public struct Member: Sendable, Hashable {
        /// The key with its escapes resolved.
        public let key: String
        /// Where the key's opening quote stands.
        public let keyPosition: JSONPosition
        /// The value.
        public var node: JSONNode

        /// Creates a pair.
        public init(key: String, at keyPosition: JSONPosition = .none, _ node: JSONNode) {
            self.key = key
            self.keyPosition = keyPosition
            self.node = node
        }
    }

    /// What stands there.
    public var value: Value
    /// Where its first character stands.
    public var position: JSONPosition

    /// Creates a node.
    public init(_ value: Value, at position: JSONPosition = .none) {
        self.value = value
        self.position = position
    }
}

extension JSONNode {
    /// The value of the first member named `key`; nil for a missing key or another kind of value.
    ///
    /// The search is linear: walk `members` to visit a whole object.
    public subscript(key: String) -> JSONNode? {
        members?.first { $0.key == key }?.node
    }

    /// The pairs of an object, nil for any other kind.
    public var members: [Member]? {
        if case .object(let members) = value { members } else { nil }
    }

    /// The elements of an array, nil for any other kind.
    public var elements: [JSONNode]? {
        if case .array(let elements) = value { elements } else { nil }
    }

    /// The text of a string, nil for any other kind.
    public var string: String? {
        if case .string(let string) = value { string } else { nil }
    }

    /// The value of an integral number that fits in 64 bits, else nil.
    public var int: Int? {
        if case .number(let number) = value { number.int } else { nil }
    }

    /// The nearest double of a number (infinite beyond the range of doubles), else nil.
    public var double: Double? {
        if case .number(let number) = value { number.double } else { nil }
    }

    /// The value of `true` and `false`, nil for any other kind.
    public var bool: Bool? {
        if case .bool(let bool) = value { bool } else { nil }
    }

    /// Whether it is `null`.
    public var isNull: Bool { value == .null }
}
