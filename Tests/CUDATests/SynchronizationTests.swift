import CKernels
import CUDAEmulator
import EmulatedDevice
import FTSupport
import FakeTensor
import FoundationEssentials
import Tensor
import Testing

@Suite("What waits for a GPU, emulated", .serialized)
struct SynchronizationTests {
    private func waits(during body: () throws -> Void) rethrows -> UInt64 {
        let before = ft_emulator_count().synchronizations
        try body()
        return ft_emulator_count().synchronizations - before
    }

    @Test("steps with a loss scale don't, whether they count or not", arguments: [false, true])
    func lossScale(isCaptured: Bool) {
        let backend = EmulatedDevice.shared
        let w = Parameter(NDArray([1] as [Float], [1]).on(backend.device))
        let (optimizer, scale) = (Adam(w), LossScale(on: backend.device))
        let makeStep = { (x: Tensor) in
            optimizer.zeroGrad()
            let loss = (w * x).sum()
            scale.scaled(loss).backward()
            scale.step(optimizer)
            return loss.detach()
        }
        let captured = capture(makeStep)
        let slopes = [1, Float.infinity].map { Tensor(NDArray([$0], [1]).on(backend.device)) }
        func step(_ number: Int) {
            let x = slopes[number % 2]
            _ = isCaptured ? captured(x) : makeStep(x)
        }
        for number in 0..<4 { step(number) }
        #expect(optimizer.stepCount == 2)
        #expect(waits { for number in 0..<12 { step(number) } } == 0)
        #expect(optimizer.stepCount == 8)
        #expect(scale.state.scale == 65536 / 256)
    }

    @Test("numbers are read while kernels go on that were asked for after them")
    func reading() {
        let device = EmulatedDevice.make(named: "readings").device
        let x = NDArray([1, 2, 3] as [Float], [3]).on(device)
        let early = x.map(.square).reading()
        let second = x.map(.neg).reading()
        #expect(early.values == [1, 4, 9])
        device.backend.synchronize()
        ft_emulator_hold(1)
        defer { ft_emulator_hold(0) }
        let busy = x.map(.exp)
        let late = busy.reading()
        #expect(second.values == [-1, -2, -3])
        #expect(early.values == [1, 4, 9])
        ft_emulator_hold(0)
        #expect(late.values == busy.values(as: Double.self))
        #expect(NDArray([5] as [Float], [1]).reading().values == [5])
        #expect(NDArray([Float](), [0]).on(device).reading().values == [])
        // What nobody asks for is given back.
        for _ in 0..<20 { _ = x.reading() }
    }

    @Test("training waits for no step but the one before, in fp16 as in bf16")
    func training() throws {
        let folder = try Folder.makeTemporary("waits")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let data = "\(folder)/digits.h5"
        try Digits.write(to: data, seed: 3, train: 160, test: 16)
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        func waits(_ precision: String, steps: Int) throws -> [UInt64] {
            let config = try RunConfig(
                file: "\(root)/configs/mlp.json",
                overrides: [
                    "data.path=\(data)", "data.batchSize=8", "training.epochs=1",
                    "training.maxSteps=\(steps)", "training.precision=\(precision)",
                    "device=\(EmulatedDevice.shared.device)",
                    "model.layers.0.units=16", "model.layers.2.units=8",
                ])
            let trainer = try Trainer(
                starting: Experiment(config), in: RunFolder.create("\(folder)/\(UUID())"))
            let before = ft_emulator_count()
            _ = try trainer.run()
            let after = ft_emulator_count()
            return [
                after.synchronizations - before.synchronizations,
                after.event_waits - before.event_waits,
            ]
        }
        for precision in ["bf16", "fp16"] {
            let (few, many) = try (waits(precision, steps: 8), waits(precision, steps: 18))
            #expect(many[0] == few[0])
            // One for the loss of each step.
            #expect(many[1] - few[1] == 10)
        }
    }
}
