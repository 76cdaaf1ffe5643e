import Autograd
import Datasets
public import FTJSON
import FTSupport
import NN
import Tensor

/// What the first step of a training would come to.
public struct FirstStep: Sendable {
    /// The loss of the first batch.
    public let loss: Double
    /// Why training would end there; nil where it wouldn't.
    public let problem: String?
    /// What may help then; nil where nothing is known.
    public let remedy: String?

    /// A line for people.
    public var line: String { "first   loss \(Format.measure(loss)) at step 1" }

    /// For programs.
    public var json: JSONObject {
        var object: JSONObject = ["firstLoss": JSONValue(number: loss)]
        if let problem { object["problem"] = .string(problem) }
        if let remedy { object["remedy"] = .string(remedy) }
        return object
    }
}

extension Experiment {
    /// Computes what the first step of training does, forward and backward on a whole batch, but
    /// for the change of the parameters: dropout draws what it will draw then.
    ///
    /// Throws where the data can't be read or hold no batch.
    public func firstStep() throws -> FirstStep {
        let random = model.namedRandoms.map { ($0.random, $0.random.position) }
        let buffers = model.buffers.map { ($0, $0.data.copy()) }
        defer {
            for (random, position) in random { random.position = position }
            for (buffer, data) in buffers { buffer.data.assign(data) }
        }
        guard let batch = try data.train.epoch().next() else {
            throw RunError(.data, "\(config.dataPath): there are no examples")
        }
        model.train()
        let (inputs, targets) = prepared(
            batch, batch.targets.on(device.backend), at: SamplerState())
        let outcome = measureStep(inputs, targets)
        let loss = Double(outcome.loss.item)
        let isEmpty = outcome.weight.map { $0.item == 0 } ?? false
        if loss.isFinite || isEmpty { return FirstStep(loss: loss, problem: nil, remedy: nil) }
        let problem = "the loss of the first step is \(Format.measure(loss))"
        if let blame = try spoiledRow(in: data.train) {
            return FirstStep(
                loss: loss, problem: "\(problem); \(blame.sentence)", remedy: blame.remedy)
        }
        let origin = anomaly(inputs.map(\.data), targets.data).map { "; \($0)" } ?? ""
        return FirstStep(
            loss: loss, problem: problem + origin, remedy: lossRemedy(isFirst: true))
    }
}
