/// What an operation's backward pass reads again: the output, and which of the inputs. Changing
/// these tensors in place before the backward pass is an error that the engine reports.
public struct Saved: OptionSet, Sendable {
    /// A bit for each of the first 30 inputs, one for the rest, and the last for the output.
    public let rawValue: UInt32
    /// A set of the bits of `rawValue`.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The only input of a `UnaryOp`, the left one of a `BinaryOp`.
    public static let first = Saved(rawValue: 1)
    /// The right input of a `BinaryOp`.
    public static let second = Saved(rawValue: 2)
    /// All inputs.
    public static let inputs = Saved(rawValue: 0x7FFF_FFFF)
    /// What `forward` gave.
    public static let output = Saved(rawValue: 0x8000_0000)
    /// Nothing: everything may be changed in place after the forward pass.
    public static let nothing: Saved = []
    /// All inputs and the output: the default.
    public static let everything: Saved = [.inputs, .output]

    /// One input, by its position. From the 31st on they can't be told apart.
    public static func input(_ position: Int) -> Saved {
        Saved(rawValue: 1 << UInt32(min(position, 30)))
    }

    /// Whether an input after the first two is among them.
    var hasOthers: Bool { rawValue & 0x7FFF_FFFC != 0 }
}
