public import FTJSON
import FTSupport

/// Which checkpoint, data and config an output comes from, each by its hash.
public struct Provenance: Sendable, Equatable {
    /// Names of things and what identifies them, in order.
    public let parts: [(key: String, value: String)]

    /// Of a model, and of the file that it was applied to.
    ///
    /// Throws where one of them can't be read.
    public init(_ predictor: Predictor, data: String? = nil) throws {
        try self.init(predictor, data: data.map { ($0, try Provenance.hash($0)) })
    }

    /// Of a model, and of what it was applied to.
    package init(_ predictor: Predictor, _ source: PredictionSource) throws {
        try self.init(predictor, data: (source.path, source.hash()))
    }

    private init(_ predictor: Predictor, data: (name: String, hash: String)?) throws {
        var parts = [
            ("checkpoint", predictor.path), ("checkpointHash", try Provenance.hash(predictor.path)),
            ("epoch", "\(predictor.epoch)"), ("step", "\(predictor.step)"),
            ("configHash", Provenance.hash(text: predictor.config.effective.text())),
        ]
        if let thresholds = predictor.thresholds { parts.append(("threshold", thresholds.text)) }
        let digests = predictor.digests.sorted { $0.key < $1.key }
        parts += digests.map { ("trained.\($0.key.dropFirst(7))", XXHash64.padded($0.value)) }
        if let data {
            parts += [("data", data.name), ("dataHash", data.hash)]
        }
        self.parts = parts.map { (key: $0.0, value: $0.1) }
    }

    /// Whether all parts are the same.
    public static func == (a: Provenance, b: Provenance) -> Bool {
        a.parts.elementsEqual(b.parts) { $0 == $1 }
    }

    static func hash(_ path: String) throws -> String {
        let file: MappedFile
        do {
            file = try MappedFile(path: path)
        } catch {
            throw RunError(.data, "\(path): \(error.whileReading)")
        }
        defer { withExtendedLifetime(file) {} }
        var hash = XXHash64()
        hash.update(file.bytes)
        return hash.digits
    }

    static func hash(text: String) -> String { hash(bytes: Array(text.utf8)) }

    static func hash(bytes: [UInt8]) -> String {
        var hash = XXHash64()
        bytes.withUnsafeBytes { hash.update($0) }
        return hash.digits
    }

    /// For programs.
    public var json: JSONObject {
        var object = JSONObject()
        for (key, value) in parts { object.append(key, .string(value)) }
        return object
    }
}
