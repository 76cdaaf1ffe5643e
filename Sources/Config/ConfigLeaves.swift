public import FTJSON

/// Configs side by side, key by key.
public enum ConfigLeaves {
    /// A key with its value in each of several configs, nil where one lacks it.
    public struct Row: Sendable, Equatable {
        /// The key, as in `optimizer.learningRate`.
        public let path: String
        /// A value for each config, in their order.
        public let values: [JSONValue?]

        /// A row of what was found otherwise.
        public init(path: String, values: [JSONValue?]) {
            (self.path, self.values) = (path, values)
        }
    }

    /// The keys that don't have the same value in all configs, in the order in which they first
    /// occur. A key that isn't there is as one that is null.
    public static func differing(_ configs: [JSONValue]) -> [Row] {
        let tables = configs.map { Dictionary(uniqueKeysWithValues: leaves($0)) }
        var seen: Set<String> = []
        let paths = configs.flatMap { leaves($0).map(\.path) }.filter { seen.insert($0).inserted }
        return paths.compactMap { path in
            let values = tables.map { $0[path] }
            guard values.contains(where: { ($0 ?? .null) != (values[0] ?? .null) }) else {
                return nil
            }
            return Row(path: path, values: values)
        }
    }

    /// The innermost values with their keys; lists without objects in them are one value.
    private static func leaves(_ config: JSONValue) -> [(path: String, value: JSONValue)] {
        var found: [(path: String, value: JSONValue)] = []
        var open = [(path: "", value: config)]
        while let (path, value) = open.popLast() {
            switch value {
            case .object(let object) where !object.members.isEmpty:
                open += object.members.reversed().map {
                    (ConfigPath.join(path, key: $0.key), $0.value)
                }
            case .array(let elements) where elements.contains(where: \.holdsMore):
                open += elements.enumerated().reversed().map {
                    (ConfigPath.join(path, index: $0.offset), $0.element)
                }
            default: found.append((path, value))
            }
        }
        return found
    }
}

extension JSONValue {
    fileprivate var holdsMore: Bool {
        switch self {
        case .object, .array: true
        default: false
        }
    }
}
