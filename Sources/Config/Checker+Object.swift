import FTJSON
import FTSupport

extension Checker {
    /// Checks the keys of an object or, with an owner, of a variant, whose `type` key is known.
    mutating func object(
        _ members: [JSONNode.Member], _ fields: [Field], owner: String?, at position: JSONPosition,
        _ path: String
    ) -> [ConfigValue.Member]? {
        let before = issues.count
        let implied = owner != nil ? ["type"] : path.isEmpty ? ["$schema"] : []
        reportDuplicates(members, path)
        let known = Set(implied + fields.map(\.name))
        for member in members where !known.contains(member.key) {
            let message = unknownKey(member.key, fields, owner, isRoot: path.isEmpty)
            report(member.keyPosition, ConfigPath.join(path, key: member.key), message)
        }
        var values: [ConfigValue.Member] = []
        for field in fields {
            let inner = ConfigPath.join(path, key: field.name)
            let given = members.first { $0.key == field.name }?.node
            if let value = self.value(of: field, given, at: position, inner) {
                values.append(ConfigValue.Member(key: field.name, value: value))
            }
        }
        return issues.count == before ? values : nil
    }

    /// The given value, or the default, or null for what is optional.
    private mutating func value(
        of field: Field, _ given: JSONNode?, at position: JSONPosition, _ path: String
    ) -> ConfigValue? {
        switch (given, field.presence) {
        case (let given?, .optional) where given.isNull: return null(at: given.position, path)
        case (let given?, _) where given.isNull && field.takesNull:
            return null(at: given.position, path)
        case (let given?, _) where given.isNull:
            let problem = "expected \(field.type.expectation), found null"
            report(given.position, path, problem + remedy(forNull: field, given.position, path))
            return nil
        case (let given?, _): return check(given, as: field.type, at: path)
        case (nil, .optional): return null(at: position, path)
        case (nil, .defaulted(let value)):
            return check(JSONNode(copying: value, at: position), as: field.type, at: path)
        case (nil, .required) where !field.isRequired:
            return check(JSONNode(.object([]), at: position), as: field.type, at: path)
        case (nil, .required):
            report(position, path, "missing. Give \(field.type.expectation): \(field.doc)")
            return nil
        }
    }

    /// How a key comes to its default, which null isn't; empty where it has none.
    private func remedy(
        forNull field: Field, _ position: JSONPosition, _ path: String
    ) -> String {
        let value: JSONValue
        switch field.presence {
        case .defaulted(let given): value = given
        case .required where !field.isRequired: value = [:]
        default: return ""
        }
        var text = value.text()
        guard position.line == 0 else {
            return ". Leave it out for the default, \(text)"
        }
        if case .string(let word) = value { text = word }
        return ". For the default write \(path)=\(text.shellWord)"
    }

    private func null(at position: JSONPosition, _ path: String) -> ConfigValue {
        ConfigValue(
            content: .null, path: path, location: ConfigLocation(file: file, position))
    }

    /// Checks an object whose keys are names of the user's choice.
    mutating func named(
        _ members: [JSONNode.Member], as element: ConfigType, at node: JSONNode, _ path: String
    ) -> ConfigValue? {
        let before = issues.count
        if members.isEmpty { report(node.position, path, "is empty. Name at least one") }
        reportDuplicates(members, path)
        var values: [ConfigValue.Member] = []
        for member in members {
            let inner = ConfigPath.join(path, key: member.key)
            if !Self.isName(member.key) {
                let message = "a name is 1 to 64 letters, digits, '-' or '_'"
                report(member.keyPosition, inner, message)
            }
            if let value = check(member.node, as: element, at: inner) {
                values.append(ConfigValue.Member(key: member.key, value: value))
            }
        }
        return issues.count == before ? value(.object(nil, values), node, path) : nil
    }

    private static func isName(_ text: String) -> Bool {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case 48...57, 65...90, 97...122, 45, 95: true
            default: false
            }
        }
        return isPlain && (1...64).contains(text.utf8.count)
    }

    private mutating func reportDuplicates(_ members: [JSONNode.Member], _ path: String) {
        var first: [String: JSONPosition] = [:]
        for member in members {
            guard let earlier = first[member.key] else {
                first[member.key] = member.keyPosition
                continue
            }
            let place = earlier.line == 0 ? "" : ", first in line \(earlier.line)"
            let inner = ConfigPath.join(path, key: member.key)
            report(member.keyPosition, inner, "given twice\(place). Remove one")
        }
    }

    private func unknownKey(
        _ key: String, _ fields: [Field], _ owner: String?, isRoot: Bool
    ) -> String {
        let names = fields.map(\.name)
        let what = owner.map { "unknown key of \($0)" } ?? "unknown key"
        let word = String(key.drop { $0 == "-" })
        if isRoot, let stranger = schema.strangers[word] { return "\(what): \(stranger)" }
        if let near = suggestion(for: key, among: names) {
            return "\(what). Did you mean '\(near)'?"
        }
        if isRoot, canSuggest, let path = pathOfInner(key) {
            return "\(what). Did you mean '\(path)'?"
        }
        if names.isEmpty { return "\(what), which has none besides 'type'" }
        return "\(what). Known: \(names.joined(separator: ", "))"
    }

    /// Where an inner object or variant has such a key: `epochs` is `training.epochs`, and `lr` is
    /// `optimizer.learningRate`.
    private func pathOfInner(_ key: String) -> String? {
        let keys = innerKeys(of: schema.fields, under: "")
        let near = suggestion(for: key, among: keys.map(\.name))
        return keys.first { $0.name == near }?.path
    }

    private func innerKeys(
        of fields: [Field], under prefix: String
    ) -> [(name: String, path: String)] {
        fields.flatMap { field -> [(name: String, path: String)] in
            let path = ConfigPath.join(prefix, key: field.name)
            let inner: [Field]
            switch field.type.kind {
            case .object(let fields): inner = fields
            case .union(let name): inner = schema[union: name]?.variants.flatMap(\.fields) ?? []
            default: return []
            }
            return inner.map { ($0.name, ConfigPath.join(path, key: $0.name)) }
                + innerKeys(of: inner.filter(\.isObject), under: path)
        }
    }
}

extension Field {
    fileprivate var isObject: Bool {
        if case .object = type.kind { true } else { false }
    }
}
