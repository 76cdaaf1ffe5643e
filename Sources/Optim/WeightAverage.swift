public import Tensor

/// A running average of parameters, which often predicts better than the parameters after the last
/// step.
///
///     let average = WeightAverage(model, decay: 0.999)
///     for (images, labels) in batches {
///         …
///         optimizer.step()
///         average.update()
///     }
///     average.withAverage { evaluate(model) }
///
/// The first update takes the parameters as they are; each later one makes it
/// decay · average + (1 − decay) · p. Buffers, such as running statistics, are not averaged.
///
/// Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", 1992.
public final class WeightAverage {
    /// The share of the average that an update keeps; nil for the mean of all updates.
    public let decay: Double?
    private let average: Follower

    /// An average that keeps a share of `decay`, in 0..<1, in each update: 0.999 remembers a
    /// thousand. With nil, each update counts the same: the mean of the parameters as they were
    /// then. Izmailov et al., "Averaging weights leads to wider optima", 2018.
    ///
    /// - Parameter warmUp: whether the share grows to `decay`, so that the first parameters don't
    ///   weigh for a thousand updates: the update after t others keeps (1 + t) / (10 + t), at most
    ///   `decay`, as TensorFlow's averages do that are given their updates.
    public init(
        _ source: some ParameterSource, decay: Double? = 0.999, warmUp: Bool = false
    ) {
        if let decay { checkShare(decay, "WeightAverage", "decay") }
        self.decay = decay
        average = Follower(source, slot: "average") { step in
            if step == 1 { return [0, 1, 0] }
            let earlier = Double(step - 1)
            let most = warmUp ? (1 + earlier) / (10 + earlier) : 1
            let kept = min(decay ?? 1 - 1 / Double(step), most)
            return [kept, 1 - kept, 0]
        }
    }

    /// How many updates were made.
    public var updateCount: Int { average.stepCount }

    /// Takes in the parameters as they are now.
    public func update() { average.step() }

    /// Takes in the parameters where `gate`, one bool on their device, is true: an update that counts
    /// late, as a step of `LossScale` does.
    package func update(gate: NDArray) { average.step(gate: gate, countsLate: true) }

    /// What the update that was launched last is known by.
    package var launchedUpdates: Int { average.launchedSteps }

    /// Tells of the oldest update that isn't known to count whether it does.
    package func settle(update: Int, counts: Bool) { average.settle(step: update, counts: counts) }

    /// Sets the parameters to their average.
    public func apply() {
        if updateCount == 0 { fail("WeightAverage", "there is no average before an update") }
        average.apply()
    }

    /// Runs `body` while the parameters are their average, then gives them back their values.
    public func withAverage<Result>(_ body: () throws -> Result) rethrows -> Result {
        let parameters = average.parameters
        let values = parameters.map { $0.data.copy() }
        apply()
        defer { for (parameter, value) in zip(parameters, values) { parameter.data.assign(value) } }
        return try body()
    }

    /// The number of updates and the averages, named as in `0.weight/average`: copies.
    public var stateDictionary: [(name: String, value: NDArray)] { average.stateDictionary }

    /// Restores what `stateDictionary` gave, or throws a `StateError` and changes nothing.
    public func load(_ state: [(name: String, value: NDArray)]) throws {
        try average.load(state)
    }
}
