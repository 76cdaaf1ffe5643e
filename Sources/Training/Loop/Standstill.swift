import Autograd
import Datasets
import FTConfig
import FTJSON
import FTSupport
import Glibc
import NN
import Optim
import Tensor

/// Notices a run that trains nothing: one in whose first steps no trained parameter changed by a
/// single bit.
struct Standstill {
    /// Steps after which it looks, where an epoch has more.
    static let patience = 1000
    private let step: Int
    private let bits: UInt64

    init(_ model: Module, step: Int) {
        self.step = step
        bits = Standstill.bits(of: model)
    }

    /// Whether the trained parameters of a model are those of then, though steps were taken.
    func holds(_ model: Module, step: Int) -> Bool {
        step > self.step && bits == Standstill.bits(of: model)
    }

    private static func bits(of model: Module) -> UInt64 {
        var hash = XXHash64()
        for parameter in model.parameters where parameter.requiresGrad {
            parameter.values(as: Float.self).withUnsafeBytes { hash.update($0) }
        }
        return hash.value()
    }

    /// The settings that make steps a thousand times smaller, or more, than by default, as
    /// `optimizer.epsilon=1e+30`, the one that does so most first; none where there are none.
    static func suspects(_ config: RunConfig) -> [String] {
        let given = config.value.child("optimizer")
        let schema = ConfigSchema(
            title: "", fields: [.union("optimizer", of: "optimizer", doc: "")],
            unions: [Catalogs.optimizers.union])
        let text = JSONValue.object(["optimizer": ["type": .string(given.type)]]).text()
        guard let usual = try? schema.read(text, file: "").effective else { return [] }
        let differences = ConfigDifference.between(
            usual, .object(["optimizer": given.effective]))
        let found = differences.compactMap { difference -> (setting: String, smaller: Double)? in
            if case .object(let group) = difference.new {
                return magnitude(group["rateFactor"]).map { (difference.path, -log10($0)) }
            }
            let key = difference.path.split(separator: ".").last.map(String.init) ?? ""
            guard let new = magnitude(difference.new) else { return nil }
            let times = log10(new / (magnitude(difference.old) ?? 1))
            switch key {
            case "learningRate", "clipNorm", "clipValue": return (difference.setting, -times)
            case "epsilon": return (difference.setting, times)
            default: return nil
            }
        }
        return found.filter { $0.smaller >= 3 }.sorted { $0.smaller > $1.smaller }.map(\.setting)
    }

    private static func magnitude(_ value: JSONValue?) -> Double? {
        switch value {
        case .int(let number): abs(Double(number))
        case .double(let number): abs(number)
        default: nil
        }
    }
}

extension Trainer {
    /// Says once, after the first epoch or many steps of a session, that they changed nothing.
    func warnOfStandstill() throws {
        guard let before = standstill else { return }
        standstill = nil
        // A search that has come to its end says so itself.
        if (optimizer as? QuasiNewton)?.search.hasConverged ?? false { return }
        guard cursor.changes > 0, before.holds(experiment.model, step: cursor.step) else { return }
        emit(.warning(try standstillSentence()))
    }

    private func standstillSentence() throws -> String {
        let problem =
            "no trained parameter changed by a single bit up to step "
            + "\(Format.grouped(cursor.step)), so nothing is learned"
        let suspects = Standstill.suspects(config)
        if try experiment.hasNoGradient(data) {
            return "\(problem): all gradients are 0, so the loss doesn't depend on what is "
                + "trained; look at model.freeze, the initializers, the inputs and the loss"
        }
        guard let first = suspects.first else {
            let schedule = config.value.child("schedule").type
            return "\(problem): steps are too small to change them; look at the schedule "
                + "(\(schedule)) and the scale of the inputs"
        }
        return "\(problem); the likely reason is \(first), which isn't the default"
    }
}

extension Experiment {
    /// Whether all gradients are 0 on the first examples, as the model says of them in evaluation.
    func hasNoGradient(_ data: DataPlan) throws -> Bool {
        guard let batch = try data.measured.epoch().next() else { return false }
        model.eval()
        defer {
            model.train()
            optimizer.zeroGrad()
            lossScale?.forget()
        }
        let inputs = batch.tensors(on: device.backend)
        loss(output(inputs), Tensor(batch.targets.sent(to: device.backend))).backward()
        return optimizer.parameters.gradientNormTensor?.item == 0
    }
}
