import CUDAEmulator
import EmulatedDevice
import FTSupport
import FakeTensor
import FoundationEssentials
import Glibc
import Tensor
import Testing

@Suite("Training on an emulated GPU", .serialized)
struct EmulatedTrainingTests {
    private static let root =
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    /// A run of a config on few digits: what it measured, by the columns of its metrics.
    private func train(
        _ name: String, on device: Device, in folder: String, _ overrides: [String] = [],
        _ saboteur: Saboteur? = nil
    ) throws -> Run {
        let data = "\(folder)/digits.h5"
        if access(data, F_OK) != 0 { try Digits.write(to: data, seed: 3, train: 160, test: 64) }
        let config = try RunConfig(
            file: "\(Self.root)/configs/\(name).json",
            overrides: [
                "data.path=\(data)", "data.batchSize=32", "training.epochs=2", "device=\(device)",
            ] + overrides)
        let run = "\(folder)/\(name)-\(UInt64.random(in: 0...UInt64.max))"
        let trainer = try Trainer(starting: Experiment(config), in: RunFolder.create(run))
        let losses = Losses()
        trainer.observers = [losses]
        saboteur.map {
            $0.run = run
            trainer.observers.append($0)
        }
        let summary = try trainer.run()
        #expect(summary.status == .completed)
        return Run(folder: run, losses: losses.values)
    }

    private struct Run {
        let folder: String
        let losses: [Double]
    }

    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = try Folder.makeTemporary("emulated")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test("configs/mlp.json learns what it learns on the CPU, its steps replayed or not")
    func mlp() throws {
        try inFolder { folder in
            let device = EmulatedDevice.shared.device
            let expected = try train("mlp", on: .cpu, in: folder)
            #expect(expected.losses.count == 10)
            for capture in [true, false] {
                let found = try train(
                    "mlp", on: device, in: folder, ["training.capture=\(capture)"])
                #expect(found.losses.count == expected.losses.count)
                for (step, pair) in zip(found.losses, expected.losses).enumerated() {
                    #expect(
                        abs(pair.0 - pair.1) < 1e-4 * max(1, pair.1),
                        "capture \(capture), step \(step): \(pair.0) and \(pair.1)")
                }
            }
        }
    }

    @Test(
        "learns in other precisions what the CPU learns in them",
        arguments: ["tf32", "bf16", "fp16"])
    func precisions(_ precision: String) throws {
        try inFolder { folder in
            let small = ["model.layers.0.units=64", "model.layers.2.units=32"]
            let overrides = small + ["training.precision=\(precision)"]
            let device = EmulatedDevice.shared.device
            let expected = try train("mlp", on: .cpu, in: folder, overrides)
            let plain = try train("mlp", on: device, in: folder, small)
            for capture in [true, false] {
                let found = try train(
                    "mlp", on: device, in: folder, overrides + ["training.capture=\(capture)"])
                #expect(found.losses.count == expected.losses.count)
                #expect(found.losses != plain.losses)
                for (step, pair) in zip(found.losses, expected.losses).enumerated() {
                    #expect(
                        abs(pair.0 - pair.1) < 0.02 * max(1, pair.1),
                        "capture \(capture), step \(step): \(pair.0) and \(pair.1)")
                }
            }
        }
    }

    @Test("the same seed gives the same losses to the bit")
    func again() throws {
        try inFolder { folder in
            let device = EmulatedDevice.shared.device
            let runs = try (0..<2).map { _ in try train("mlp", on: device, in: folder).losses }
            #expect(runs[0] == runs[1])
        }
    }

    @Test("holds no memory when it has ended")
    func memory() throws {
        try inFolder { folder in
            let own = EmulatedDevice.make(named: "training")
            let before = own.memory.live
            for _ in 0..<2 {
                _ = try train("mlp", on: own.device, in: folder)
                #expect(own.memory.peak > before + (2 << 20))
                own.releaseTables()
                #expect(own.memory.live == before)
            }
        }
    }

    @Test("a device that is lost, or has no memory, ends a run with what can be resumed")
    func loss() async {
        await #expect(processExitsWith: .success) {
            let folder = try Folder.makeTemporary("lost")
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let tests = EmulatedTrainingTests()
            for isLost in [false, true] {
                // Without a cache a step needs the driver's memory.
                setenv("FAKETENSOR_CUDA_CACHE", isLost ? "on" : "off", 1)
                let device = EmulatedDevice.make(named: "lost").device
                let saboteur = Saboteur(atStep: 7) {
                    if isLost {
                        ft_emulator_fail_after(3, 719)
                    } else {
                        ft_emulator_set_memory(1 << 20)
                    }
                }
                let error = #expect(throws: RunError.self) {
                    _ = try tests.train(
                        "mlp", on: device, in: folder,
                        ["training.capture=\(isLost)", "name=lost-\(isLost)"], saboteur)
                }
                ft_emulator_set_memory(8 << 30)
                #expect(error?.status == .fault)
                let text = error?.description ?? ""
                #expect(text.hasPrefix("lost: "))
                #expect(text.contains("the checkpoint of step 5 is whole: go on by fttrain resume"))
                let resumption = try Trainer.resume(saboteur.run, overrides: ["device=cpu"])
                #expect(try resumption.trainer.run().status == .completed)
            }
        }
    }

    @Test("a run goes on on the CPU, and back, and says so")
    func resumes() throws {
        try inFolder { folder in
            let device = EmulatedDevice.shared.device
            let run = try train("mlp", on: device, in: folder).folder
            for (epochs, next) in [(3, Device.cpu), (4, device)] {
                let resumption = try Trainer.resume(
                    run, overrides: ["device=\(next)", "training.epochs=\(epochs)"])
                #expect(resumption.warnings.contains { $0.contains("from here on by") })
                let summary = try resumption.trainer.run()
                #expect(summary.epochs == epochs)
            }
        }
    }
}

/// Does something to the device after a step.
final class Saboteur: TrainingObserver {
    private let step: Int
    private let action: () -> Void
    /// The folder of the run.
    var run = ""

    init(atStep step: Int, _ action: @escaping () -> Void) {
        self.step = step
        self.action = action
    }

    func handle(_ event: TrainingEvent) {
        if case .step(let progress) = event, progress.step == step { action() }
    }
}

/// Collects the mean loss of the epoch after each step.
final class Losses: TrainingObserver {
    private(set) var values: [Double] = []

    func handle(_ event: TrainingEvent) {
        if case .step(let step) = event { values.append(step.meanLoss) }
    }
}
