import FTConfig
import FTSupport

extension Sweep {
    /// How a trial stands.
    enum TrialOutcome: Equatable {
        case completed, diverged, failed
        /// Not trained, or not to its end: another process does it, or it could not begin.
        case unfinished
        /// Trained to its end, but what decides on the best epoch never had a value.
        case unmeasured
    }

    func outcome(of index: Int) -> TrialOutcome {
        let record = record(index)
        switch record?.status {
        case "completed": return record?.hasBest == false ? .unmeasured : .completed
        case "diverged": return .diverged
        case "failed": return .failed
        default: return .unfinished
        }
    }

    /// The numbers of the trials, from 1, that came to no end of theirs. One of values may diverge:
    /// that is what its values are worth. A fold may not: the means lack it then.
    public var wanting: [Int] {
        trials.indices.filter { index in
            switch outcome(of: index) {
            case .completed: false
            case .diverged, .unmeasured: kind == .fold
            case .failed, .unfinished: true
            }
        }.map { $0 + 1 }
    }

    /// A sentence on the trials that are wanting; nil where none is.
    public var problem: String? {
        let numbers = wanting
        guard let first = numbers.first else { return nil }
        let shown = numbers.prefix(12).map { "\($0)" }.joined(separator: ", ")
        let listed = shown + (numbers.count > 12 ? ", …" : "")
        if numbers.allSatisfy({ outcome(of: $0 - 1) == .unmeasured }) {
            return
                "in \(numbers.count) of \(Format.count(trials.count, kind.rawValue)) what decides "
                + "on the best epoch has no value, as where all targets are of one class, so the "
                + "means lack them (\(listed)); take fewer folds, or set training.bestBy=loss"
        }
        let what =
            "\(numbers.count) of \(Format.count(trials.count, kind.rawValue)) came to no end "
        let unfinished = numbers.contains { outcome(of: $0 - 1) == .unfinished }
        let remedy =
            unfinished
            ? "go on with: fttrain \(isOfFolds ? "folds" : "sweep") \(path.shellPath)"
            : "look at \(folder(first - 1))/log.txt"
        return what + "(\(listed)); " + remedy
    }
}

extension Sweep {
    /// Of so many values of a key each is tried before the first trial; of more the smallest and
    /// the largest.
    private static let mostTried = 16
    private static let mostShown = 20

    /// Builds what the trials will train, so that each value of each key occurs once, and keeps
    /// nothing of it.
    ///
    /// Throws for all of them together that can't be.
    static func check(
        _ trials: [[String]], of base: String, _ file: String, _ kind: Kind
    ) throws {
        var problems: [(values: String, text: String, whole: String)] = []
        var status: ExitStatus?
        let telling = telling(trials)
        for index in telling {
            do {
                _ = try Experiment(RunConfig(text: base, file: file, overrides: trials[index]))
            } catch {
                status = status ?? ExitStatus(for: error)
                var lines = "\(error)".split(separator: "\n").map { $0.drop { $0 == " " } }
                // The first line of several counts the others.
                if lines.count > 1, error is ConfigError { lines.removeFirst() }
                let varying = trials[index].indices.filter { place in
                    trials.contains { $0[place] != trials[index][place] }
                }
                let values = varying.map { trials[index][$0] }.joined(separator: " ")
                problems.append(
                    (
                        "\(kind.rawValue) \(index + 1)  \(values)",
                        lines.joined(separator: "; "), "\(error)"
                    ))
            }
        }
        guard let status, let first = problems.first else { return }
        let isOfAll = problems.count == telling.count
        if isOfAll, problems.allSatisfy({ $0.text == first.text }) {
            throw RunError(status, first.whole)
        }
        let what = "\(Format.count(problems.count, kind.rawValue)) can't be trained"
        let rest = problems.count - mostShown
        let lines =
            ["\(file): \(what), so nothing was begun; give other values"]
            + problems.prefix(mostShown).map { "  \($0.values)  \($0.text)" }
            + (rest > 0 ? ["  and \(Format.grouped(rest)) more"] : [])
        throw RunError(status, lines.joined(separator: "\n"))
    }

    /// The first trial with each value of each key.
    private static func telling(_ trials: [[String]]) -> [Int] {
        var chosen: Set<Int> = [0]
        for place in trials[0].indices where !trials[0][place].hasPrefix("seed=") {
            var first: [String: Int] = [:]
            for (index, trial) in trials.enumerated() where first[trial[place]] == nil {
                first[trial[place]] = index
            }
            let numbers = first.compactMap { text, index in
                Double(text.drop { $0 != "=" }.dropFirst()).map { (value: $0, index: index) }
            }
            guard first.count > mostTried, numbers.count == first.count,
                let low = numbers.min(by: { $0.value < $1.value }),
                let high = numbers.max(by: { $0.value < $1.value })
            else {
                chosen.formUnion(first.values)
                continue
            }
            chosen.formUnion([low.index, high.index])
        }
        return chosen.sorted()
    }
}
