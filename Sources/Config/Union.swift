/// One choice of a union: what `"type": name` stands for and which keys it takes.
public struct Variant: Sendable {
    /// The value of the `type` key.
    public let name: String
    /// One sentence on what it does.
    public let summary: String
    /// Its keys besides `type`.
    public let fields: [Field]

    /// Declares a variant.
    public init(name: String, summary: String, fields: [Field] = []) {
        self.name = name
        self.summary = summary
        self.fields = fields
    }
}

/// A named set of variants: the layers, the losses, the optimizers, …
public struct Union: Sendable {
    /// What one variant is called in messages: `layer`.
    public let name: String
    /// The heading over all of them: `layers`.
    public let plural: String
    /// Whether the bare string `"accuracy"` may stand for `{"type": "accuracy"}`.
    public let allowsShorthand: Bool
    /// The choices in the order of the documentation.
    public let variants: [Variant]

    /// Declares a union; the plural defaults to the name with an `s`.
    public init(
        name: String, plural: String? = nil, allowsShorthand: Bool = false, variants: [Variant]
    ) {
        self.name = name
        self.plural = plural ?? name + "s"
        self.allowsShorthand = allowsShorthand
        self.variants = variants
    }

    /// The variant of that name.
    public subscript(name: String) -> Variant? {
        variants.first { $0.name == name }
    }
}
