internal import Tensor

/// A `Sequential` with a name, which its parameters have in place of its position in another one:
/// they keep it when layers are put in before it.
///
///     Sequential {
///         Block("stem") { Conv2d(3, 16, kernel: 3, using: random) }    // stem.0.weight
///         Block("head") { Linear(16, 10, using: random) }              // head.0.weight
///     }
public final class Block: Sequential {
    /// Its name among its neighbours.
    public let name: String

    /// Whether a block can be called so: a letter, then letters, digits, - and _.
    package static func isName(_ name: String) -> Bool {
        guard let first = name.first, first.isASCII, first.isLetter else { return false }
        return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
    }

    /// A block of listed layers. A name that isn't a letter, then letters, digits, - and _ traps.
    public init(_ name: String, _ layers: [Layer]) {
        if !Block.isName(name) {
            fail(
                "Block", "the name '\(name)'",
                hint: "a name is a letter, then letters, digits, - and _")
        }
        self.name = name
        super.init(layers)
    }

    /// A block of the layers that a closure lists.
    public convenience init(_ name: String, @SequentialBuilder layers: () -> [Layer]) {
        self.init(name, layers())
    }

    public override var describe: String { "Block(\(count) \(count == 1 ? "layer" : "layers"))" }

    public override var members: [(name: String, value: Any)] {
        super.members.filter { $0.name != "name" }
    }
}
