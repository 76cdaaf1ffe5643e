import FTJSON
import FTSupport

/// Compares a node tree with a schema, collects every problem, and fills in the defaults.
struct Checker {
    let schema: ConfigSchema
    let file: String
    var issues: [ConfigIssue] = []
    private var depth = 0

    init(schema: ConfigSchema, file: String) {
        self.schema = schema
        self.file = file
    }

    /// The checked value, nil when something in it was reported.
    mutating func check(
        _ node: JSONNode, as type: ConfigType, at path: String
    ) -> ConfigValue? {
        // The parser limits what a file can do; this limits defaults that contain themselves.
        depth += 1
        defer { depth -= 1 }
        guard depth <= 512 else {
            report(node.position, path, "nested too deeply")
            return nil
        }
        switch type.kind {
        case .array(let element, let count):
            return array(node, of: element, count: count, type, path)
        case .object(let fields):
            guard let members = node.members else { return unexpected(node, type, path) }
            let content = object(members, fields, owner: nil, at: node.position, path)
            return content.map { value(.object(nil, $0), node, path) }
        case .union(let name):
            return union(node, named: name, type, path)
        case .named(let element):
            guard let members = node.members else { return check(node, as: element, at: path) }
            return named(members, as: element, at: node, path)
        case .word(let word, let other):
            guard let text = node.string else {
                return node.elements == nil
                    ? unexpected(node, type, path) : check(node, as: other, at: path)
            }
            return text == word
                ? value(.string(text), node, path) : unexpected(node, type, path)
        case .perAxis(let element, let count):
            if node.elements != nil { return array(node, of: element, count: count, type, path) }
            guard let content = scalar(node, element) else { return unexpected(node, type, path) }
            return value(content, node, path)
        case .nameOr(let number):
            if let name = node.string, !name.isEmpty { return value(.string(name), node, path) }
            guard let content = scalar(node, number) else { return unexpected(node, type, path) }
            return value(content, node, path)
        case .integer, .number, .bool, .string:
            guard let content = scalar(node, type) else { return unexpected(node, type, path) }
            return value(content, node, path)
        }
    }

    mutating func report(_ position: JSONPosition, _ path: String, _ message: String) {
        let location = ConfigLocation(file: file, position)
        issues.append(ConfigIssue(location: location, path: path, message: message))
    }

    func value(
        _ content: ConfigValue.Content, _ node: JSONNode, _ path: String
    ) -> ConfigValue {
        let location = ConfigLocation(file: file, node.position)
        return ConfigValue(content: content, path: path, location: location)
    }

    private func scalar(_ node: JSONNode, _ type: ConfigType) -> ConfigValue.Content? {
        switch (type.kind, node.value) {
        case (.integer(let bounds), .number(let number)):
            guard let value = number.int, bounds.contains(value) else { return nil }
            return .int(value)
        case (.number(let bounds), .number(let number)):
            let value = number.double
            return value.isFinite && bounds.contains(value) ? .double(value) : nil
        case (.bool, .bool(let value)): return .bool(value)
        case (.string(let allowed), .string(let value)):
            return allowed.isEmpty || allowed.contains(value) ? .string(value) : nil
        default: return nil
        }
    }

    private mutating func array(
        _ node: JSONNode, of element: ConfigType, count: IntegerBounds, _ type: ConfigType,
        _ path: String
    ) -> ConfigValue? {
        guard let elements = node.elements else { return unexpected(node, type, path) }
        if !count.contains(elements.count) {
            report(
                node.position, path,
                "expected \(type.expectation), found \(Format.count(elements.count, "element"))")
        }
        let before = issues.count
        var values: [ConfigValue] = []
        for (index, node) in elements.enumerated() {
            let inner = ConfigPath.join(path, index: index)
            if let value = check(node, as: element, at: inner) { values.append(value) }
        }
        return issues.count == before ? value(.array(values), node, path) : nil
    }

    private mutating func union(
        _ node: JSONNode, named name: String, _ type: ConfigType, _ path: String
    ) -> ConfigValue? {
        guard let union = schema[union: name] else { return nil }
        let known = union.variants.map(\.name).joined(separator: ", ")
        let members: [JSONNode.Member]
        switch node.value {
        case .object(let given): members = given
        case .string(let name) where union.allowsShorthand:
            members = [
                JSONNode.Member(
                    key: "type", at: node.position, JSONNode(.string(name), at: node.position))
            ]
        default: return unexpected(node, type, path)
        }
        let typePath = ConfigPath.join(path, key: "type")
        guard let kind = members.first(where: { $0.key == "type" })?.node else {
            report(node.position, typePath, "missing. Name the \(name): \(known)")
            return nil
        }
        guard let chosen = kind.string else {
            let found = Self.found(kind)
            report(
                kind.position, typePath, "expected the name of \(type.expectation), found \(found)")
            return nil
        }
        guard let variant = union[chosen] else {
            let near = suggestion(for: chosen, among: union.variants.map(\.name))
            let question = near.map { " Did you mean \"\($0)\"?" } ?? ""
            let message = "unknown \(name) \(chosen.jsonQuoted).\(question) Known: \(known)"
            report(kind.position, typePath, message)
            return nil
        }
        let owner = "\(name) '\(variant.name)'"
        let content = object(members, variant.fields, owner: owner, at: node.position, path)
        return content.map { value(.object(variant.name, $0), node, path) }
    }
}

extension ConfigLocation {
    /// Line 0 is the command line, and the column then counts the `key=value` arguments.
    init(file: String, _ position: JSONPosition) {
        let place: Place =
            position.line == 0
            ? .commandLine(argument: position.column)
            : .text(line: position.line, column: position.column)
        self.init(file: file, place: place)
    }
}
