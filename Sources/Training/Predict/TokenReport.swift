import Autograd
import Datasets
import FTConfig
import FTJSON
import FTSupport
import Glibc
import Tensor

/// How well a model says what comes next in a text: all tokens together, and each by itself.
struct TokenReport {
    /// A token and what was counted where it came next.
    struct Row {
        let token: String
        var count = 0
        var hits = 0
        var loss = 0.0

        var accuracy: Double { count > 0 ? Double(hits) / Double(count) : 0 }
        var meanLoss: Double { count > 0 ? loss / Double(count) : 0 }
    }

    private let windows: Int
    private let context: Int
    /// Those that occur, the most frequent first.
    let rows: [Row]
    /// What is right that knows only how frequent tokens are.
    private var baseline: ClassBaseline {
        ClassBaseline(
            names: rows.map { $0.token.quotedForDisplay() }, counts: rows.map(\.count))
    }
    private static let shown = 20

    /// Throws where the loss that the model was trained by gives no probabilities.
    init(_ predictor: Predictor, _ dataset: Dataset) throws {
        guard case .classes(let score) = predictor.meaning, predictor.meaning.hasProbabilities
        else {
            throw RunError(
                .data,
                "\(predictor.path): its loss gives no probabilities of tokens, of which a report on "
                    + "a text is made; measure it without --report")
        }
        windows = dataset.count
        context = dataset.inputShapes[0].elementCount
        let loss = predictor.config.value.child("loss")
        let ignored = loss.hasKey("ignoreIndex") ? loss.optionalInt("ignoreIndex") : nil
        var rows: [Row] = []
        let block = max(1, 4096 / max(context, 1))
        for first in stride(from: 0, to: dataset.count, by: block) {
            let part = try dataset.read(first..<min(first + block, dataset.count))
            let output = try predictor.outputs(part.inputs.map { $0.contiguous() })
            let classes = output.shape.last ?? 1
            if rows.isEmpty { rows = TokenReport.empty(classes, predictor.preprocessing.tokens) }
            let logarithms = noGrad {
                TokenReport.logarithms(output, score).reshape([output.count / classes, classes])
                    .data
            }
            let chosen = logarithms.argExtreme(maximum: true).values(as: Int.self)
            let wanted = part.targets.contiguous().values(as: Int.self)
            let values = logarithms.values(as: Float.self)
            for (place, token) in wanted.enumerated()
            where token != ignored && rows.indices.contains(token) {
                rows[token].count += 1
                rows[token].hits += chosen[place] == token ? 1 : 0
                rows[token].loss -= Double(values[place * classes + token])
            }
        }
        self.rows = rows.filter { $0.count > 0 }.sorted { $0.count > $1.count }
    }

    private static func empty(_ count: Int, _ tokens: TextTokens?) -> [Row] {
        (0..<count).map { token in
            guard let tokens, tokens.vocabulary.indices.contains(token) else {
                return Row(token: "\(token)")
            }
            let code = tokens.vocabulary[token]
            guard tokens.unit == .character || (32..<127).contains(code) else {
                return Row(token: "byte \(code)")
            }
            return Row(token: Unicode.Scalar(code).map { String(Character($0)) } ?? "\(code)")
        }
    }

    private static func logarithms(_ output: Tensor, _ score: OutputMeaning.Score) -> Tensor {
        switch score {
        case .logits: output.logSoftmax(axis: -1)
        case .probabilities: output.log()
        case .logarithms, .scores: output
        }
    }
}

extension TokenReport {
    private var count: Int { rows.reduce(0) { $0 + $1.count } }
    /// The mean of −ln of the probability of what came next.
    var loss: Double { rows.reduce(0) { $0 + $1.loss } / Double(max(count, 1)) }
    /// e to the loss: among how many tokens a guess would be as good.
    var perplexity: Double { exp(loss) }
    /// The share of tokens that were thought the likeliest.
    var accuracy: Double { Double(rows.reduce(0) { $0 + $1.hits }) / Double(max(count, 1)) }

    var lines: [String] {
        var table = TextTable([
            .text("token"), .number("accuracy"), .number("loss"), .number("tokens"),
        ])
        for row in rows.prefix(TokenReport.shown) {
            table.append([
                row.token.quotedForDisplay(), Format.fixed(row.accuracy, 4),
                Format.fixed(row.meanLoss, 4), Format.grouped(row.count),
            ])
        }
        let left = rows.count - TokenReport.shown
        let head = [
            "text         \(Format.count(windows, "window")) of \(Format.count(context, "token"))",
            "loss         \(Format.fixed(loss, 4))", "perplexity   \(Format.fixed(perplexity, 4))",
            "accuracy     \(Format.fixed(accuracy, 4))   of \(Format.count(count, "token"))",
        ]
        return head + "baseline     \(baselineSentence)".wrapped(indent: 13) + [""] + table.lines
            + (left > 0 ? ["… \(Format.count(left, "rarer token"))"] : [])
    }

    /// As in `always "e": accuracy 0.1200; the token shares alone: loss 2.9011 nats, perplexity
    /// 18.1941`.
    private var baselineSentence: String {
        let (loss, accuracy) = (baseline.logLoss, baseline.accuracy)
        return "always \(baseline.name ?? ""): accuracy \(Format.fixed(accuracy, 4)); the token "
            + "shares alone: loss \(Format.fixed(loss, 4)) nats, perplexity "
            + Format.fixed(exp(loss), 4)
    }

    var json: JSONObject {
        [
            "baseline": [
                "class": .string(rows.first?.token ?? ""), "accuracy": .double(baseline.accuracy),
                "logLoss": .double(baseline.logLoss),
                "perplexity": .double(exp(baseline.logLoss)),
                "sentence": .string(baselineSentence),
            ],
            "loss": JSONValue(number: loss), "perplexity": JSONValue(number: perplexity),
            "accuracy": JSONValue(number: accuracy),
            "tokens": .array(
                rows.map { row in
                    [
                        "token": .string(row.token), "accuracy": JSONValue(number: row.accuracy),
                        "loss": JSONValue(number: row.meanLoss), "support": .int(row.count),
                    ]
                }),
        ]
    }
}
