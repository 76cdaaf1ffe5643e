import FTConfig
import NN
import Optim

extension Catalogs {
    private typealias Entry = Catalog<Module, Optimizer>.Entry

    /// Every optimizer that a config can name, made for a model. A new optimizer is one entry here.
    static let optimizers = Catalog<Module, Optimizer>(
        "optimizer",
        [
            optimizer(
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

            optimizer(
                "adam", "Steps scaled by running moments of the gradient.", rate: 0.001,
                [
                    share("beta1", 0.9, firstMoment), share("beta2", 0.999, secondMoment),
                    epsilon(1e-8),
                ]
            ) { value, model, rate, decay in
                Adam(
                    model, learningRate: rate, beta1: value.double("beta1"),
                    beta2: value.double("beta2"), epsilon: value.double("epsilon"),
                    weightDecay: decay)
            },

            optimizer(
                "adamW", "Adam with its weight decay apart from the gradient.", rate: 0.001,
                decay: 0.01,
                [
                    share("beta1", 0.9, firstMoment), share("beta2", 0.999, secondMoment),
                    epsilon(1e-8),
                ]
            ) { value, model, rate, decay in
                AdamW(
                    model, learningRate: rate, beta1: value.double("beta1"),
                    beta2: value.double("beta2"), epsilon: value.double("epsilon"),
                    weightDecay: decay)
            },

            optimizer(
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

            optimizer(
                "adagrad", "Steps divided by the size of all gradients so far.", rate: 0.01,
                [epsilon(1e-10)]
            ) { value, model, rate, decay in
                Adagrad(
                    model, learningRate: rate, epsilon: value.double("epsilon"), weightDecay: decay)
            },

            optimizer(
                "adadelta", "Steps as large as the last ones were.", rate: 1,
                [share("rho", 0.9, "memory of both squares"), epsilon(1e-6)]
            ) { value, model, rate, decay in
                Adadelta(
                    model, learningRate: rate, rho: value.double("rho"),
                    epsilon: value.double("epsilon"), weightDecay: decay)
            },

            optimizer(
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

            optimizer(
                "adabelief", "Adam that trusts gradients that are near their mean.", rate: 0.001,
                [
                    share("beta1", 0.9, firstMoment),
                    share("beta2", 0.999, "memory of the distance from the mean"), epsilon(1e-16),
                ]
            ) { value, model, rate, decay in
                AdaBelief(
                    model, learningRate: rate, beta1: value.double("beta1"),
                    beta2: value.double("beta2"), epsilon: value.double("epsilon"),
                    weightDecay: decay)
            },

            optimizer(
                "radam", "Adam that waits until its squares can be trusted.", rate: 0.001,
                [
                    share("beta1", 0.9, firstMoment), share("beta2", 0.999, secondMoment),
                    epsilon(1e-8),
                ]
            ) { value, model, rate, decay in
                RAdam(
                    model, learningRate: rate, beta1: value.double("beta1"),
                    beta2: value.double("beta2"), epsilon: value.double("epsilon"),
                    weightDecay: decay)
            },

            optimizer(
                "lamb", "Adam with steps as long as each parameter, for large batches.",
                rate: 0.001, decay: 0.01,
                [
                    share("beta1", 0.9, firstMoment), share("beta2", 0.999, secondMoment),
                    epsilon(1e-6),
                ]
            ) { value, model, rate, decay in
                LAMB(
                    model, learningRate: rate, beta1: value.double("beta1"),
                    beta2: value.double("beta2"), epsilon: value.double("epsilon"),
                    weightDecay: decay)
            },

            optimizer(
                "lion", "Steps of one size in the direction of a running mean.", rate: 0.0001,
                [
                    share("beta1", 0.9, firstMoment),
                    share("beta2", 0.99, "memory of the running mean"),
                ]
            ) { value, model, rate, decay in
                Lion(
                    model, learningRate: rate, beta1: value.double("beta1"),
                    beta2: value.double("beta2"), weightDecay: decay)
            },
        ])

    /// An entry with what every optimizer takes: `learningRate`, `weightDecay` and the limits of the
    /// gradients.
    private static func optimizer(
        _ name: String, _ summary: String, rate: Double, decay: Double = 0, _ fields: [Field] = [],
        make:
            @escaping @Sendable (ConfigValue, Module, _ rate: Double, _ decay: Double) throws
            -> Optimizer
    ) -> Entry {
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
        return Entry(name, summary, first + fields + last) { value, model in
            let optimizer = try make(
                value, model, value.double("learningRate"), value.double("weightDecay"))
            optimizer.clipping = try clipping(value)
            return optimizer
        }
    }

    private static func clipping(_ value: ConfigValue) throws(ConfigError) -> Clipping {
        switch (value.optionalDouble("clipNorm"), value.optionalDouble("clipValue")) {
        case (nil, nil): return .none
        case (let norm?, nil): return .norm(norm)
        case (nil, let limit?): return .value(limit)
        default:
            throw ConfigError([
                value.issue("can't be combined with clipNorm; remove one", at: "clipValue")
            ])
        }
    }

    private static let firstMoment = "memory of the gradient's mean"
    private static let secondMoment = "memory of the gradient's square"

    private static func share(_ name: String, _ value: Double, _ doc: String) -> Field {
        .number(name, default: value, min: 0, below: 1, doc: doc)
    }

    private static func epsilon(_ value: Double) -> Field {
        .number("epsilon", default: value, above: 0, doc: "keeps the divisor from 0")
    }
}
