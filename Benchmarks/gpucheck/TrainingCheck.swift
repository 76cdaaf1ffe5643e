import FTSupport
import FakeTensor
import Glibc
import Tensor

/// Some steps of every config on a device and on the CPU, whose losses have to agree.
struct TrainingCheck {
    private let checked: CheckedDevice
    private let configs: String
    private let data: String

    /// - Parameter data: a folder with digits.h5, text.h5, recall.h5 and friedman.h5.
    init(_ checked: CheckedDevice, configs: String, data: String) {
        self.checked = checked
        self.configs = configs
        self.data = data
    }

    /// Losses drift apart by roundings, which training magnifies from step to step.
    private static let margin = 2e-3

    func run(steps: Int) -> Bool {
        let names = (Folder.names(in: configs) ?? []).filter {
            $0.hasSuffix(".json") && $0 != "schema.json"
        }.sorted()
        guard !names.isEmpty else { leave("there is no config in \(configs)") }
        var failures = 0
        for name in names {
            print("config \(name)")
            fflush(nil)
            do {
                let wanted = try losses(of: name, on: .cpu, steps: steps)
                let found = try losses(of: name, on: checked.device, steps: steps)
                let worst = zip(found, wanted).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 1
                let agrees = found.count == wanted.count && worst <= TrainingCheck.margin
                print(
                    "\(agrees ? "agrees" : "differs"): \(name), at most \(worst) apart, "
                        + "\(found) and \(wanted)")
                failures += agrees ? 0 : 1
            } catch {
                print("fails: \(name): \(error)")
                failures += 1
            }
        }
        print("training: \(names.count) configs, \(failures) differ")
        return failures == 0
    }

    private func losses(of name: String, on device: Device, steps: Int) throws -> [Double] {
        let folder = try Folder.makeTemporary("gpucheck")
        defer { Folder.remove(folder) }
        let kind =
            switch name {
            case "gpt.json": "text"
            case "lstm.json": "recall"
            case "regression.json": "friedman"
            default: "digits"
            }
        let batch = checked.device == .named("emulated") ? 4 : 16
        let config = try RunConfig(
            file: "\(configs)/\(name)",
            overrides: [
                "data.path=\(data)/\(kind).h5", "device=\(device)", "data.batchSize=\(batch)",
                "training.epochs=1", "training.maxSteps=\(steps)",
            ])
        let run = try RunFolder.create(folder + "/run")
        let trainer = try Trainer(starting: Experiment(config), in: run)
        let losses = Losses()
        trainer.observers = [losses]
        _ = try trainer.run()
        return losses.values
    }
}

/// Collects the loss of the first step, the mean of all, and that of the validation data.
private final class Losses: TrainingObserver {
    private(set) var values: [Double] = []

    func handle(_ event: TrainingEvent) {
        switch event {
        case .firstLoss(let loss, _): values.append(loss)
        case .epoch(let record): values += [record.trainLoss, record.measurement.loss]
        default: break
        }
    }
}
