import FTJSON
import FTSupport

/// Reads our metadata strings back into values, with a sentence for each that is not what it was.
struct MetadataReader {
    let path: String
    private let values: [String: String]

    init(_ file: SafetensorsFile) {
        path = file.path
        values = file.metadata
    }

    /// Whether the file claims to be one of ours.
    var isOurs: Bool { values[MetadataKey.format] != nil }

    subscript(key: String) -> String? { values[MetadataKey.prefix + key] }

    /// The keys below `name.`, sorted.
    func group(_ name: String) -> [String] {
        let prefix = "\(MetadataKey.prefix)\(name)."
        return values.keys.filter { $0.hasPrefix(prefix) }
            .map { String($0.dropFirst(prefix.count)) }.sorted()
    }

    func checkFormat() throws(CheckpointError) {
        guard isOurs else {
            let origin = values["checkpoint"].map { ", exported from \($0.onOneLine)" } ?? ""
            throw CheckpointError(
                .incompatible, path,
                "holds weights without the state of a run\(origin); name a run folder or a "
                    + "checkpoint in it (model.from starts a run from such weights)")
        }
        let version = try count("format")
        guard version == MetadataKey.formatVersion else {
            throw CheckpointError(
                .incompatible, path,
                "has checkpoint format \(version), but this version reads format "
                    + "\(MetadataKey.formatVersion); use the version that wrote it")
        }
    }

    func required(_ key: String) throws(CheckpointError) -> String {
        guard let value = self[key] else {
            throw CheckpointError(
                .damaged, path,
                "has no metadata \"\(MetadataKey.prefix)\(key)\", which every "
                    + "checkpoint has; another tool may have written it again")
        }
        return value
    }

    func number<Value>(
        _ key: String, _ expected: String, _ parse: (String) -> Value?
    ) throws(CheckpointError) -> Value {
        let text = try required(key)
        guard let value = parse(text) else { throw invalid(key, text, expected) }
        return value
    }

    func count(_ key: String) throws(CheckpointError) -> Int {
        try number(key, "a whole number of at least 0") { text in
            Int(text).flatMap { $0 >= 0 ? $0 : nil }
        }
    }

    func double(_ key: String) throws(CheckpointError) -> Double {
        try number(key, "a number") { Double($0) }
    }

    /// A JSON array of strings; empty when the key is missing.
    func names(_ key: String) throws(CheckpointError) -> [String] {
        guard let text = self[key] else { return [] }
        let elements = (try? JSONNode(parsing: text))?.elements
        let strings = elements?.compactMap(\.string)
        guard let strings, strings.count == elements?.count else {
            throw invalid(key, text, "a JSON array of strings")
        }
        return strings
    }

    /// A JSON object of strings; empty when the key is missing.
    func pairs(_ key: String) throws(CheckpointError) -> [String: String] {
        guard let text = self[key] else { return [:] }
        let members = (try? JSONNode(parsing: text))?.members
        var result: [String: String] = [:]
        for member in members ?? [] { result[member.key] = member.node.string }
        guard result.count == members?.count else {
            throw invalid(key, text, "a JSON object of strings")
        }
        return result
    }

    private func invalid(_ key: String, _ text: String, _ expected: String) -> CheckpointError {
        CheckpointError(
            .damaged, path,
            "has the metadata \"\(MetadataKey.prefix)\(key.escapedForDisplay())\" = "
                + "\(text.quotedForDisplay()), which should be \(expected)")
    }
}
