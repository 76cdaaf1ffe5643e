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
/// right rate the loss hardly falls, far above it rises.
public struct RateSearch {
    /// A step.
    struct Point {
        let rate: Double
        /// A running mean of the losses so far.
        let loss: Double
    }

    let points: [Point]
    private let config: RunConfig
    /// The share of the past in the running mean.
    private static let memory = 0.9
    /// How many times the least loss ends the search.
    private static let limit = 4.0

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
        config = experiment.config
        var (points, mean, least) = ([Point](), 0.0, Double.infinity)
        var (epoch, stream) = (0, experiment.data.train.epoch())
        experiment.model.train()
        while points.count < steps, !stop.isRequested {
            guard let batch = try stream.next() else {
                epoch += 1
                stream = experiment.data.train.epoch(from: SamplerState(epoch: epoch))
                continue
            }
            let step = points.count
            let rate = low * pow(high / low, Double(step) / Double(max(steps - 1, 1)))
            experiment.optimizer.learningRate = rate
            let backend = experiment.device.backend
            let value = experiment.trainStep(
                batch.tensors(on: backend), Tensor(batch.targets.on(backend))
            ).loss.item
            mean = RateSearch.memory * mean + (1 - RateSearch.memory) * value
            let smooth = mean / (1 - pow(RateSearch.memory, Double(step + 1)))
            guard smooth.isFinite, smooth <= RateSearch.limit * least || least <= 0 else { break }
            least = min(least, smooth)
            points.append(Point(rate: rate, loss: smooth))
        }
        self.points = points
    }

    init(_ points: [Point], _ config: RunConfig) { (self.points, self.config) = (points, config) }

    /// The rate at which the loss falls fastest with the logarithm of the rate, before it is least;
    /// nil where it doesn't fall.
    public var suggestion: Double? {
        guard points.count >= 10,
            let least = points.indices.min(by: { points[$0].loss < points[$1].loss }),
            let first = points.first, points[least].loss < first.loss - 0.01 * abs(first.loss)
        else { return nil }
        let reach = max(1, points.count / 20)
        let middle = points.indices.dropFirst(reach).dropLast(reach).prefix { $0 <= least }
        let steepest = middle.min { a, b in slope(a, reach) < slope(b, reach) }
        return steepest.map { points[$0].rate }
    }

    private func slope(_ index: Int, _ reach: Int) -> Double {
        points[index + reach].loss - points[index - reach].loss
    }

    /// The suggestion as it is written into a config.
    private var override: String? {
        suggestion.map { "optimizer.learningRate=\(Format.short($0, digits: 2))" }
    }

    /// The curve for people, and what it suggests for the config in `file`.
    public func lines(file: String) -> [String] {
        let curve = points.map { (x: log10($0.rate), y: $0.loss) }
        let plot = DotPlot([curve], axis: "learning rate") { Format.short(pow(10, $0), digits: 2) }
        guard let override, let last = points.last else {
            return ["loss"] + plot.lines + [
                "",
                "the loss doesn't fall at any of these rates; look at the data and the model, or "
                    + "give other rates with --from and --to",
            ]
        }
        return ["loss"] + plot.lines + [
            "",
            "steps   \(Format.grouped(points.count)), up to a rate of \(Format.rate(last.rate))",
            "fastest \(override)", "next    fttrain \(file.cut(to: 200)) \(override)",
        ]
    }

    /// The curve for programs.
    public var json: JSONObject {
        [
            "suggestion": suggestion.map { .double($0) } ?? .null,
            "rates": .array(points.map { .double($0.rate) }),
            "losses": .array(points.map { JSONValue(number: $0.loss) }),
        ]
    }
}
