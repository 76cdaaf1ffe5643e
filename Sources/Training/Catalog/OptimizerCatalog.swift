import FTConfig
import NN
import Optim

/// An optimizer of the config: what it is called and takes, and how it is made.
///
/// Every optimizer also takes `learningRate`, `weightDecay` and the limits of the gradients.
struct OptimizerEntry: Sendable {
    typealias Build =
        @Sendable (ConfigValue, Module, _ rate: Double, _ decay: Double) throws
        -> Optimizer

    let variant: Variant
    private let make: Build

    init(
        _ name: String, _ summary: String, rate: Double, decay: Double = 0, _ fields: [Field] = [],
        make: @escaping Build
    ) {
        let first: [Field] = [
            .number("learningRate", default: rate, min: 0, doc: "before the schedule")
        ]
        let last: [Field] = [
            .number("weightDecay", default: decay, min: 0, doc: "pull of parameters towards 0"),
            Field.number("clipNorm", above: 0, doc: "the most that all gradients' norm may be")
                .optional,
            Field.number("clipValue", above: 0, doc: "the most that a gradient's element may be")
                .optional,
        ]
        variant = Variant(name: name, summary: summary, fields: first + fields + last)
        self.make = make
    }

    /// The optimizer for a model, with its limits set.
    func build(_ value: ConfigValue, _ model: Module) throws -> Optimizer {
        let optimizer = try make(
            value, model, value.double("learningRate"), value.double("weightDecay"))
        switch (value.optionalDouble("clipNorm"), value.optionalDouble("clipValue")) {
        case (nil, nil): break
        case (let norm?, nil): optimizer.clipping = .norm(norm)
        case (nil, let limit?): optimizer.clipping = .value(limit)
        default:
            throw ConfigError([
                value.issue("can't be combined with clipNorm; remove one", at: "clipValue")
            ])
        }
        return optimizer
    }
}

/// Every optimizer that a config can name. A new optimizer is one entry here.
enum OptimizerCatalog {
    static let entries: [OptimizerEntry] = [
        OptimizerEntry(
            "sgd", "Gradient descent, with momentum if wanted.", rate: 0.01,
            [
                share("momentum", 0, "share of the last step that is repeated"),
                .bool("nesterov", default: false, doc: "look ahead; needs a momentum"),
            ]
        ) { value, model, rate, decay in
            let (momentum, nesterov) = (value.double("momentum"), value.bool("nesterov"))
            if nesterov, momentum == 0 {
                throw ConfigError([value.issue("needs a momentum above 0", at: "nesterov")])
            }
            return SGD(
                model, learningRate: rate, momentum: momentum, nesterov: nesterov,
                weightDecay: decay)
        },

        OptimizerEntry(
            "adam", "Steps scaled by running moments of the gradient.", rate: 0.001,
            [share("beta1", 0.9, firstMoment), share("beta2", 0.999, secondMoment), epsilon(1e-8)]
        ) { value, model, rate, decay in
            Adam(
                model, learningRate: rate, beta1: value.double("beta1"),
                beta2: value.double("beta2"), epsilon: value.double("epsilon"), weightDecay: decay)
        },

        OptimizerEntry(
            "adamW", "Adam with its weight decay apart from the gradient.", rate: 0.001,
            decay: 0.01,
            [share("beta1", 0.9, firstMoment), share("beta2", 0.999, secondMoment), epsilon(1e-8)]
        ) { value, model, rate, decay in
            AdamW(
                model, learningRate: rate, beta1: value.double("beta1"),
                beta2: value.double("beta2"), epsilon: value.double("epsilon"), weightDecay: decay)
        },

        OptimizerEntry(
            "rmsprop", "Steps divided by the running size of the gradient.", rate: 0.01,
            [
                share("alpha", 0.99, "memory of the gradient's square"), epsilon(1e-8),
                share("momentum", 0, "share of the last step that is repeated"),
            ]
        ) { value, model, rate, decay in
            RMSprop(
                model, learningRate: rate, alpha: value.double("alpha"),
                epsilon: value.double("epsilon"), momentum: value.double("momentum"),
                weightDecay: decay)
        },

        OptimizerEntry(
            "adagrad", "Steps divided by the size of all gradients so far.", rate: 0.01,
            [epsilon(1e-10)]
        ) { value, model, rate, decay in
            Adagrad(
                model, learningRate: rate, epsilon: value.double("epsilon"), weightDecay: decay)
        },

        OptimizerEntry(
            "adadelta", "Steps as large as the last ones were.", rate: 1,
            [share("rho", 0.9, "memory of both squares"), epsilon(1e-6)]
        ) { value, model, rate, decay in
            Adadelta(
                model, learningRate: rate, rho: value.double("rho"),
                epsilon: value.double("epsilon"), weightDecay: decay)
        },

        OptimizerEntry(
            "nadam", "Adam whose mean looks one gradient ahead.", rate: 0.002,
            [
                share("beta1", 0.9, firstMoment), share("beta2", 0.999, secondMoment),
                epsilon(1e-8),
                .number("momentumDecay", default: 0.004, min: 0, doc: "how fast beta1 sets in"),
            ]
        ) { value, model, rate, decay in
            NAdam(
                model, learningRate: rate, beta1: value.double("beta1"),
                beta2: value.double("beta2"), epsilon: value.double("epsilon"),
                momentumDecay: value.double("momentumDecay"), weightDecay: decay)
        },

        OptimizerEntry(
            "adabelief", "Adam that trusts gradients that are near their mean.", rate: 0.001,
            [
                share("beta1", 0.9, firstMoment),
                share("beta2", 0.999, "memory of the distance from the mean"), epsilon(1e-16),
            ]
        ) { value, model, rate, decay in
            AdaBelief(
                model, learningRate: rate, beta1: value.double("beta1"),
                beta2: value.double("beta2"), epsilon: value.double("epsilon"), weightDecay: decay)
        },

        OptimizerEntry(
            "radam", "Adam that waits until its squares can be trusted.", rate: 0.001,
            [share("beta1", 0.9, firstMoment), share("beta2", 0.999, secondMoment), epsilon(1e-8)]
        ) { value, model, rate, decay in
            RAdam(
                model, learningRate: rate, beta1: value.double("beta1"),
                beta2: value.double("beta2"), epsilon: value.double("epsilon"), weightDecay: decay)
        },

        OptimizerEntry(
            "lamb", "Adam with steps as long as each parameter, for large batches.", rate: 0.001,
            decay: 0.01,
            [share("beta1", 0.9, firstMoment), share("beta2", 0.999, secondMoment), epsilon(1e-6)]
        ) { value, model, rate, decay in
            LAMB(
                model, learningRate: rate, beta1: value.double("beta1"),
                beta2: value.double("beta2"), epsilon: value.double("epsilon"), weightDecay: decay)
        },

        OptimizerEntry(
            "lion", "Steps of one size in the direction of a running mean.", rate: 0.0001,
            [share("beta1", 0.9, firstMoment), share("beta2", 0.99, "memory of the running mean")]
        ) { value, model, rate, decay in
            Lion(
                model, learningRate: rate, beta1: value.double("beta1"),
                beta2: value.double("beta2"), weightDecay: decay)
        },
    ]

    private static let firstMoment = "memory of the gradient's mean"
    private static let secondMoment = "memory of the gradient's square"

    private static func share(_ name: String, _ value: Double, _ doc: String) -> Field {
        .number(name, default: value, min: 0, below: 1, doc: doc)
    }

    private static func epsilon(_ value: Double) -> Field {
        .number("epsilon", default: value, above: 0, doc: "keeps the divisor from 0")
    }

    /// The optimizer that a config value stands for.
    static func build(_ value: ConfigValue, _ model: Module) throws -> Optimizer {
        guard let entry = entries.first(where: { $0.variant.name == value.type }) else {
            throw ConfigError([value.issue("unknown optimizer \(value.type)")])
        }
        return try entry.build(value, model)
    }
}
