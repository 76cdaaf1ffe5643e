import FTConfig
import Optim

/// What a schedule is made for: the first rate, and the steps that it has.
struct ScheduleSpan {
    let rate: Double
    let steps: Int
}

extension Catalogs {
    private typealias Entry = Catalog<ScheduleSpan, RateControl>.Entry

    /// Every schedule that a config can name, made for a run. A new schedule is one entry here.
    static let schedules = Catalog<ScheduleSpan, RateControl>(
        "schedule",
        [
            schedule("constant", "The same rate throughout.") { _, span in
                .fixed(.constant(span.rate))
            },

            schedule(
                "step", "Multiplied by a factor every so many steps.",
                [
                    .int("everySteps", min: 1, doc: "steps from one drop to the next"),
                    .number(
                        "factor", default: 0.1, above: 0, doc: "what the rate is multiplied by"),
                ]
            ) { value, span in
                .fixed(
                    .step(span.rate, every: value.int("everySteps"), factor: value.double("factor"))
                )
            },

            schedule(
                "exponential", "Multiplied by a factor after each step.",
                [.number("factor", above: 0, max: 1, doc: "what the rate is multiplied by")]
            ) { value, span in .fixed(.exponential(span.rate, factor: value.double("factor"))) },

            schedule(
                "polynomial", "Down to a final rate as (1 − t)ᵖ.",
                [finalRate, .number("exponent", default: 1, above: 0, max: 100, doc: "p")]
            ) { value, span in
                .fixed(
                    .polynomial(
                        span.rate, steps: span.steps, final: value.double("finalRate"),
                        exponent: value.double("exponent")))
            },

            schedule("cosine", "Down to a final rate along half a cosine.", [finalRate]) {
                value, span in
                .fixed(.cosine(span.rate, steps: span.steps, final: value.double("finalRate")))
            },

            schedule(
                "cosineRestarts", "Half a cosine that starts again and again.",
                [
                    .int("period", min: 1, doc: "steps to the first restart"),
                    .int(
                        "growth", default: 1, min: 1, max: 1000, doc: "factor from period to period"
                    ),
                    finalRate,
                ]
            ) { value, span in
                .fixed(
                    .cosineRestarts(
                        span.rate, period: value.int("period"), growth: value.int("growth"),
                        final: value.double("finalRate")))
            },

            schedule(
                "oneCycle", "Up to the rate, then far down.",
                [
                    .number("rising", default: 0.3, min: 0, max: 1, doc: "share of steps going up"),
                    .number("startDivisor", default: 25, min: 1, doc: "peak rate by first rate"),
                    .number(
                        "finalDivisor", default: 10_000, min: 1, doc: "first rate by last rate"),
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

            schedule(
                "plateau", "Lowered when the loss of an epoch stops getting better.",
                [
                    .number(
                        "factor", default: 0.1, above: 0, below: 1,
                        doc: "what the rate is multiplied by"),
                    .int(
                        "patience", default: 3, min: 1, max: 1_000_000, doc: "epochs without a gain"
                    ),
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
        ])

    /// An entry with what every schedule takes: `warmupSteps`, in which the rate rises from 0. What
    /// `make` gets is the span after them.
    private static func schedule(
        _ name: String, _ summary: String, _ fields: [Field] = [],
        make: @escaping @Sendable (ConfigValue, ScheduleSpan) -> RateControl.Kind
    ) -> Entry {
        let warmup = Field.int(
            "warmupSteps", default: 0, min: 0, doc: "steps in which the rate rises from 0")
        return Entry(name, summary, [warmup] + fields) { value, span in
            let warmup = value.int("warmupSteps")
            let rest = ScheduleSpan(rate: span.rate, steps: max(1, span.steps - warmup))
            return RateControl(
                kind: make(value, rest), firstRate: span.rate, warmupSteps: warmup)
        }
    }

    private static let finalRate = Field.number(
        "finalRate", default: 0, min: 0, doc: "the rate at the end")
}
