import Autograd
import NN
import Optim
import StrictDevice
import Tensor
import Testing

@Suite("Optimizers on a device that the host can't look into", .serialized)
struct StrictOptimizerTests {
    @Test("make the CPU's steps to the bit", arguments: OptimizerCase.all)
    func steps(_ kind: OptimizerCase) {
        let strict = StrictBackend.shared.device
        for clipping in [Clipping.none, .norm(0.5), .value(0.1)] {
            let expected = train(kind, clipping, on: .cpu)
            #expect(train(kind, clipping, on: strict) == expected)
        }
    }

    @Test("go on from a state that is loaded to their device")
    func state() throws {
        let strict = StrictBackend.shared.device
        let model = Self.model(on: strict)
        let optimizer = Adam(model)
        Self.step(model, optimizer, on: strict)
        let (saved, state) = (model.stateDictionary, optimizer.stateDictionary)
        let other = Self.model(on: .cpu)
        let second = Adam(other)
        try other.load(saved)
        try second.load(state)
        Self.step(model, optimizer, on: strict)
        Self.step(other, second, on: .cpu)
        #expect(Self.bits(other) == Self.bits(model))
    }

    private func train(_ kind: OptimizerCase, _ clipping: Clipping, on device: Device) -> [[UInt8]]
    {
        let model = Self.model(on: device)
        let optimizer = kind.make(model)
        optimizer.clipping = clipping
        for _ in 0..<3 { Self.step(model, optimizer, on: device) }
        return Self.bits(model)
    }

    private static func model(on device: Device) -> Sequential {
        let random = Random(seed: 8)
        return Sequential {
            Linear(5, 7, using: random)
            Tanh()
            Linear(7, 3, using: random)
        }.to(device)
    }

    private static func step(_ model: Sequential, _ optimizer: Optimizer, on device: Device) {
        let random = Random(seed: UInt64(optimizer.stepCount))
        let x = Tensor(random.normal([6, 5]).on(device))
        let labels = Tensor([0, 1, 2, 0, 1, 2], .int64, on: device)
        optimizer.zeroGrad()
        CrossEntropy()(model(x), labels).backward()
        optimizer.step()
    }

    private static func bits(_ model: Module) -> [[UInt8]] {
        model.parameters.map { parameter in parameter.data.withUnsafeBytes { Array($0) } }
    }
}
