import FTConfig
import NN
import Optim
import Tensor

/// The average of a model's weights, and when it takes them in.
struct ModelAverage {
    enum Moment {
        /// After each step.
        case steps
        /// After each epoch from this one on.
        case epochs(from: Int)
    }

    let moment: Moment
    let weights: WeightAverage
    /// The names of the weights that are averaged: all that are trained.
    let names: Set<String>

    fileprivate init(_ model: Module, _ moment: Moment, decay: Double?, warmUp: Bool = false) {
        let trained = ParameterGroup(model) { $1.requiresGrad }
        self.moment = moment
        weights = WeightAverage(trained, decay: decay, warmUp: warmUp)
        names = Set(trained.parameters.map(\.name))
    }

    /// Whether there is an average yet.
    var isBegun: Bool { weights.updateCount > 0 }

    /// Called after each step that changed something; `counts`, one bool, says on the device whether
    /// it did, where the host doesn't know yet.
    func noteStep(_ counts: Tensor?) {
        guard case .steps = moment else { return }
        if let counts { weights.update(gate: counts.data) } else { weights.update() }
    }

    /// Called after the last step of an epoch.
    func noteEpoch(_ epoch: Int) {
        if case .epochs(let first) = moment, epoch >= first { weights.update() }
    }

    /// Runs `body` while the model has the average, as soon as there is one.
    func during<Result>(_ body: () throws -> Result) rethrows -> Result {
        isBegun ? try weights.withAverage(body) : try body()
    }
}

extension Catalogs {
    private typealias Entry = Catalog<Module, ModelAverage>.Entry

    /// Every average of weights that a config can name. A new one is one entry here.
    static let averages = Catalog<Module, ModelAverage>(
        "average", allowsShorthand: true,
        [
            Entry(
                "ema", "A running mean of the weights, moved by each step.",
                [
                    .number(
                        "decay", default: 0.999, min: 0, below: 1,
                        doc: "share of the mean that a step keeps: 0.999 remembers a thousand"),
                    .bool(
                        "warmUp", default: false,
                        doc: "let the share grow to decay, (1 + t) / (10 + t) at step t"),
                ]
            ) { value, model in
                ModelAverage(
                    model, .steps, decay: value.double("decay"), warmUp: value.bool("warmUp"))
            },
            Entry(
                "swa", "The mean of the weights at the ends of epochs.",
                [.int("startEpoch", default: 1, min: 1, doc: "the first epoch that counts")]
            ) { value, model in
                ModelAverage(model, .epochs(from: value.int("startEpoch")), decay: nil)
            },
        ])
}
