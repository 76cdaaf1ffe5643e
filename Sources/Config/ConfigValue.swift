/// A part of a checked config: every default is filled in, every type is right.
///
/// Reading by a name or type that the schema does not declare stops the program: it is a mistake in
/// the code, not in the config.
public struct ConfigValue: Sendable {
    struct Member: Sendable {
        let key: String
        let value: ConfigValue
    }

    enum Content: Sendable {
        case null
        case bool(Bool)
        case int(Int)
        case double(Double)
        case string(String)
        case array([ConfigValue])
        /// The variant's name for a union, and the keys in the order of the schema.
        case object(String?, [Member])
    }

    let content: Content
    /// Where it is: `model.layers[0].units`; empty for the root.
    public let path: String
    /// Where it was read. A default has the place of the object that it fills.
    public let location: ConfigLocation

    /// The name of the chosen variant: what stands at `type`.
    public var type: String {
        guard case .object(let variant?, _) = content else { wrong("a variant") }
        return variant
    }

    /// Whatever is at `key`.
    public func value(_ key: String) -> ConfigValue { member(key) }
    /// The integer at `key`.
    public func int(_ key: String) -> Int { member(key).asInt }
    /// The number at `key`.
    public func double(_ key: String) -> Double { member(key).asDouble }
    /// The flag at `key`.
    public func bool(_ key: String) -> Bool { member(key).asBool }
    /// The string at `key`.
    public func string(_ key: String) -> String { member(key).asString }
    /// The array at `key`.
    public func children(_ key: String) -> [ConfigValue] { member(key).elements }
    /// The array of integers at `key`, or the one that stands for all axes.
    public func ints(_ key: String) -> [Int] { oneOrMore(key).map(\.asInt) }
    /// The array of numbers at `key`, or the one that stands for all axes.
    public func doubles(_ key: String) -> [Double] { oneOrMore(key).map(\.asDouble) }
    /// The array of strings at `key`.
    public func strings(_ key: String) -> [String] { children(key).map(\.asString) }

    /// The integers at `key`, one for each of so many axes; a single one is that of all.
    public func ints(_ key: String, axes: Int) throws(ConfigError) -> [Int] {
        let values = ints(key)
        if values.count == 1 { return Array(repeating: values[0], count: axes) }
        guard values.count == axes else {
            throw ConfigError([
                issue("needs one number, or \(axes), and has \(values.count)", at: key)
            ])
        }
        return values
    }

    private func oneOrMore(_ key: String) -> [ConfigValue] {
        let value = member(key)
        if case .array(let elements) = value.content { return elements }
        return [value]
    }

    /// The values at `key` with their names; one alone has the name "".
    public func named(_ key: String) -> [(name: String, value: ConfigValue)] {
        let value = member(key)
        guard case .object(nil, let members) = value.content else { return [("", value)] }
        return members.map { ($0.key, $0.value) }
    }

    /// The object or variant at `key`.
    public func child(_ key: String) -> ConfigValue {
        let child = member(key)
        guard case .object = child.content else { child.wrong("an object") }
        return child
    }

    /// The value at an optional key, nil when it is not set.
    public func optional(_ key: String) -> ConfigValue? {
        let value = member(key)
        if case .null = value.content { return nil }
        return value
    }

    /// The integer at an optional key.
    public func optionalInt(_ key: String) -> Int? { optional(key)?.asInt }
    /// The number at an optional key.
    public func optionalDouble(_ key: String) -> Double? { optional(key)?.asDouble }
    /// The string at an optional key.
    public func optionalString(_ key: String) -> String? { optional(key)?.asString }

    /// Whether the schema declares a key here.
    public func hasKey(_ key: String) -> Bool {
        guard case .object(_, let members) = content else { return false }
        return members.contains { $0.key == key }
    }

    /// The word at an optional key that takes one in place of an array; nil where none stands
    /// there.
    public func word(_ key: String) -> String? {
        guard let value = optional(key), case .string(let word) = value.content else { return nil }
        return word
    }

    /// The same with an array of numbers at a key.
    public func replacing(_ key: String, with numbers: [Double]) -> ConfigValue {
        guard case .object(let variant, let members) = content else { wrong("an object") }
        let changed = members.map { member -> Member in
            guard member.key == key else { return member }
            let (path, location) = (member.value.path, member.value.location)
            let elements = numbers.map {
                ConfigValue(content: .double($0), path: path, location: location)
            }
            let array = ConfigValue(content: .array(elements), path: path, location: location)
            return Member(key: key, value: array)
        }
        return ConfigValue(content: .object(variant, changed), path: path, location: location)
    }

    /// A problem with this value, or with one of its keys, that only the builder can see.
    ///
    /// ```swift
    /// throw ConfigError([layer.issue("needs an input of rank 2, found rank 3", at: "units")])
    /// ```
    public func issue(_ message: String, at key: String? = nil) -> ConfigIssue {
        let place = key.map { member($0) } ?? self
        return ConfigIssue(location: place.location, path: place.path, message: message)
    }
}

extension ConfigValue {
    /// The integer, for an element of an array of integers.
    public var asInt: Int {
        guard case .int(let value) = content else { wrong("an integer") }
        return value
    }

    /// The number, for an element of an array of numbers.
    public var asDouble: Double {
        guard case .double(let value) = content else { wrong("a number") }
        return value
    }

    /// The flag, for an element of an array of flags.
    public var asBool: Bool {
        guard case .bool(let value) = content else { wrong("a bool") }
        return value
    }

    /// The string, for an element of an array of strings.
    public var asString: String {
        guard case .string(let value) = content else { wrong("a string") }
        return value
    }

    /// The elements of an array.
    public var elements: [ConfigValue] {
        guard case .array(let values) = content else { wrong("an array") }
        return values
    }

    private func member(_ key: String) -> ConfigValue {
        guard case .object(_, let members) = content else { wrong("an object") }
        guard let member = members.first(where: { $0.key == key }) else {
            misdeclared("config \(path)", "the schema declares no key '\(key)' here")
        }
        return member.value
    }

    private func wrong(_ wanted: String) -> Never {
        misdeclared("config \(path)", "the schema does not declare \(wanted) here")
    }
}
