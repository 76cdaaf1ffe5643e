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

    /// The settings of how a model learns that are others than by default, the one first that is
    /// the furthest off, as `optimizer.epsilon=1e+30`; none where all are as by default.
    static func suspects(_ config: RunConfig) -> [String] {
        let given = config.value.child("optimizer")
        let schema = ConfigSchema(
            title: "", fields: [.union("optimizer", of: "optimizer", doc: "")],
            unions: [Catalogs.optimizers.union])
        let text = JSONValue.object(["optimizer": ["type": .string(given.type)]]).text()
        guard let usual = try? schema.read(text, file: "").effective else { return [] }
        let differences = ConfigDifference.between(
            usual, .object(["optimizer": given.effective]))
        let far = differences.map { difference -> (setting: String, distance: Double) in
            switch difference.new {
            case .object, .array: return (difference.path, farthest(in: difference.new))
            default: return (difference.setting, distance(difference))
            }
        }
        return far.sorted { $0.distance > $1.distance }.map(\.setting)
    }

    /// How many orders of magnitude a number is from its default, or from 1.
    private static func distance(_ difference: ConfigDifference) -> Double {
        let (old, new) = (magnitude(difference.old) ?? 1, magnitude(difference.new))
        guard let new else { return 0 }
        if new == 0 { return .infinity }
        return abs(log10(new / (old == 0 ? 1 : old)))
    }

    /// How far from 1 the numbers in a list or an object are at most; 0 counts as infinitely far.
    private static func farthest(in value: JSONValue?) -> Double {
        var (found, rest) = (0.0, [value])
        while let next = rest.popLast() {
            switch next {
            case .array(let items): rest += items
            case .object(let object): rest += object.members.map(\.value)
            default:
                guard let size = magnitude(next) else { continue }
                found = max(found, size == 0 ? .infinity : abs(log10(size)))
            }
        }
        return found
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
