public import Autograd
import Checkpoint
public import FTJSON
import FTSupport
import NN
import Tensor

/// How the gradients of a config's model compare with finite differences, by parameter.
public struct GradientReport: Sendable {
    /// The comparison.
    public let check: GradientCheck
    /// How many examples the loss was of.
    public let examples: Int

    /// Creates a report of a comparison.
    public init(check: GradientCheck, examples: Int) {
        self.check = check
        self.examples = examples
    }

    /// Whether all gradients are right and every parameter gets one.
    public var passed: Bool { check.passed && check.unreached.isEmpty }

    /// A table of the parameters and a sentence.
    public var lines: [String] {
        var table = TextTable([
            .text("parameter"), .number("shape"), .number("checked"), .number("worst error"),
            .text("element"), .number("backward"), .number("difference"),
        ])
        for part in check.parts {
            let worst = part.worst
            table.append([
                part.name, Format.shape(part.shape), Format.grouped(part.checked),
                part.isReached ? worst.map { Format.error($0.error) } ?? "" : "no gradient",
                worst.map { "\($0.index)" } ?? "", worst.map { Format.measure($0.analytic) } ?? "",
                worst.map { Format.measure($0.numeric) } ?? "",
            ])
        }
        return table.lines + [""] + sentences
    }

    private var sentences: [String] {
        var lines: [String] = []
        let count = Format.count(check.checkedCount, "derivative")
        let basis = "float64, \(Format.count(examples, "example"))"
        if let worst = check.worst, !check.failures.isEmpty {
            lines.append(
                "\(check.failures.count) of \(count) are wrong (\(basis)), the worst \(worst)")
        } else {
            lines.append("\(count) agree with central differences (\(basis))")
        }
        if !check.kinks.isEmpty {
            lines.append("\(Format.count(check.kinks.count, "kink")) left out")
        }
        for name in check.unreached { lines.append("no gradient reaches \(name)") }
        return lines
    }

    /// The report for programs.
    public var json: JSONObject {
        [
            "examples": .int(examples), "derivatives": .int(check.checkedCount),
            "wrong": .int(check.failures.count), "kinks": .int(check.kinks.count),
            "worstError": JSONValue(number: check.worst?.error ?? 0),
            "unreached": .array(check.unreached.map { .string($0) }),
            "parameters": .array(
                check.parts.map { part in
                    [
                        "name": .string(part.name), "checked": .int(part.checked),
                        "worstError": JSONValue(number: part.worst?.error ?? 0),
                        "reached": .bool(part.isReached),
                    ]
                }),
        ]
    }
}

extension Experiment {
    /// Compares the gradients of the loss by every parameter that is trained with central
    /// differences, in float64 and on a few examples.
    ///
    /// The vectors of spectral normalization stay as they are meanwhile, and rows of an embedding
    /// that don't follow their gradient are left out: that of the padding index, and those that
    /// `maxNorm` keeps short.
    ///
    /// - Parameters:
    ///   - samples: how many elements of each parameter are checked.
    ///   - progress: told of each parameter, by its number from 1, their count and its name.
    public func checkGradients(
        examples: Int = 4, samples: Int = 12,
        progress: @escaping (Int, Int, String) -> Void = { _, _, _ in }
    ) throws -> GradientReport {
        let probe = try ModelProbe(self, examples: examples, dtype: .float64)
        let trained = model.parameters.filter(\.requiresGrad)
        let others: [Tensor] =
            model.parameters.filter { !$0.requiresGrad } + model.buffers.filter(\.dtype.isFloat)
        let before = others.map(\.data)
        for tensor in others { tensor.data = tensor.data.cast(to: .float64) }
        defer { for (tensor, data) in zip(others, before) { tensor.data = data } }
        // What a pass changes is held where it is: gradients are those of a pass alone.
        let drifting = model.modules.filter(\.changesByPasses)
        for module in drifting { module.eval() }
        defer { for module in drifting { module.train() } }
        let tables = model.modules.compactMap { $0 as? Embedding }
        var last: Tensor?
        var number = 0
        let check = Autograd.checkGradients(
            by: trained, samples: samples,
            leavingOut: { leaf, index in
                if leaf !== last {
                    (last, number) = (leaf, number + 1)
                    progress(number, trained.count, leaf.label ?? "")
                }
                return tables.contains { $0.weight === leaf && $0.holds(row: index[0]) }
            }, { probe.loss() })
        return GradientReport(check: check, examples: probe.count)
    }
}

extension Format {
    /// A relative error, such as `3.1e-10`.
    fileprivate static func error(_ value: Double) -> String { value == 0 ? "0" : rate(value) }
}
