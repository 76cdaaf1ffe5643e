/// Where an array lives and is computed.
public enum Device: Sendable, Hashable, CustomStringConvertible {
    /// The processors of this machine.
    case cpu
    /// The NVIDIA GPU of this index. Using it traps with a sentence where there is none, or where a
    /// library of CUDA is missing.
    case cuda(Int)
    /// What a program should take by itself: the CPU, until GPUs have been tried.
    case auto
    /// One that was made known under a name, as the tests of this package do.
    case named(String)

    /// Reads `cpu`, `cuda`, `cuda:N`, `auto` or a name that was made known.
    public init?(_ text: String) {
        switch text {
        case "cpu": self = .cpu
        case "auto": self = .auto
        case "cuda": self = .cuda(0)
        case _ where Device.isKnown(text): self = .named(text)
        default:
            guard text.hasPrefix("cuda:"), let index = Int(text.dropFirst(5)), index >= 0 else {
                return nil
            }
            self = .cuda(index)
        }
    }

    /// `cpu`, `cuda:0`, `auto` or the name, as `init(_:)` reads it.
    public var description: String {
        switch self {
        case .cpu: "cpu"
        case .auto: "auto"
        case .cuda(let index): "cuda:\(index)"
        case .named(let name): name
        }
    }
}
