public import FTJSON

/// One key of an object: its name, type, default and a few words of documentation.
///
/// ```swift
/// .int("units", min: 1, doc: "output features")           // required
/// .bool("bias", default: true, doc: "add a bias")         // filled in when absent
/// .number("clipNorm", above: 0, doc: "…").optional        // absent and null both mean "not set"
/// ```
public struct Field: Sendable {
    enum Presence: Sendable {
        case required
        case optional
        case defaulted(JSONValue)
    }

    /// The key.
    public let name: String
    /// What its value may be.
    public let type: ConfigType
    /// A phrase that says what it means, without a full stop.
    public let doc: String
    let presence: Presence
    /// Whether null is something else than the default.
    private(set) var takesNull = false

    /// The same key, which has a default, but null means "not set".
    public var orNull: Field {
        var field = self
        field.takesNull = true
        return field
    }

    /// The same key, but it may be left out or null.
    public var optional: Field {
        Field(name: name, type: type, doc: doc, presence: .optional)
    }

    /// Whether a config without this key is refused. An object may be left out when everything in
    /// it may.
    public var isRequired: Bool {
        guard case .required = presence else { return false }
        if case .object(let fields) = type.kind { return fields.contains(where: \.isRequired) }
        return true
    }

    private init(name: String, type: ConfigType, doc: String, presence: Presence) {
        self.name = name
        self.type = type
        self.doc = doc
        self.presence = presence
    }

    private init(_ name: String, _ type: ConfigType, _ defaultValue: JSONValue?, _ doc: String) {
        let presence = defaultValue.map { Presence.defaulted($0) } ?? .required
        self.init(name: name, type: type, doc: doc, presence: presence)
    }
}

extension Field {
    /// An integer in a closed range.
    public static func int(
        _ name: String, default value: Int? = nil, min: Int? = nil, max: Int? = nil, doc: String
    ) -> Field {
        Field(name, .int(min: min, max: max), value.map { .int($0) }, doc)
    }

    /// A finite number: `min` and `max` belong to the range, `above` and `below` do not.
    public static func number(
        _ name: String, default value: Double? = nil, min: Double? = nil, above: Double? = nil,
        max: Double? = nil, below: Double? = nil, doc: String
    ) -> Field {
        let type = ConfigType.number(min: min, above: above, max: max, below: below)
        return Field(name, type, value.map { .double($0) }, doc)
    }

    /// `true` or `false`.
    public static func bool(_ name: String, default value: Bool? = nil, doc: String) -> Field {
        Field(name, .bool, value.map { .bool($0) }, doc)
    }

    /// Any string, or one of a few.
    public static func string(
        _ name: String, default value: String? = nil, oneOf allowed: [String] = [], doc: String
    ) -> Field {
        Field(name, .string(oneOf: allowed), value.map { .string($0) }, doc)
    }

    /// Any string, of which a shell offers some.
    public static func string(
        _ name: String, default value: String? = nil, suggesting examples: [String], doc: String
    ) -> Field {
        Field(name, .string(suggesting: examples), value.map { .string($0) }, doc)
    }

    /// An array whose elements all have one type.
    public static func array(
        _ name: String, of element: ConfigType, default value: JSONValue? = nil,
        minCount: Int? = nil, maxCount: Int? = nil, doc: String
    ) -> Field {
        let type = ConfigType.array(of: element, minCount: minCount, maxCount: maxCount)
        return Field(name, type, value, doc)
    }

    /// An array whose elements all have one type, or a word that stands for one.
    public static func array(
        _ name: String, of element: ConfigType, orWord word: String, minCount: Int? = nil,
        maxCount: Int? = nil, doc: String
    ) -> Field {
        let array = ConfigType.array(of: element, minCount: minCount, maxCount: maxCount)
        return Field(name, .word(word, or: array), nil, doc)
    }

    /// An integer in a closed range, or any name in its place.
    public static func intOrName(
        _ name: String, min: Int? = nil, max: Int? = nil, doc: String
    ) -> Field {
        Field(name, .nameOr(.int(min: min, max: max)), nil, doc)
    }

    /// One value for all axes, or an array of one for each of at most so many.
    public static func perAxis(
        _ name: String, _ element: ConfigType, most axes: Int, default value: JSONValue? = nil,
        doc: String
    ) -> Field {
        Field(name, .perAxis(element, most: axes), value, doc)
    }

    /// An object with its own keys. Left out, it is filled with their defaults, if all have one.
    public static func object(_ name: String, doc: String, _ fields: [Field]) -> Field {
        Field(name, .object(fields), nil, doc)
    }

    /// One value, or an object that gives several a name each.
    public static func named(
        _ name: String, of element: ConfigType, default value: JSONValue? = nil, doc: String
    ) -> Field {
        Field(name, .named(element), value, doc)
    }

    /// One variant of the union `union`; `default` is an object with its `type`.
    public static func union(
        _ name: String, of union: String, default value: JSONValue? = nil, doc: String
    ) -> Field {
        Field(name, .union(union), value, doc)
    }
}
