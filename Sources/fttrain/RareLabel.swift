import FTJSON
import FTSupport
import Tensor

/// Several labels of yes and no of which some have one answer so rarely that the share of right
/// answers looks good where none of it is found.
struct RareLabel {
    /// The names of the labels, and how many examples have no and yes.
    private let labels: [(name: String, counts: [Int])]
    /// The place and answer of the rarest.
    private let (place, answer): (Int, Int)
    /// How many labels have a rare answer.
    private let rareCount: Int
    /// Whether examples of both answers of each are held to measure on.
    private let isHeld: Bool
    /// The words for no and yes.
    private let words: [String]

    /// Below this share an answer is rare, as a class of two is.
    private static let rareShare = 0.1

    /// - Parameters:
    ///   - train: 0 or 1 of each label [N, labels], to train on.
    ///   - held: the same to measure on; nil where a share of those is taken.
    ///   - words: for no and yes of each label; empty where they have none.
    init?(_ train: NDArray, held: NDArray?, names: [String], words: [[String]] = []) {
        let (learned, kept) = (RareLabel.counts(train), held.map(RareLabel.counts))
        let all = learned.enumerated().map { place, counts in
            kept.map { [counts[0] + $0[place][0], counts[1] + $0[place][1]] } ?? counts
        }
        func share(_ place: Int) -> Double {
            Double(all[place].min() ?? 0) / Double(max(all[place].reduce(0, +), 1))
        }
        let rare = all.indices.filter { all[$0].min() ?? 0 > 0 && share($0) < RareLabel.rareShare }
        guard let place = rare.min(by: { share($0) < share($1) }) else { return nil }
        self.place = place
        answer = all[place][0] < all[place][1] ? 0 : 1
        rareCount = rare.count
        labels = all.enumerated().map { place, counts in
            (names.indices.contains(place) ? names[place] : "\(place)", counts)
        }
        self.words = words.indices.contains(place) ? words[place] : ["no", "yes"]
        isHeld =
            kept.map { kept in
                all.indices.allSatisfy { all[$0].contains(0) || !kept[$0].contains(0) }
            }
            ?? rare.allSatisfy { all[$0].min() ?? 0 > 20 }
    }

    /// How many targets of each label are 0 and 1.
    private static func counts(_ targets: NDArray) -> [[Int]] {
        let width = max(targets.shape.removing(at: 0).elementCount, 1)
        var counts = [[Int]](repeating: [0, 0], count: width)
        for (place, value) in targets.values(as: Int.self).enumerated() {
            counts[place % width][value == 1 ? 1 : 0] += 1
        }
        return counts
    }

    /// What to measure by, the first for the best epoch; nil where there is nothing to measure on.
    var metrics: [JSONValue]? { isHeld ? ["auc", "f1", "binaryAccuracy"] : nil }

    /// The same in words.
    var measured: String {
        isHeld ? "auc, f1 and binaryAccuracy" : "binaryAccuracy and f1"
    }

    /// Why, and what else may be done.
    var reasons: [String] {
        let (name, counts) = labels[place]
        let rare = counts[answer]
        let others =
            rareCount > 1 ? " (and so of \(Format.count(rareCount - 1, "other label")))" : ""
        let choice =
            isHeld
            ? "so the best epoch is that of auc, the mean over the labels"
            : "too few to choose an epoch by"
        let lines = [
            "rare       \(Format.grouped(rare)) of \(Format.grouped(counts.reduce(0, +))) examples "
                + "\(rare == 1 ? "is" : "are") "
                + "'\(words[answer].escapedForDisplay(limit: 30))' of "
                + "'\(name.escapedForDisplay(limit: 30))'\(others): binaryAccuracy is good where none "
                + "is found, \(choice);"
        ]
        return lines + [
            "           \(weights) finds them as often as the others, and probabilities aren't "
                + "shares any more"
        ]
    }

    /// How much more a yes counts to count as much as the noes: a setting that may be pasted, in
    /// words where there are many.
    private var weights: String {
        guard labels.count <= RareLabel.mostWeights else {
            return "loss.positiveWeights, for each label how many are no for one that is yes,"
        }
        let all = labels.map { label in
            Format.short(
                Double(max(label.counts[0], 1)) / Double(max(label.counts[1], 1)), digits: 3)
        }
        return "loss.positiveWeights=[\(all.joined(separator: ","))]".shellWord
    }

    private static let mostWeights = 40
}
