import FTConfig
import NN
import Tensor

extension Catalogs {
    private typealias Entry = Catalog<LayerPlace, Layer>.Entry

    /// Activations that a config can name beside those of `layers`.
    static let furtherActivations: [Catalog<LayerPlace, Layer>.Entry] = [
        Entry("mish", "x tanh(ln(1 + eˣ)).") { _, _ in Mish() },
        Entry("selu", "ELU scaled so that means stay 0 and variances 1.") { _, _ in SELU() },
        Entry(
            "celu", "x where positive, else α (e^(x/α) − 1).",
            [.number("alpha", default: 1, above: 0, doc: "α")]
        ) { value, _ in CELU(alpha: value.double("alpha")) },
        Entry(
            "prelu", "x where positive, else weight · x, where the weight is learned.",
            [
                .bool(
                    "perChannel", default: false, doc: "a weight for each channel, the first axis"),
                .number("initial", default: 0.25, doc: "the weight at the start"),
            ]
        ) { value, place in
            guard value.bool("perChannel") else { return PReLU(initial: value.double("initial")) }
            guard let channels = place.input.first else {
                throw ConfigError([value.issue("needs inputs with at least one axis")])
            }
            return PReLU(channels: channels, initial: value.double("initial"))
        },
        Entry("relu6", "x limited to 0...6.") { _, _ in ReLU6() },
        Entry("hardswish", "x · hardsigmoid x.") { _, _ in Hardswish() },
        Entry("hardsigmoid", "(x + 3) / 6 limited to 0...1.") { _, _ in Hardsigmoid() },
        Entry(
            "hardtanh", "x limited to lower...upper.",
            [
                .number("lower", default: -1, doc: "the least output"),
                .number("upper", default: 1, doc: "the largest output"),
            ]
        ) { value, _ in
            let (lower, upper) = (value.double("lower"), value.double("upper"))
            guard lower <= upper else {
                throw ConfigError([value.issue("lies above upper, \(upper)", at: "lower")])
            }
            return Hardtanh(lower: lower, upper: upper)
        },
        Entry(
            "hardshrink", "0 where |x| ≤ λ, else x.",
            [.number("lambda", default: 0.5, min: 0, doc: "λ")]
        ) { value, _ in Hardshrink(lambda: value.double("lambda")) },
        Entry(
            "softshrink", "0 where |x| ≤ λ, else x moved toward 0 by λ.",
            [.number("lambda", default: 0.5, min: 0, doc: "λ")]
        ) { value, _ in Softshrink(lambda: value.double("lambda")) },
        Entry("tanhshrink", "x − tanh x.") { _, _ in Tanhshrink() },
        Entry("softsign", "x / (1 + |x|).") { _, _ in Softsign() },
        Entry("logSigmoid", "ln σ(x).") { _, _ in LogSigmoid() },
        Entry(
            "threshold", "x where above a threshold, else a value.",
            [
                .number("threshold", doc: "the largest x that is replaced"),
                .number("value", doc: "what replaces it"),
            ]
        ) { value, _ in Threshold(value.double("threshold"), value: value.double("value")) },
        Entry("glu", "a · σ(b), a and b being the halves along the last axis.") { value, place in
            guard let last = place.input.last, last % 2 == 0 else {
                throw ConfigError([
                    value.issue("needs a last axis of an even size, not inputs \(place.input)")
                ])
            }
            return GLU()
        },
        Entry("softmin", "softmax of −x over the last axis.") { value, place in
            guard place.input.rank > 0 else {
                throw ConfigError([value.issue("needs inputs with at least one axis")])
            }
            return Softmin()
        },
    ]
}
