import FTJSON

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

    private func null(at position: JSONPosition, _ path: String) -> ConfigValue {
        ConfigValue(
            content: .null, path: path, location: ConfigLocation(file: file, position))
    }

    private mutating func reportDuplicates(_ members: [JSONNode.Member], _ path: String) {
        var first: [String: JSONPosition] = [:]
        for member in members {
            guard let earlier = first[member.key] else {
                first[member.key] = member.keyPosition
                continue
            }
            report(
                member.keyPosition, ConfigPath.join(path, key: member.key),
                "given twice, first in line \(earlier.line). Remove one")
        }
    }

    private func unknownKey(
        _ key: String, _ fields: [Field], _ owner: String?, isRoot: Bool
    ) -> String {
        let names = fields.map(\.name)
        let what = owner.map { "unknown key of \($0)" } ?? "unknown key"
        if let near = Suggestion.nearest(to: key, among: names) {
            return "\(what). Did you mean '\(near)'?"
        }
        if isRoot, let path = path(of: key, in: schema.fields, under: "") {
            return "\(what). Did you mean '\(path)'?"
        }
        if names.isEmpty { return "\(what), which has none besides 'type'" }
        return "\(what). Known: \(names.joined(separator: ", "))"
    }

    /// Where an inner object has a key of that name: `epochs` is `training.epochs`.
    private func path(of key: String, in fields: [Field], under prefix: String) -> String? {
        for field in fields {
            let path = ConfigPath.join(prefix, key: field.name)
            if field.name == key { return path }
            guard case .object(let inner) = field.type.kind else { continue }
            if let found = self.path(of: key, in: inner, under: path) { return found }
        }
        return nil
    }
}
