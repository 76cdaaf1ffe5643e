import Autograd
import Datasets
import FTConfig
public import FTJSON
import FTSupport
import Glibc
import NN
import Optim
import Tensor

/// The losses of steps whose learning rate grows from one to the next, and the rate that they
/// suggest.
///
/// Smith, "Cyclical learning rates for training neural networks", 2017, section 3.3: below the
/// right rate the loss hardly falls, far above it rises. Batches differ, and so do their losses:
/// what counts here is how far the loss of a batch is from what it was with the weights as they
/// were drawn.
public struct RateSearch {
    /// A step.
    struct Point {
        let rate: Double
        /// A running mean of the losses so far.
        let loss: Double
        /// The same of the losses without what the same batches lose by weights that stay.
        let change: Double
    }

    let points: [Point]
    private let config: RunConfig
    /// The first rate.
    private let low: Double
    /// The share of the past in a running mean.
    private static let memory = 0.9
    /// How many times the least loss ends the search.
    private static let limit = 4.0
    /// A fall by a smaller share of the loss is none.
    private static let least = 0.01

    /// Trains a fresh model for a number of steps, of which nothing is kept.
    ///
    /// Throws where the data can't be read.
    public init(
        _ experiment: Experiment, from low: Double, to high: Double, steps: Int,
        stop: StopSignal = StopSignal()
    ) throws {
        guard low > 0, high > low, high.isFinite else {
            throw RunError(
                .usage, "--from \(low) --to \(high): give rates above 0, the lower first")
        }
        guard !(experiment.optimizer is QuasiNewton) else {
            throw RunError(
                .usage,
                "find-rate: lbfgs finds the length of each step itself, so there is no rate to find"
            )
        }
        (config, self.low) = (experiment.config, low)
        let still = try RateSearch.losses(experiment, steps, stop) {
            experiment.measureStep($0, $1)
        }
        var (points, mean, change, least) = ([Point](), 0.0, 0.0, Double.infinity)
        _ = try RateSearch.losses(experiment, still.count, stop) { inputs, targets in
            let step = points.count
            let share = Double(step) / Double(max(steps - 1, 1))
            // high / low may be more than a double holds.
            let rate = exp(log(low) + share * (log(high) - log(low)))
            experiment.optimizer.learningRate = rate
            return experiment.trainStep(inputs, targets)
        } until: { value in
            let step = points.count
            let share = 1 - RateSearch.memory
            mean += share * (value - mean)
            change += share * (value - still[step] - change)
            let weight = 1 - pow(RateSearch.memory, Double(step + 1))
            let smooth = mean / weight
            guard smooth.isFinite, smooth <= RateSearch.limit * least || least <= 0 else {
                return true
            }
            least = min(least, smooth)
            points.append(
                Point(
                    rate: experiment.optimizer.learningRate, loss: smooth, change: change / weight))
            return false
        }
        self.points = points
    }

    /// The losses of the first batches in training, each computed by `compute`, up to one that ends
    /// the search. Dropout draws the same each time.
    private static func losses(
        _ experiment: Experiment, _ steps: Int, _ stop: StopSignal,
        _ compute: ([Tensor], Tensor) -> StepOutcome,
        until isLast: (Double) -> Bool = { _ in false }
    ) throws -> [Double] {
        let places = experiment.model.namedRandoms.map { ($0.random, $0.random.position) }
        defer { for (random, place) in places { random.position = place } }
        var (place, stream, losses) = (
            SamplerState(), experiment.data.train.epoch(), [Double]()
        )
        experiment.model.train()
        while losses.count < steps, !stop.isRequested {
            guard let batch = try stream.next() else {
                place = SamplerState(epoch: place.epoch + 1)
                stream = experiment.data.train.epoch(from: place)
                continue
            }
            let prepared = experiment.prepared(
                batch, batch.targets.on(experiment.device.backend), at: place)
            let loss = compute(prepared.inputs, prepared.targets).loss.item
            place.position += batch.count
            losses.append(loss)
            if isLast(loss) { break }
        }
        return losses
    }

    init(_ points: [Point], _ config: RunConfig) {
        (self.points, self.config, low) = (points, config, points.first?.rate ?? 0)
    }

    /// The rate at which the loss falls fastest with the logarithm of the rate, before it is least;
    /// nil where it doesn't fall.
    public var suggestion: Double? {
        guard let least = leastPlace else { return nil }
        let reach = max(1, points.count / 20)
        let middle = points.indices.dropFirst(reach).dropLast(reach).prefix { $0 <= least }
        let steepest = middle.min { a, b in slope(a, reach) < slope(b, reach) }
        return steepest.map { points[$0].rate }
    }

    /// Where the loss has fallen furthest; nil where it doesn't fall.
    var leastPlace: Int? {
        guard points.count >= 10,
            let least = points.indices.min(by: { points[$0].change < points[$1].change }),
            let first = points.first,
            points[least].change < -RateSearch.least * abs(first.loss)
        else { return nil }
        return least
    }

    private func slope(_ index: Int, _ reach: Int) -> Double {
        points[index + reach].change - points[index - reach].change
    }

    /// The suggestion as it is written into a config.
    private var override: String? {
        suggestion.map { "optimizer.learningRate=\(Format.short($0, digits: 2))" }
    }

    /// The curve for people, and what it suggests for the config in `file` with the `key=value`
    /// arguments that it was searched with.
    public func lines(file: String, _ overrides: [String] = []) -> [String] {
        let curve = points.map { (x: log10($0.rate), y: $0.loss) }
        let plot = DotPlot([curve], axis: "learning rate") { Format.short(pow(10, $0), digits: 2) }
        guard let override, let last = points.last else {
            return (points.isEmpty ? [] : ["loss"] + plot.lines + [""])
                + problem.wrapped(indent: 0) + coarsenessLines
        }
        let others = overrides.filter { !$0.hasPrefix("optimizer.learningRate=") }
        let words = ([file.shellPath] + others.map(\.shellWord)).joined(separator: " ")
        return ["loss"] + plot.lines + [
            "",
            "steps   \(Format.grouped(points.count)), up to a rate of \(Format.rate(last.rate))",
            "fastest \(override)",
        ] + leastLines + ["next    fttrain \(words) \(override)"]
            + sweepLines(words)
            + coarsenessLines
    }

    private var coarsenessLines: [String] { coarseness?.wrapped(indent: 8) ?? [] }

    /// A sentence on rates that lie too far apart to find one among them; nil where they don't.
    private var coarseness: String? {
        guard points.count > 1, points[1].rate > 2 * points[0].rate else { return nil }
        let growth = Format.short(points[1].rate / points[0].rate, digits: 2)
        return
            "note    from step to step the rate grows \(growth)-fold, so what is found is rough; "
            + "give a narrower --from and --to, or more --steps"
    }

    /// Why nothing is suggested.
    private var problem: String {
        if points.isEmpty {
            return
                "no rate was found: the loss isn't a finite number at the first step; look at the "
                + "data and the model"
        }
        if points.count < 10 {
            return "no rate was found: the loss rises at once, from a rate of "
                + "\(Format.rate(low)) on; begin lower with --from"
        }
        return
            "no rate was found: at none of these the loss falls by more than 1 %; look at the data "
            + "and the model, or give other rates with --from and --to"
    }

    /// The curve for programs.
    public var json: JSONObject {
        [
            "suggestion": suggestion.map { .double($0) } ?? .null,
            "least": least.map { .double($0) } ?? .null,
            "sweep": sweep.map { .string($0) } ?? .null,
            "rates": .array(points.map { .double($0.rate) }),
            "losses": .array(points.map { JSONValue(number: $0.loss) }),
        ]
    }
}
