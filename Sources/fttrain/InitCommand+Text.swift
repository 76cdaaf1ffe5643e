import Datasets
import FTConfig
import FTJSON
import FTSupport
import Training

extension InitCommand {
    /// The longest context, and the shortest that a text is cut into.
    private static let (longest, shortest) = (64, 8)

    /// Whether a file is a text that a model may continue: it is no table by its name, or called
    /// .txt without looking like one.
    static func isProse(_ path: String) -> Bool {
        guard isText(path), !path.hasSuffix(".json") else { return false }
        switch DataKind(path) {
        case .file: return true
        case .table: return path.hasSuffix(".txt") && !looksLikeTable(path)
        default: return false
        }
    }

    /// Whether the first lines of a file have one number of the same separator each.
    private static func looksLikeTable(_ path: String) -> Bool {
        guard let bytes = try? FileBytes.read(path, limit: 1 << 24) else { return true }
        let text = String(decoding: bytes.prefix(1 << 16), as: UTF8.self)
        let all = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let lines = all.prefix(5).dropLast(all.last == "" && all.count <= 5 ? 1 : 0)
        return lines.count > 1
            && [",", ";", "\t"].contains { (mark: Character) in
                let counts = lines.map { line in line.count { $0 == mark } }
                return counts[0] > 0 && counts.allSatisfy { $0 == counts[0] }
            }
    }

    /// Makes tokens of a text, and a config for a model that says what comes next.
    static func text(
        _ path: String, _ name: String, _ file: String, madeAs aside: String,
        _ invocation: CommandInvocation
    ) throws -> (json: JSONValue, reasons: [String]) {
        try checkNoSplit(invocation, "the last tenth of a text is kept to measure on")
        try TextTokens.write([path], .character, to: aside)
        let known = try TextTokens(file: aside).vocabulary.count
        let opened = try HDF5File(aside)
        let counts = try ["train/text", "validation/text"].map {
            try HDF5Dataset(opened, $0).count
        }
        let context = min(longest, counts[1] - 1)
        guard context >= shortest else {
            throw DataError(
                path,
                "a text of \(Format.count(counts[0] + counts[1], "character")) is too short to learn "
                    + "from; use one of some thousands")
        }
        guard known > 1 else {
            throw DataError(path, "holds one character alone, so there is nothing to learn")
        }
        let isSmall = counts[0] < 50_000
        let (width, heads, layers) = isSmall ? (64, 4, 2) : (128, 4, 4)
        let (batch, windows, epochs) = (12, 3000, counts[0] < 500_000 ? 8 : 20)
        var json: JSONObject = [
            "name": .string(name),
            "data": [
                "path": .string(file),
                "text": ["context": .int(context), "windows": .int(windows)],
                "batchSize": .int(batch),
            ],
            "model": [
                "layers": [
                    [
                        "type": "gpt", "width": .int(width), "heads": .int(heads),
                        "layers": .int(layers), "tied": false,
                    ]
                ]
            ],
            "loss": ["type": "crossEntropy"],
            "optimizer": [
                "type": "adamW", "learningRate": 0.001, "beta2": 0.99, "weightDecay": 0.01,
                "clipNorm": 1,
            ],
            "schedule": ["type": "cosine", "finalRate": 0.0001, "warmupSteps": 100],
            "training": ["epochs": .int(epochs), "patience": 3],
            "metrics": ["perplexity"],
        ]
        if let seed = invocation.int("seed") { json["seed"] = .int(seed) }
        let reasons = [
            "text       \(path)   \(Format.grouped(counts[0] + counts[1])) characters, "
                + "\(Format.grouped(known)) different; it is no table by its name and lines",
            "task       to say which character comes next, after up to \(context)",
            "model      gpt, \(layers) layers of width \(width), for \(isSmall ? "a short" : "a long") "
                + "text",
            "validation the last tenth of the text",
            "batches    of \(batch) pieces from anywhere, \(Format.grouped(windows / batch)) an epoch, at "
                + "most \(epochs) epochs, fewer where 3 in a row bring nothing better",
            "write      fttrain generate RUN, when it is trained, with the folder that it names",
        ]
        return (.object(json), reasons.flatMap { $0.wrapped(indent: 11) })
    }
}
