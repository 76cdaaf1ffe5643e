import FTConfig
import Optim

/// A schedule of the config: what it is called and takes, and how it is made.
///
/// Every schedule also takes `warmupSteps`, in which the rate rises from 0.
struct ScheduleEntry: Sendable {
    /// What a schedule is made for: the first rate, and the steps after the warm-up.
    struct Span: Sendable {
        let rate: Double
        let steps: Int
    }

    let variant: Variant
    private let make: @Sendable (ConfigValue, Span) -> RateControl.Kind

    init(
        _ name: String, _ summary: String, _ fields: [Field] = [],
        make: @escaping @Sendable (ConfigValue, Span) -> RateControl.Kind
    ) {
        let warmup = Field.int(
            "warmupSteps", default: 0, min: 0,
            doc: "steps in which the rate rises from 0")
        variant = Variant(name: name, summary: summary, fields: [warmup] + fields)
        self.make = make
    }

    /// The control of the rate for a run of `steps` steps.
    func build(_ value: ConfigValue, rate: Double, steps: Int) -> RateControl {
        let warmup = value.int("warmupSteps")
        let span = Span(rate: rate, steps: max(1, steps - warmup))
        return RateControl(kind: make(value, span), firstRate: rate, warmupSteps: warmup)
    }
}

/// Every schedule that a config can name. A new schedule is one entry here.
enum ScheduleCatalog {
    static let entries: [ScheduleEntry] = [
        ScheduleEntry("constant", "The same rate throughout.") { _, span in
            .fixed(.constant(span.rate))
        },

        ScheduleEntry(
            "step", "Multiplied by a factor every so many steps.",
            [
                .int("everySteps", min: 1, doc: "steps from one drop to the next"),
                .number("factor", default: 0.1, above: 0, doc: "what the rate is multiplied by"),
            ]
        ) { value, span in
            .fixed(
                .step(span.rate, every: value.int("everySteps"), factor: value.double("factor")))
        },

        ScheduleEntry(
            "exponential", "Multiplied by a factor after each step.",
            [.number("factor", above: 0, max: 1, doc: "what the rate is multiplied by")]
        ) { value, span in .fixed(.exponential(span.rate, factor: value.double("factor"))) },

        ScheduleEntry(
            "polynomial", "Down to a final rate as (1 − t)ᵖ.",
            [finalRate, .number("exponent", default: 1, above: 0, max: 100, doc: "p")]
        ) { value, span in
            .fixed(
                .polynomial(
                    span.rate, steps: span.steps, final: value.double("finalRate"),
                    exponent: value.double("exponent")))
        },

        ScheduleEntry("cosine", "Down to a final rate along half a cosine.", [finalRate]) {
            value, span in
            .fixed(.cosine(span.rate, steps: span.steps, final: value.double("finalRate")))
        },

        ScheduleEntry(
            "cosineRestarts", "Half a cosine that starts again and again.",
            [
                .int("period", min: 1, doc: "steps to the first restart"),
                .int("growth", default: 1, min: 1, max: 1000, doc: "factor from period to period"),
                finalRate,
            ]
        ) { value, span in
            .fixed(
                .cosineRestarts(
                    span.rate, period: value.int("period"), growth: value.int("growth"),
                    final: value.double("finalRate")))
        },

        ScheduleEntry(
            "oneCycle", "Up to the rate, then far down.",
            [
                .number("rising", default: 0.3, min: 0, max: 1, doc: "share of steps going up"),
                .number("startDivisor", default: 25, min: 1, doc: "peak rate by first rate"),
                .number("finalDivisor", default: 10_000, min: 1, doc: "first rate by last rate"),
                .string(
                    "curve", default: "cosine", oneOf: Schedule.Curve.allCases.map(\.rawValue),
                    doc: "shape of both parts"),
            ]
        ) { value, span in
            .fixed(
                .oneCycle(
                    span.rate, steps: span.steps, rising: value.double("rising"),
                    startDivisor: value.double("startDivisor"),
                    finalDivisor: value.double("finalDivisor"),
                    curve: .init(rawValue: value.string("curve")) ?? .cosine))
        },

        ScheduleEntry(
            "plateau", "Lowered when the loss of an epoch stops getting better.",
            [
                .number(
                    "factor", default: 0.1, above: 0, below: 1,
                    doc: "what the rate is multiplied by"),
                .int("patience", default: 3, min: 1, max: 1_000_000, doc: "epochs without a gain"),
                .number("threshold", default: 0, min: 0, doc: "the least gain that counts"),
                .number("minimumRate", default: 0, min: 0, doc: "not lowered below this"),
            ]
        ) { value, span in
            .plateau(
                Plateau(
                    span.rate, factor: value.double("factor"), patience: value.int("patience"),
                    threshold: value.double("threshold"),
                    minimumRate: value.double("minimumRate")))
        },
    ]

    private static let finalRate = Field.number(
        "finalRate", default: 0, min: 0, doc: "the rate at the end")

    /// The control of the rate that a config value stands for.
    static func build(
        _ value: ConfigValue, rate: Double, steps: Int
    ) throws(ConfigError) -> RateControl {
        guard let entry = entries.first(where: { $0.variant.name == value.type }) else {
            throw ConfigError([value.issue("unknown schedule \(value.type)")])
        }
        return entry.build(value, rate: rate, steps: steps)
    }
}
