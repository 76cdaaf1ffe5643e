import FTJSON
import FTSupport

extension ConfigSchema {
    /// Every union with all its variants, options and defaults as plain aligned text.
    public func describe() -> String {
        unions.map { $0.describe() }.joined(separator: "\n\n")
    }

    /// The paths of all keys that hold a value, `optimizer.learningRate` among them; without those
    /// in arrays.
    public var keyPaths: [String] { keys.map(\.path) }

    /// The same with the values that a shell offers for each.
    public var keys: [(path: String, values: [String])] {
        var places: [String: Int] = [:]
        var keys: [(path: String, values: [String])] = []
        for key in paths(fields, under: "") {
            guard let place = places[key.path] else {
                places[key.path] = keys.count
                keys.append(key)
                continue
            }
            // Two variants may have a key of one name.
            keys[place].values += key.values.filter { !keys[place].values.contains($0) }
        }
        return keys
    }

    private func paths(_ fields: [Field], under path: String) -> [(path: String, values: [String])]
    {
        fields.flatMap { field -> [(path: String, values: [String])] in
            let path = ConfigPath.join(path, key: field.name)
            switch field.type.kind {
            case .object(let inner): return paths(inner, under: path)
            case .union(let name):
                let variants = self[union: name]?.variants ?? []
                return [(path, []), ("\(path).type", variants.map(\.name))]
                    + variants.flatMap { paths($0.fields, under: path) }
            default: return [(path, field.type.completions)]
            }
        }
    }

    /// What a key or a group of keys is: `training`, `training.mixup`, or of what a config names
    /// `optimizer.learningRate`, as each of them takes it; nil where there is no such key.
    public func describeKey(_ path: String) -> String? {
        let all = Self.rows(fields, under: "")
        let rows = all.filter { $0[0] == path || $0[0].hasPrefix("\(path).") }
        if !rows.isEmpty { return Text.table(rows, indent: 2) }
        guard let dot = path.lastIndex(of: ".") else { return nil }
        let (outer, key) = (String(path[..<dot]), path[dot...].dropFirst())
        guard let union = union(at: outer) else { return nil }
        let taken = union.variants.flatMap { variant in
            Self.rows(variant.fields, under: "").filter { $0[0] == key }
                .map { ["\(outer) '\(variant.name)'"] + $0.dropFirst() }
        }
        return taken.isEmpty ? nil : "\(path)\n" + Text.table(taken, indent: 2)
    }

    private func union(at path: String) -> Union? {
        var fields = fields
        var found: Union?
        for step in path.split(separator: ".") {
            guard let field = fields.first(where: { $0.name == step }) else { return nil }
            switch field.type.kind {
            case .object(let inner): fields = inner
            case .union(let name): found = self[union: name]
            default: return nil
            }
        }
        return found
    }

    /// The keys of the config itself, dotted, with type, default and meaning.
    public func describeKeys() -> String {
        Text.table(Self.rows(fields, under: ""), indent: 2)
    }

    /// One row a key: name, type, default, meaning; the keys of an object follow it.
    static func rows(_ fields: [Field], under path: String) -> [[String]] {
        fields.flatMap { field -> [[String]] in
            let path = ConfigPath.join(path, key: field.name)
            guard case .object(let inner) = field.type.kind else {
                return [[path] + field.cells]
            }
            return [[path, "object", field.presenceLabel, field.doc]] + rows(inner, under: path)
        }
    }
}

extension Union {
    /// All variants under the plural as heading.
    public func describe() -> String {
        let width = variants.map(\.name.count).max() ?? 0
        return ([plural] + variants.map { $0.describe(indent: 2, width: width) })
            .joined(separator: "\n")
    }
}

extension Variant {
    /// The name and summary, then one aligned line per option. The name takes `width` columns.
    public func describe(indent: Int = 0, width: Int = 0) -> String {
        let label =
            String(repeating: " ", count: indent) + name.padded(to: width, left: true) + "  "
        let head = (label + summary).wrapped(indent: label.unicodeScalars.count)
            .joined(separator: "\n")
        let rows = ConfigSchema.rows(fields, under: "")
        return rows.isEmpty ? head : head + "\n" + Text.table(rows, indent: indent + 4)
    }
}

extension Field {
    /// Type, default and meaning. A long type stands with the meaning, so that the columns stay
    /// narrow.
    fileprivate var cells: [String] {
        let label = type.label
        if label.count <= 32 { return [label, presenceLabel, doc] }
        return [type.shortLabel, presenceLabel, "\(doc): \(label)"]
    }

    /// `required`, `optional`, or `default 0.001`.
    fileprivate var presenceLabel: String {
        switch presence {
        case .required: isRequired ? "required" : ""
        case .optional: "optional"
        case .defaulted(.double(let value)):
            "default \(Text.number(value))\(takesNull ? " or null" : "")"
        case .defaulted(.string(let value)) where !value.isEmpty: "default \(value)"
        case .defaulted(let value):
            if case .object(let object) = value, object.keys == ["type"],
                case .string(let name)? = object["type"]
            {
                "default \(name)"
            } else {
                "default \(value.text())"
            }
        }
    }
}
