import FTConfig
import FTSupport
import NN
import Tensor

/// Everything of one kind that a config can name: all layers, all losses, …
///
/// `Context` is what things of this kind are made from besides their keys, `Product` what is made.
/// The schema, `fttrain list`, the checks and the effective config follow from the entries.
struct Catalog<Context, Product>: Sendable {
    /// One thing that a config can name: what it is called and takes, and how it is made.
    struct Entry: Sendable {
        typealias Make = @Sendable (ConfigValue, Context) throws -> Product

        let variant: Variant
        /// Whether inputs are whole numbers that it looks up in a table.
        let takesIndices: Bool
        let make: Make

        init(
            _ name: String, _ summary: String, _ fields: [Field] = [], takesIndices: Bool = false,
            make: @escaping Make
        ) {
            variant = Variant(name: name, summary: summary, fields: fields)
            self.takesIndices = takesIndices
            self.make = make
        }
    }

    /// The entries as the schema sees them.
    let union: Union
    private let makers: [String: Entry.Make]
    private let kind: (name: String, plural: String?, allowsShorthand: Bool)
    private let entries: [Entry]

    /// - Parameters:
    ///   - kind: what messages call one of them; the plural has an `s` more unless it is given.
    ///   - allowsShorthand: whether a bare name may stand for an entry with all defaults.
    init(
        _ kind: String, plural: String? = nil, allowsShorthand: Bool = false, _ entries: [Entry]
    ) {
        union = Union(
            name: kind, plural: plural, allowsShorthand: allowsShorthand,
            variants: entries.map(\.variant))
        makers = Dictionary(uniqueKeysWithValues: entries.map { ($0.variant.name, $0.make) })
        self.kind = (kind, plural, allowsShorthand)
        self.entries = entries
    }

    /// This catalog with more entries; traps where a name is taken.
    func adding(_ more: [Entry]) -> Catalog {
        if more.isEmpty { return self }
        var taken = Set(names)
        for entry in more where !taken.insert(entry.variant.name).inserted {
            fail(
                kind.name, "'\(entry.variant.name)' is there already",
                hint: "give yours another name")
        }
        return Catalog(
            kind.name, plural: kind.plural, allowsShorthand: kind.allowsShorthand, entries + more)
    }

    /// The names of all entries in their order.
    var names: [String] { union.variants.map(\.name) }

    /// Whether what has a name looks its inputs up in a table.
    func takesIndices(_ name: String) -> Bool {
        entries.contains { $0.variant.name == name && $0.takesIndices }
    }

    /// What a config value stands for.
    ///
    /// Throws a `ConfigError` where nothing has its name, or its keys don't fit each other or the
    /// context.
    func make(_ value: ConfigValue, _ context: Context) throws -> Product {
        guard let make = makers[value.type] else {
            let hint =
                Suggestion.nearest(to: value.type, among: names)
                .map { "Did you mean '\($0)'?" } ?? "there are \(names.joined(separator: ", "))"
            throw ConfigError([value.issue("unknown \(union.name) '\(value.type)'. \(hint)")])
        }
        return try make(value, context)
    }
}

extension Catalog where Context == Void {
    /// What a config value stands for.
    func make(_ value: ConfigValue) throws -> Product { try make(value, ()) }
}

/// The catalogs of all kinds, each in a file of its own.
enum Catalogs {
    /// All layers, those that the program adds included.
    static var layers: Catalog<LayerPlace, Layer> { TrainingParts.current.layers }
    /// All losses, those that the program adds included.
    static var losses: Catalog<Void, ChosenLoss> { TrainingParts.current.losses }
}
