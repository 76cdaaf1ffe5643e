import FTJSON

/// Everything that is known about a config, declared once: checks, defaults, the effective config,
/// the JSON Schema and the documentation all come from it.
public struct ConfigSchema: Sendable {
    /// The title of the JSON Schema.
    public let title: String
    /// The keys at the top.
    public let fields: [Field]
    /// The unions that fields refer to by name, in the order of the documentation.
    public let unions: [Union]
    /// Words that are no keys, and what to say of them where they stand at the top.
    public let strangers: [String: String]

    /// Declares a schema. A mistake in the declaration (a name twice, an unknown union, a default
    /// that its own field refuses) stops the program.
    public init(
        title: String, fields: [Field], unions: [Union] = [], strangers: [String: String] = [:]
    ) {
        self.strangers = strangers
        self.title = title
        self.fields = fields
        self.unions = unions
        verify()
    }

    /// The union of that name.
    public subscript(union name: String) -> Union? {
        unions.first { $0.name == name }
    }
}

extension ConfigSchema {
    private func verify() {
        requireUnique(unions.map(\.name), in: title)
        verify(fields, in: title)
        for union in unions {
            requireUnique(union.variants.map(\.name), in: union.name)
            for variant in union.variants {
                let place = "\(union.name) \(variant.name)"
                requireUnique(["type"] + variant.fields.map(\.name), in: place)
                verify(variant.fields, in: place)
            }
        }
    }

    private func verify(_ fields: [Field], in place: String) {
        requireUnique(fields.map(\.name), in: place)
        for field in fields {
            let inner = "\(place).\(field.name)"
            verify(field.type, in: inner)
            guard case .defaulted(let value) = field.presence else { continue }
            var checker = Checker(schema: self, file: inner)
            _ = checker.check(JSONNode(copying: value), as: field.type, at: "")
            if let issue = checker.issues.first {
                misdeclared(inner, "the default is refused: \(issue.message)")
            }
        }
    }

    private func verify(_ type: ConfigType, in place: String) {
        switch type.kind {
        case .object(let fields): verify(fields, in: place)
        case .array(let element, _): verify(element, in: place)
        case .perAxis(let element, _):
            switch element.kind {
            case .integer, .number, .bool, .string: break
            default: misdeclared(place, "what is said for each axis is no number or word")
            }
        case .word(_, let other):
            guard case .array = other.kind else {
                misdeclared(place, "a word stands for an array alone")
            }
            verify(other, in: place)
        case .nameOr(let number):
            switch number.kind {
            case .integer, .number: break
            default: misdeclared(place, "a name stands for a number alone")
            }
        case .named(let element):
            switch element.kind {
            case .object, .union, .named: misdeclared(place, "an object can't be told from names")
            default: verify(element, in: place)
            }
        case .union(let name) where self[union: name] == nil:
            misdeclared(place, "there is no union named \(name)")
        default: break
        }
    }

    private func requireUnique(_ names: [String], in place: String) {
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            misdeclared(place, "\(name) is declared twice")
        }
    }
}
