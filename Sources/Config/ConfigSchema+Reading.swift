public import FTJSON

extension ConfigSchema {
    /// Reads a config file and applies `key=value` arguments.
    ///
    /// Throws every problem of both together, each with its place.
    public func load(
        file: String, overrides: [String] = []
    ) throws(ConfigError) -> ConfigValue {
        try read(try FileReading.bytes(of: file), file: file, overrides: overrides)
    }

    /// Reads a config from memory; `file` is the name that messages give it.
    public func read(
        _ bytes: [UInt8], file: String, overrides: [String] = []
    ) throws(ConfigError) -> ConfigValue {
        let root: JSONNode
        do throws(JSONError) {
            let options = JSONParsingOptions(allowsDuplicateKeys: true)
            root = try JSONNode(parsing: bytes, options: options)
        } catch {
            let location = ConfigLocation(file: file, error.position)
            throw ConfigError([ConfigIssue(location: location, path: "", message: error.message)])
        }
        return try read(root, file: file, overrides: overrides)
    }

    /// Reads a config from text; `file` is the name that messages give it.
    public func read(
        _ text: String, file: String, overrides: [String] = []
    ) throws(ConfigError) -> ConfigValue {
        try read(Array(text.utf8), file: file, overrides: overrides)
    }

    /// Reads a config that is already parsed.
    public func read(
        _ node: JSONNode, file: String, overrides: [String] = []
    ) throws(ConfigError) -> ConfigValue {
        var root = node
        var checker = Checker(schema: self, file: file)
        apply(overrides, to: &root, &checker)
        let value = checker.check(root, as: .object(fields), at: "")
        guard let value, checker.issues.isEmpty else { throw ConfigError(checker.issues) }
        return value
    }

    /// A config with `key=value` arguments written into it, and nothing else changed.
    ///
    /// Throws every problem of what comes of it.
    package func setting(
        _ overrides: [String], in config: JSONValue, file: String
    ) throws(ConfigError) -> JSONValue {
        var root = JSONNode(copying: config)
        var checker = Checker(schema: self, file: file)
        apply(overrides, to: &root, &checker)
        guard checker.issues.isEmpty else { throw ConfigError(checker.issues) }
        _ = try read(root, file: file)
        return JSONValue(root)
    }

    private func apply(_ overrides: [String], to root: inout JSONNode, _ checker: inout Checker) {
        guard root.members != nil else { return }
        let words = Set(unions.filter(\.allowsShorthand).flatMap { $0.variants.map(\.name) })
        for (index, argument) in overrides.enumerated() {
            let place = JSONPosition(line: 0, column: index + 1)
            do throws(OverrideProblem) {
                let override = try Override(argument, at: place)
                checker.forgetDefaults(override, in: &root)
                try override.apply(to: &root, words: words)
            } catch {
                checker.report(place, error.path, error.message)
            }
        }
    }
}
