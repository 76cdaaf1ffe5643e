import FTConfig
import FTSupport

/// What `model.from.rename` makes of the names in a file: `layer1.=4.` lets those that begin with
/// the one begin with the other.
struct WeightRenaming {
    private let rules: [(there: String, here: String)]
    private let value: ConfigValue
    private let path: String
    /// The names as they were, by what they became.
    private var originals: [String: String] = [:]
    private var used: Set<Int> = []

    /// Throws where a rule is none.
    init(_ from: ConfigValue, path: String) throws(ConfigError) {
        (value, self.path) = (from, path)
        var rules: [(there: String, here: String)] = []
        for rule in from.children("rename") {
            let parts = rule.asString.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false
            ).map { String($0) }
            guard parts.count == 2, !parts[0].isEmpty else {
                throw ConfigError([
                    rule.issue(
                        "\(rule.asString.quotedForDisplay()) doesn't say what becomes what; write it as "
                            + "\"layer1.=4.\", first how names in the file begin, then how the model's do"
                    )
                ])
            }
            rules.append((parts[0], parts[1]))
        }
        self.rules = rules
    }

    /// What a name becomes, by the first rule that it begins with.
    ///
    /// Throws where another one has become the same.
    mutating func name(of name: String) throws(ConfigError) -> String {
        let rule = rules.firstIndex { name.hasPrefix($0.there) }
        if let rule { used.insert(rule) }
        let new = rule.map { rules[$0].here + name.dropFirst(rules[$0].there.count) } ?? name
        if let other = originals.updateValue(name, forKey: new) {
            throw ConfigError([
                value.issue(
                    "\(other) and \(name) in \(path) would both become \(new)", at: "rename")
            ])
        }
        return new
    }

    /// What a name was.
    func original(of name: String) -> String { originals[name] ?? name }

    /// Throws where a rule had nothing to rename.
    func checkUse() throws(ConfigError) {
        let idle = rules.indices.first { !used.contains($0) }
        guard let idle else { return }
        let names = NamePattern.list(originals.values.sorted())
        throw ConfigError([
            value.children("rename")[idle].issue(
                "no name in \(path) begins with \(rules[idle].there.quotedForDisplay()) and isn't "
                    + "renamed by another rule: it has \(names)")
        ])
    }
}
