import Optim

/// The learning rate of each step, and what of it must survive a resumption.
struct RateControl: Sendable {
    enum Kind: Sendable {
        /// A function of the step.
        case fixed(Schedule)
        /// Depends on what was measured.
        case plateau(Plateau)
    }

    private var kind: Kind
    private let firstRate: Double
    private let warmupSteps: Int

    init(kind: Kind, firstRate: Double, warmupSteps: Int) {
        self.kind = kind
        self.firstRate = firstRate
        self.warmupSteps = warmupSteps
    }

    /// The rate for the step after `step` others.
    func rate(after step: Int) -> Double {
        switch kind {
        case .fixed(let schedule): return schedule.warmedUp(over: warmupSteps)(step)
        case .plateau(let plateau):
            guard step < warmupSteps else { return plateau.rate }
            return plateau.rate * Double(step) / Double(warmupSteps)
        }
    }

    /// Notes the loss of a finished epoch.
    mutating func epochEnded(loss: Double) {
        guard case .plateau(var plateau) = kind else { return }
        plateau.update(loss)
        kind = .plateau(plateau)
    }

    /// The numbers to save; none where the rate follows from the step.
    var state: [String: Double] {
        guard case .plateau(let plateau) = kind else { return [:] }
        var state = [
            "firstRate": firstRate, "rate": plateau.rate, "badChecks": Double(plateau.badChecks),
        ]
        state["best"] = plateau.best
        return state
    }

    /// Restores what `state` gave, unless the config now starts from another rate.
    mutating func restore(_ state: [String: Double]) {
        guard case .plateau(var plateau) = kind, state["firstRate"] == firstRate else { return }
        plateau.rate = state["rate"] ?? firstRate
        plateau.best = state["best"]
        let checks = state["badChecks"].flatMap { Int(exactly: $0) } ?? 0
        plateau.badChecks = min(max(checks, 0), TrainingCursor.limit)
        kind = .plateau(plateau)
    }
}
