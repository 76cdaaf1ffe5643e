import FTSupport

/// What may stand at a place of a config.
public struct ConfigType: Sendable {
    enum Kind: Sendable {
        case integer(IntegerBounds)
        case number(NumberBounds)
        case bool
        case string(allowed: [String])
        indirect case array(ConfigType, count: IntegerBounds)
        case object([Field])
        case union(String)
        indirect case named(ConfigType)
        indirect case word(String, or: ConfigType)
        indirect case nameOr(ConfigType)
        indirect case perAxis(ConfigType, count: IntegerBounds)
    }

    let kind: Kind
    /// Some of the strings that it may be, where there are others too.
    private var examples: [String] = []

    fileprivate init(kind: Kind, examples: [String] = []) {
        (self.kind, self.examples) = (kind, examples)
    }

    /// An integer in a closed range.
    public static func int(min: Int? = nil, max: Int? = nil) -> ConfigType {
        ConfigType(kind: .integer(IntegerBounds(min: min, max: max)))
    }

    /// A finite number: `min` and `max` belong to the range, `above` and `below` do not.
    public static func number(
        min: Double? = nil, above: Double? = nil, max: Double? = nil, below: Double? = nil
    ) -> ConfigType {
        ConfigType(kind: .number(NumberBounds(min: min, above: above, max: max, below: below)))
    }

    /// `true` or `false`.
    public static let bool = ConfigType(kind: .bool)

    /// Any string, or one of a few.
    public static func string(oneOf allowed: [String] = []) -> ConfigType {
        ConfigType(kind: .string(allowed: allowed))
    }

    /// Any string, of which a shell offers some.
    public static func string(suggesting examples: [String]) -> ConfigType {
        ConfigType(kind: .string(allowed: []), examples: examples)
    }

    /// An array whose elements all have one type.
    public static func array(
        of element: ConfigType, minCount: Int? = nil, maxCount: Int? = nil
    ) -> ConfigType {
        ConfigType(kind: .array(element, count: IntegerBounds(min: minCount, max: maxCount)))
    }

    /// An object with exactly these keys.
    public static func object(_ fields: [Field]) -> ConfigType {
        ConfigType(kind: .object(fields))
    }

    /// One of the variants of the schema's union of that name. Because it is only a name, a variant
    /// may hold its own union again.
    public static func union(_ name: String) -> ConfigType {
        ConfigType(kind: .union(name))
    }
}

extension ConfigType {
    /// One value, or an object that gives several a name each. The value itself is not an object.
    public static func named(_ element: ConfigType) -> ConfigType {
        ConfigType(kind: .named(element))
    }

    /// One value for all axes, or an array of one for each of at most so many.
    public static func perAxis(_ element: ConfigType, most axes: Int) -> ConfigType {
        ConfigType(kind: .perAxis(element, count: IntegerBounds(min: 1, max: axes)))
    }

    /// An array, or a word that stands for one.
    public static func word(_ word: String, or array: ConfigType) -> ConfigType {
        ConfigType(kind: .word(word, or: array))
    }

    /// A number, or any name in its place.
    public static func nameOr(_ number: ConfigType) -> ConfigType {
        ConfigType(kind: .nameOr(number))
    }
}

extension ConfigType {
    /// What a shell offers as a value: all that it may be, or some of it; none where that is open.
    package var completions: [String] {
        switch kind {
        case .bool: ["true", "false"]
        case .string(let allowed): allowed.isEmpty ? examples : allowed
        case .word(let word, _): [word]
        default: []
        }
    }

    /// `an integer ≥ 1`: what a message says was expected.
    var expectation: String {
        switch kind {
        case .integer(let bounds): return "an integer\(bounds.words)"
        case .number(let bounds): return "a number\(bounds.words)"
        case .bool: return "true or false"
        case .string(let allowed):
            if allowed.isEmpty { return "a string" }
            return Text.list(allowed.map { "\"\($0)\"" }, "or")
        case .array(_, let count):
            return "an array\(Self.elements(count))"
        case .object: return "an object"
        case .union(let name): return Text.article(name)
        case .named(let element): return "\(element.expectation), or an object of several by name"
        case .word(let word, let other): return "\"\(word)\" or \(other.expectation)"
        case .nameOr(let number): return "\(number.expectation), or a name"
        case .perAxis(let element, let count):
            return "\(element.expectation), or an array\(Self.elements(count))"
        }
    }

    private static func elements(_ count: IntegerBounds) -> String {
        switch (count.min, count.max) {
        case (nil, nil): ""
        case (let min?, nil): " of at least \(Format.count(min, "element"))"
        case (nil, let max?): " of at most \(Format.count(max, "element"))"
        case (let min?, let max?) where min == max: " of \(Format.count(min, "element"))"
        case (let min?, let max?): " of \(min) to \(max) elements"
        }
    }

    /// The type in a word, where `label` is too long for a table.
    var shortLabel: String {
        switch kind {
        case .integer: "integer"
        case .number: "number"
        case .string, .word, .nameOr: "name"
        case .array: "list"
        case .named(let element), .perAxis(let element, _): element.shortLabel
        case .bool, .object, .union: label
        }
    }

    /// `integer ≥ 1`: the type in a table of options.
    var label: String {
        switch kind {
        case .integer(let bounds): "integer\(bounds.words)"
        case .number(let bounds): "number\(bounds.words)"
        case .bool: "bool"
        case .string(let allowed): allowed.isEmpty ? "string" : allowed.joined(separator: " | ")
        case .array(let element, _): "[\(element.label)]"
        case .object: "object"
        case .union(let name): name
        case .named(let element): "\(element.label) or by name"
        case .word(let word, let other): "\(word) | \(other.label)"
        case .nameOr(let number): "\(number.label) or name"
        case .perAxis(let element, _): "\(element.label) or list"
        }
    }
}
