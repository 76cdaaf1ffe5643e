import FTJSON
import FTSupport
import Tensor

/// Classes of which one is so rare that accuracy looks good where none of it is found.
struct RareClass {
    /// Its number.
    private let place: Int
    private let name: String
    /// Whether the data call it so.
    private let isNamed: Bool
    /// How many examples it has, of how many.
    private let (count, all): (Int, Int)
    /// How many classes there are.
    private let classes: Int
    /// Whether examples of each class are held to measure on.
    private let isHeld: Bool

    /// Below this part of an even share a class is rare: of two classes, below a tenth of all.
    private static let rarePart = 0.2

    /// - Parameters:
    ///   - train: how many examples of each class there are to train on.
    ///   - held: and to measure on; nil where a share of those is taken.
    init?(_ train: [Int], held: [Int]?, names: [String]) {
        let counts = held.map { zip(train, $0).map(+) } ?? train
        let all = counts.reduce(0, +)
        // Of a number in between there may be no example at all.
        let met = counts.indices.filter { counts[$0] > 0 }
        guard met.count > 1, let place = met.min(by: { counts[$0] < counts[$1] }),
            Double(counts[place] * met.count) < Double(all) * RareClass.rarePart
        else { return nil }
        self.place = place
        isNamed = names.indices.contains(place)
        name = isNamed ? names[place] : "\(place)"
        (count, self.all, classes) = (counts[place], all, train.count)
        isHeld = held.map { held in met.allSatisfy { held[$0] > 0 } } ?? (counts[place] > 20)
    }

    /// How many targets are of each class.
    static func counts(_ targets: NDArray, classes: Int) -> [Int] {
        var counts = Array(repeating: 0, count: classes)
        for value in targets.values(as: Int.self) where counts.indices.contains(value) {
            counts[value] += 1
        }
        return counts
    }

    /// What to measure by, the first for the best epoch; nil where there is nothing to measure on.
    var metrics: [JSONValue]? {
        guard isHeld else { return nil }
        if classes > 2 {
            return [["type": "f1", "average": "macro"], "balancedAccuracy", "accuracy"]
        }
        let own: JSONValue = isNamed ? .string(name) : .int(place)
        return ["auc", ["type": "f1", "average": "class", "class": own], "accuracy"]
    }

    /// The same in words.
    var measured: String {
        guard isHeld else { return "accuracy and f1" }
        return classes > 2
            ? "f1 (macro), balancedAccuracy and accuracy" : "auc, f1 of \(quoted) and accuracy"
    }

    private var quoted: String { "'\(name.escapedForDisplay(limit: 30))'" }

    /// Why, and what else may be done.
    var reasons: [String] {
        let best = classes > 2 ? "f1, all classes alike" : "auc"
        let choice =
            isHeld ? "so the best epoch is that of \(best)" : "too few to choose an epoch by"
        return [
            "rare       \(Format.grouped(count)) of \(Format.grouped(all)) examples "
                + "\(count == 1 ? "is" : "are") \(quoted): "
                + "accuracy is good where none is found, \(choice);",
            "           loss.classWeights=balanced finds more of them, and probabilities aren't "
                + "shares any more",
        ]
    }
}
