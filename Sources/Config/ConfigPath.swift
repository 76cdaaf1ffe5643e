import FTJSON

/// How the place of a key is written: `model.layers[0].units`.
enum ConfigPath {
    static func join(_ path: String, key: String) -> String {
        guard isPlain(key) else { return "\(path)[\(key.jsonQuoted)]" }
        return path.isEmpty ? key : "\(path).\(key)"
    }

    static func join(_ path: String, index: Int) -> String {
        "\(path)[\(index)]"
    }

    /// A key that needs no quotes in a path.
    private static func isPlain(_ key: String) -> Bool {
        let bytes = key.utf8
        return (1...64).contains(bytes.count)
            && bytes.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
                    UInt8(ascii: "$"):
                    true
                default: false
                }
            }
    }
}
