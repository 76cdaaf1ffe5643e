import Tensor

/// The rows of examples by their class, of which an epoch visits as many of each.
public struct ClassRows: Sendable, Hashable {
    /// The rows of each class that has any, in order.
    let rows: [[Int]]

    /// How many classes there are.
    package var count: Int { rows.count }

    /// - Parameter classes: of each row; nil for one that is never visited.
    init(_ classes: [Int?]) {
        var members: [Int: [Int]] = [:]
        for (row, label) in classes.enumerated() {
            if let label { members[label, default: []].append(row) }
        }
        rows = members.keys.sorted().compactMap { members[$0] }
    }

    /// Rows in rounds, each of which visits every class once, in an order of its own. Of a class
    /// all rows are visited before one comes again, in an order that is drawn anew each time.
    func visits(_ count: Int, _ random: Random) -> [Int] {
        guard !rows.isEmpty else { return [] }
        let rounds = (count + rows.count - 1) / rows.count
        let keys = random.fork("rounds").uniform([rounds * rows.count], .float64)
            .values(as: Double.self)
        var queues = rows.map { _ in [Int]()[...] }
        var passes = rows.map { _ in 0 }
        var visits: [Int] = []
        visits.reserveCapacity(rounds * rows.count)
        for round in 0..<rounds {
            let keys = keys[round * rows.count..<(round + 1) * rows.count]
            for place in keys.indices.sorted(by: { (keys[$0], $0) < (keys[$1], $1) }) {
                let label = place - keys.startIndex
                if queues[label].isEmpty {
                    let own = rows[label]
                    queues[label] =
                        random.fork("class-\(label)-\(passes[label])")
                        .permutation(own.count).map { own[$0] }[...]
                    passes[label] += 1
                }
                visits.append(queues[label].removeFirst())
            }
        }
        return Array(visits.prefix(count))
    }
}

extension Dataset {
    /// More different targets than this are no classes.
    private static let mostLabels = 10_000

    /// The rows by class; nil where targets aren't one whole number each.
    ///
    /// - Parameter ignored: a target that is no class.
    package func classRows(ignoring ignored: Int?) throws -> ClassRows? {
        guard let targets = try wholeTargets(atMost: Dataset.mostLabels) else { return nil }
        return ClassRows(targets.map { $0 == ignored ? nil : $0 })
    }
}

extension Loader {
    /// The same, but each epoch visits as many examples of one class as of another, as many in all
    /// as before. Only for examples in memory.
    package func balanced(_ classes: ClassRows) -> Loader {
        Loader(
            self, Sampler(count: sampler.count, order: .balanced(classes), seed: sampler.seed))
    }
}
