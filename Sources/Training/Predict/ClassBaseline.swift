import FTJSON
import FTSupport
import Glibc

/// What somebody is right who knows of each example only how frequent classes are: less than a model
/// must be to be of use.
struct ClassBaseline {
    /// The most frequent class; nil where several questions have each theirs.
    let name: String?
    /// The share of it.
    let accuracy: Double
    /// The mean of −ln of the share of the class that it is: the entropy of the shares, in nats.
    let logLoss: Double
    /// How many examples it is of.
    private let count: Int

    /// - Parameter counts: how many examples each class has.
    init(names: [String], counts: [Int]) {
        let total = Double(max(counts.reduce(0, +), 1))
        count = counts.reduce(0, +)
        let most = counts.indices.max { counts[$0] < counts[$1] } ?? 0
        name = names.indices.contains(most) ? names[most] : nil
        accuracy = Double(counts.max() ?? 0) / total
        logLoss = counts.filter { $0 > 0 }.reduce(0) { sum, count in
            sum - Double(count) / total * log(Double(count) / total)
        }
    }

    /// The mean of several, over all their examples.
    init(meanOf all: [ClassBaseline]) {
        count = all.reduce(0) { $0 + $1.count }
        let total = Double(max(count, 1))
        name = nil
        accuracy = all.reduce(0) { $0 + $1.accuracy * Double($1.count) } / total
        logLoss = all.reduce(0) { $0 + $1.logLoss * Double($1.count) } / total
    }

    /// As in `always malignant: accuracy 0.6200; the shares alone: log loss 0.6640`.
    ///
    /// - Parameter hasShares: whether the model gives probabilities, which have a log loss.
    func sentence(hasShares: Bool) -> String {
        let always = name.map { "always \($0)" } ?? "always the more frequent answer"
        return "\(always): accuracy \(Format.fixed(accuracy, 4))"
            + (hasShares ? "; the shares alone: log loss \(Format.fixed(logLoss, 4))" : "")
    }

    func json(hasShares: Bool) -> JSONObject {
        var object: JSONObject = ["class": name.map { .string($0) } ?? .null]
        object["accuracy"] = .double(accuracy)
        if hasShares { object["logLoss"] = .double(logLoss) }
        object["sentence"] = .string(sentence(hasShares: hasShares))
        return object
    }
}
