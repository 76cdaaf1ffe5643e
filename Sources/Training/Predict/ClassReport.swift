import Glibc

/// How well classes are told apart: counts for each, the confusion matrix, and how far
/// probabilities can be believed.
struct ClassReport {
    /// A class and what was counted of it.
    struct Row {
        let name: String
        let hits, predicted, wanted: Int
        let auc: Double?

        /// Whether it is among targets or predictions; precision, recall and F1 have no value where
        /// it isn't.
        var occurs: Bool { predicted + wanted > 0 }
        var precision: Double { predicted > 0 ? Double(hits) / Double(predicted) : 0 }
        var recall: Double { wanted > 0 ? Double(hits) / Double(wanted) : 0 }
        /// 2 hits / (predicted + wanted); 0 where the class doesn't occur.
        var f1: Double {
            predicted + wanted > 0 ? 2 * Double(hits) / Double(predicted + wanted) : 0
        }
    }

    /// Predictions of about the same probability, the mean of it and how often they are right.
    struct Bin {
        let count: Int
        let confidence, accuracy: Double
    }

    let rows: [Row]
    /// How to predict by the model, which people are shown with a threshold.
    var command = Thresholds.anyCommand
    /// Examples of each class (rows) by the class that was predicted (columns).
    let confusion: [[Int]]
    let bins: [Bin]
    let count: Int
    /// The mean of −ln of the probability of the class that an example has; nil without
    /// probabilities.
    let logLoss: Double?
    /// Of one of two classes; nil of more, or without probabilities, scores or one of the classes.
    let precisionRecall: PrecisionRecall?
    /// The place of that class: of yes and no it is yes, else the rarer.
    let found: Int
    let baseline: ClassBaseline

    /// - Parameters:
    ///   - shares: the probability of each class of each example, row after row.
    ///   - scores: where there are none, what examples are ordered by in the same way.
    ///   - seeksRarer: whether of two classes the rarer is to be found, not the second.
    init(
        names: [String], targets: [Int], predictions: [Int], shares: [Double]?,
        scores: [Double]? = nil, seeksRarer: Bool = false
    ) {
        let classes = names.count
        let order = shares ?? scores
        var confusion = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
        for (target, prediction) in zip(targets, predictions) { confusion[target][prediction] += 1 }
        self.confusion = confusion
        count = targets.count
        rows = (0..<classes).map { place in
            let scores = order.map { order in
                targets.indices.map {
                    let row = order[$0 * classes..<($0 + 1) * classes]
                    return shares == nil
                        ? row[row.startIndex + place] : ClassReport.score(row, of: place)
                }
            }
            return Row(
                name: names[place], hits: confusion[place][place],
                predicted: confusion.reduce(0) { $0 + $1[place] },
                wanted: confusion[place].reduce(0, +),
                auc: scores.flatMap { ClassReport.auc($0, targets.map { $0 == place }) })
        }
        baseline = ClassBaseline(names: names, counts: confusion.map { $0.reduce(0, +) })
        logLoss = shares.map { shares in
            let sum = targets.enumerated().reduce(0) {
                $0 - log(max(shares[$1.offset * classes + $1.element], 1e-300))
            }
            return sum / Double(max(targets.count, 1))
        }
        let seconds = targets.count { $0 == 1 }
        let found = seeksRarer && 2 * seconds > targets.count ? 0 : 1
        self.found = found
        precisionRecall = order.flatMap { order in
            guard classes == 2 else { return nil }
            return PrecisionRecall(
                targets.indices.map { order[2 * $0 + found] }, targets.map { $0 == found })
        }
        bins =
            shares.map { shares in
                ClassReport.bins(
                    predictions.enumerated().map { shares[$0 * classes + $1] },
                    zip(targets, predictions).map { $0 == $1 })
            } ?? []
    }

    /// What examples are ordered by for a class: its probability; of two classes the logarithm of its
    /// odds, for a probability near 1 has fewer digits than the other one near 0.
    private static func score(_ shares: ArraySlice<Double>, of place: Int) -> Double {
        let own = shares[shares.startIndex + place]
        guard shares.count == 2 else { return own }
        return log(own) - log(shares[shares.startIndex + 1 - place])
    }

    /// The area under the ROC curve by ranks, ties counting half (Mann and Whitney); nil without
    /// both kinds.
    static func auc(_ scores: [Double], _ isPositive: [Bool]) -> Double? {
        let positives = isPositive.count { $0 }
        let negatives = isPositive.count - positives
        guard positives > 0, negatives > 0 else { return nil }
        let order = scores.indices.sorted { scores[$0] < scores[$1] }
        var (sum, start) = (0.0, 0)
        while start < order.count {
            var end = start
            while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
            let rank = Double(start + end + 1) / 2
            sum += rank * Double(order[start..<end].count { isPositive[$0] })
            start = end
        }
        let least = Double(positives) * Double(positives + 1) / 2
        return (sum - least) / (Double(positives) * Double(negatives))
    }

    /// Ten bins of equal width, those without any prediction left out.
    private static func bins(_ confidences: [Double], _ isRight: [Bool]) -> [Bin] {
        var members = [[Int]](repeating: [], count: 10)
        for (row, confidence) in confidences.enumerated() {
            members[min(max(Int(confidence * 10), 0), 9)].append(row)
        }
        return members.filter { !$0.isEmpty }.map { rows in
            let count = Double(rows.count)
            return Bin(
                count: rows.count,
                confidence: rows.reduce(0) { $0 + confidences[$1] } / count,
                accuracy: Double(rows.count { isRight[$0] }) / count)
        }
    }

    var accuracy: Double { Double(rows.reduce(0) { $0 + $1.hits }) / Double(max(count, 1)) }

    /// The mean distance of confidence and accuracy over the bins (Guo and others, 2017); nil
    /// without probabilities.
    var calibrationError: Double? {
        guard !bins.isEmpty else { return nil }
        let total = bins.reduce(0) { $0 + Double($1.count) * abs($1.confidence - $1.accuracy) }
        return total / Double(count)
    }

    /// The best threshold as `--threshold` takes it; nil where there is none, or it is of a score.
    var option: String? {
        logLoss == nil
            ? nil : precisionRecall.map { Thresholds.option([(rows[found].name, $0.threshold)]) }
    }

    /// The mean over the classes that occur.
    func macro(_ value: (Row) -> Double) -> Double {
        let present = rows.filter(\.occurs)
        return present.reduce(0) { $0 + value($1) } / Double(max(present.count, 1))
    }
}
