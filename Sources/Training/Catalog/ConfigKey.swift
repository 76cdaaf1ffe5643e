import FTConfig

/// A key of a layer or loss that a program adds: its name, what it may be, its default, and a phrase
/// for `fttrain list` and the schema. Without a default a config has to give it.
public struct ConfigKey: Sendable {
    let field: Field

    /// A whole number in a closed range.
    public static func int(
        _ name: String, default value: Int? = nil, min: Int? = nil, max: Int? = nil, doc: String
    ) -> ConfigKey {
        ConfigKey(field: .int(name, default: value, min: min, max: max, doc: doc))
    }

    /// A finite number; `min` and `max` belong to the range, `above` and `below` don't.
    public static func number(
        _ name: String, default value: Double? = nil, min: Double? = nil, above: Double? = nil,
        max: Double? = nil, below: Double? = nil, doc: String
    ) -> ConfigKey {
        ConfigKey(
            field: .number(
                name, default: value, min: min, above: above, max: max, below: below, doc: doc))
    }

    /// `true` or `false`.
    public static func bool(_ name: String, default value: Bool? = nil, doc: String) -> ConfigKey {
        ConfigKey(field: .bool(name, default: value, doc: doc))
    }

    /// Any text, or one of a few words.
    public static func string(
        _ name: String, default value: String? = nil, oneOf words: [String] = [], doc: String
    ) -> ConfigKey {
        ConfigKey(field: .string(name, default: value, oneOf: words, doc: doc))
    }
}

/// What a config says of a layer or loss, checked, with its defaults. Asking for a key that wasn't
/// declared, or for another type, traps.
public struct ConfigKeys {
    let value: ConfigValue

    /// A whole number.
    public func int(_ key: String) -> Int { value.int(key) }
    /// A number.
    public func number(_ key: String) -> Double { value.double(key) }
    /// Yes or no.
    public func bool(_ key: String) -> Bool { value.bool(key) }
    /// A text.
    public func string(_ key: String) -> String { value.string(key) }

    /// An error that says what is wrong with a value and where it stands in the config, such as
    /// `config.json:12:9: model.layers.0.units: must be even`.
    public func problem(_ text: String, at key: String? = nil) -> any Error {
        ConfigError([key.map { value.issue(text, at: $0) } ?? value.issue(text)])
    }
}
