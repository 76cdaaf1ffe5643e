public import FTJSON
import FTSupport

/// One key that differs between two effective configs.
public struct ConfigDifference: Sendable, Equatable, CustomStringConvertible {
    /// The key, as in `training.epochs`.
    public let path: String
    /// The value before; nil when the key is new.
    public let old: JSONValue?
    /// The value after; nil when the key is gone.
    public let new: JSONValue?

    /// `training.epochs: 10 → 20`.
    public var description: String {
        "\(path): \(old?.text() ?? "(none)") → \(new?.text() ?? "(none)")"
    }

    /// The new value as one word of a command, `training.epochs=20`.
    package var setting: String {
        if case .string(let text)? = new, text.first?.isLetter == true,
            !["true", "false", "null"].contains(text)
        {
            return "\(path)=\(text)".shellWord
        }
        return "\(path)=\(new?.text() ?? "null")".shellWord
    }

    /// The differences between two configs, innermost keys first to last in the order of `old`.
    public static func between(_ old: JSONValue, _ new: JSONValue) -> [ConfigDifference] {
        between(old, new, at: "")
    }

    private static func between(
        _ old: JSONValue?, _ new: JSONValue?, at path: String
    ) -> [ConfigDifference] {
        switch (old, new) {
        case (.object(let a)?, .object(let b)?):
            let keys = a.keys + b.keys.filter { a[$0] == nil }
            return keys.flatMap { between(a[$0], b[$0], at: ConfigPath.join(path, key: $0)) }
        case (.array(let a)?, .array(let b)?):
            // Lists of plain values (a shape, class weights) read better whole.
            if !(a + b).contains(where: \.isObject) { break }
            return (0..<max(a.count, b.count)).flatMap { index in
                between(
                    index < a.count ? a[index] : nil, index < b.count ? b[index] : nil,
                    at: ConfigPath.join(path, index: index))
            }
        default: break
        }
        return old == new ? [] : [ConfigDifference(path: path, old: old, new: new)]
    }

    /// Whether the key is `prefix` or lies inside it: `model.layers[0].units` is in `model`.
    public func isInside(_ prefix: String) -> Bool {
        guard path.hasPrefix(prefix) else { return false }
        let next = path.dropFirst(prefix.count).first
        return next == nil || next == "." || next == "["
    }
}

extension JSONValue {
    fileprivate var isObject: Bool {
        if case .object = self { true } else { false }
    }
}
