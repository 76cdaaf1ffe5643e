import FTConfig
import FTJSON
import NN
import Optim
import Tensor

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

            moments("adam", "Steps scaled by running moments of the gradient.") {
                Adam(
                    $0, learningRate: $1, beta1: $2.beta1, beta2: $2.beta2,
                    epsilon: $2.epsilon, weightDecay: $3)
            },

            moments(
                "adamW", "Adam with its weight decay apart from the gradient.", decay: 0.01
            ) {
                AdamW(
                    $0, learningRate: $1, beta1: $2.beta1, beta2: $2.beta2,
                    epsilon: $2.epsilon, weightDecay: $3)
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

            moments(
                "nadam", "Adam whose mean looks one gradient ahead.", rate: 0.002,
                [.number("momentumDecay", default: 0.004, min: 0, doc: "how fast beta1 sets in")]
            ) {
                NAdam(
                    $0, learningRate: $1, beta1: $2.beta1, beta2: $2.beta2,
                    epsilon: $2.epsilon,
                    momentumDecay: $2.value.double("momentumDecay"), weightDecay: $3)
            },

            moments(
                "adabelief", "Adam that trusts gradients that are near their mean.",
                epsilon: 1e-16, second: "memory of the distance from the mean"
            ) {
                AdaBelief(
                    $0, learningRate: $1, beta1: $2.beta1, beta2: $2.beta2,
                    epsilon: $2.epsilon, weightDecay: $3)
            },

            moments("radam", "Adam that waits until its squares can be trusted.") {
                RAdam(
                    $0, learningRate: $1, beta1: $2.beta1, beta2: $2.beta2,
                    epsilon: $2.epsilon, weightDecay: $3)
            },

            moments(
                "lamb", "Adam with steps as long as each parameter, for large batches.",
                decay: 0.01, epsilon: 1e-6
            ) {
                LAMB(
                    $0, learningRate: $1, beta1: $2.beta1, beta2: $2.beta2,
                    epsilon: $2.epsilon, weightDecay: $3)
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

            lbfgs,
        ])

    /// An entry with what every optimizer takes: `learningRate`, `weightDecay` and the limits of
    /// the gradients.
    private static func optimizer(
        _ name: String, _ summary: String, rate: Double, decay: Double = 0, _ fields: [Field] = [],
        make:
            @escaping @Sendable (
                ConfigValue, [ParameterGroup], _ rate: Double, _ decay: Double
            ) throws -> Optimizer
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
            Field.number(
                "samRadius", above: 0,
                doc:
                    "take gradients so far away, where the loss is worst (SAM, twice the time): "
                    + "0.05, say"
            ).optional,
            .array(
                "groups", of: .object(group), default: [], maxCount: 1000,
                doc:
                    "parameters with a rate or decay of their own: match, a pattern of names "
                    + "(*.bias), rateFactor and weightDecay; the first that matches counts"),
        ]
        return Entry(name, summary, first + fields + last) { value, model in
            try value.checkFloats()
            for group in value.children("groups") { try group.checkFloats() }
            let optimizer = try make(
                value, groups(value, model), value.double("learningRate"),
                value.double("weightDecay"))
            optimizer.clipping = try clipping(value)
            return optimizer
        }
    }

    private static let group: [Field] = [
        .string("match", doc: "a pattern of names"),
        .number("rateFactor", default: 1, min: 0, doc: "multiplies the learning rate"),
        Field.number("weightDecay", min: 0, doc: "in place of the optimizer's").optional,
    ]

    /// A model's parameters: those in no group of the config, then its groups.
    private static func groups(
        _ value: ConfigValue, _ model: Module
    ) throws(ConfigError) -> [ParameterGroup] {
        var left = model.namedParameters
        var groups: [ParameterGroup] = []
        for group in value.children("groups") {
            let chosen = try NamePattern.find(group.value("match"), among: left)
            guard chosen.contains(where: { $0.parameter.requiresGrad }) else {
                throw ConfigError([
                    group.issue(
                        "matches only parameters that model.freeze keeps as they are: "
                            + NamePattern.list(chosen.map(\.name)) + "; leave the group out",
                        at: "match")
                ])
            }
            let names = Set(chosen.map(\.name))
            left.removeAll { names.contains($0.name) }
            groups.append(
                ParameterGroup(
                    chosen, rateFactor: group.double("rateFactor"),
                    weightDecay: group.optionalDouble("weightDecay")))
        }
        return left.isEmpty ? groups : [ParameterGroup(left)] + groups
    }

    /// What optimizers by running moments of the gradient take.
    private struct Moments {
        let value: ConfigValue
        let beta1, beta2, epsilon: Double

        init(_ value: ConfigValue) {
            self.value = value
            beta1 = value.double("beta1")
            beta2 = value.double("beta2")
            epsilon = value.double("epsilon")
        }
    }

    /// An entry of an optimizer by running moments, with other fields of its own.
    private static func moments(
        _ name: String, _ summary: String, rate: Double = 0.001, decay: Double = 0,
        epsilon least: Double = 1e-8, second: String = secondMoment, _ others: [Field] = [],
        make:
            @escaping @Sendable (
                [ParameterGroup], _ rate: Double, Moments, _ decay: Double
            ) -> Optimizer
    ) -> Entry {
        let fields = [share("beta1", 0.9, firstMoment), share("beta2", 0.999, second)]
        return optimizer(
            name, summary, rate: rate, decay: decay, fields + [epsilon(least)] + others
        ) { value, model, rate, decay in
            make(model, rate, Moments(value), decay)
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
