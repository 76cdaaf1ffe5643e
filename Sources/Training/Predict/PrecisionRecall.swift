import FTJSON
import FTSupport

/// What finding one of two kinds costs in false alarms, by how probable it must be, or by its score
/// where there are no probabilities.
struct PrecisionRecall {
    /// What is found where all from some probability on are taken for the kind.
    struct Point: Equatable {
        let recall, precision: Double
    }

    /// Σ (Rₙ − Rₙ₋₁) Pₙ over the probabilities that occur, as scikit-learn's
    /// `average_precision_score`.
    let averagePrecision: Double
    /// The probability, or score, from which on the F1 of the kind is largest; of equal ones the
    /// highest.
    let threshold: Double
    /// What it is there.
    let best: Point
    /// From the most probable on, a point where either has changed by `step`.
    let curve: [Point]
    private static let step = 0.01

    /// nil without both kinds, or where there is no number for one.
    init?(_ scores: [Double], _ isPositive: [Bool]) {
        let positives = isPositive.count { $0 }
        guard positives > 0, positives < isPositive.count, !scores.contains(where: \.isNaN) else {
            return nil
        }
        let order = scores.indices.sorted { scores[$0] > scores[$1] }
        var (hits, end, sum, before) = (0, 0, 0.0, 0.0)
        var best = (f1: -1.0, end: 0, point: Point(recall: 0, precision: 0))
        var curve: [Point] = []
        while end < order.count {
            let score = scores[order[end]]
            while end < order.count, scores[order[end]] == score {
                hits += isPositive[order[end]] ? 1 : 0
                end += 1
            }
            let point = Point(
                recall: Double(hits) / Double(positives), precision: Double(hits) / Double(end))
            sum += (point.recall - before) * point.precision
            before = point.recall
            let f1 = 2 * Double(hits) / Double(end + positives)
            if f1 > best.f1 { best = (f1, end, point) }
            let isFar =
                curve.last.map {
                    point.recall - $0.recall >= PrecisionRecall.step
                        || abs(point.precision - $0.precision) >= PrecisionRecall.step
                } ?? true
            if isFar || end == order.count { curve.append(point) }
        }
        averagePrecision = sum
        self.best = best.point
        self.curve = curve
        threshold = PrecisionRecall.short(
            above: best.end < order.count ? scores[order[best.end]] : -.infinity,
            upTo: scores[order[best.end - 1]])
    }

    /// 2 P R / (P + R).
    var f1: Double {
        let sum = best.precision + best.recall
        return sum > 0 ? 2 * best.precision * best.recall / sum : 0
    }

    /// A number of few digits in a range, which parts the same examples as its upper end.
    private static func short(above low: Double, upTo high: Double) -> Double {
        var scale = 1.0
        for _ in 0..<16 {
            let value = (high * scale).rounded(.down) / scale
            if value > low, Float(value) > Float(low), value <= high { return value }
            scale *= 10
        }
        return high
    }

    /// For people: the average precision, and the threshold with the best F1.
    ///
    /// - Parameters:
    ///   - option: that as `--threshold` takes it; nil of a score.
    ///   - command: predicts.
    func lines(of name: String, option: String?, command: String) -> [String] {
        [
            "", "average precision   \(Format.fixed(averagePrecision, 4))   of \(name)",
            "best F1             \(Format.fixed(f1, 4))   precision "
                + "\(Format.fixed(best.precision, 4)), recall \(Format.fixed(best.recall, 4))",
            option == nil
                ? "from score          \(threshold)" : "from probability    \(threshold)",
        ] + (option.map { [Thresholds.sentence($0, command)] } ?? [])
    }

    /// - Parameter option: the threshold as `--threshold` takes it; nil of a score.
    func json(of name: String, option: String?) -> JSONObject {
        [
            "of": .string(name), "averagePrecision": .double(averagePrecision),
            "threshold": .double(threshold), "option": option.map { .string($0) } ?? .null,
            "f1": .double(f1),
            "precision": .double(best.precision), "recall": .double(best.recall),
            "curve": .array(
                curve.map {
                    ["recall": .double($0.recall), "precision": .double($0.precision)]
                }),
        ]
    }
}
