import Autograd
import NN
import Tensor
import Testing

/// Averages what it sees, as batch normalization does.
private final class Counting: Layer {
    let seen = Buffer(NDArray([0.0]))
    override func callAsFunction(_ x: Tensor) -> Tensor {
        noGrad { seen.assign(seen + 1) }
        return x * 2
    }
}

@Suite("Checkpointed modules")
struct CheckpointedModuleTests {
    private static func net() -> Sequential {
        let random = Random(seed: 4)
        return Sequential {
            for _ in 0..<5 {
                Linear(8, 8, dtype: .float64, using: random)
                Tanh()
                Residual { Dropout(0.3, using: random) }
            }
        }
    }

    private static var x: Tensor { Tensor.normal([4, 8], .float64, using: Random(seed: 5)) }

    private static func gradients(_ net: Layer) -> [[Double]] {
        net(x).square().sum().backward()
        defer { net.zeroGrad() }
        return net.parameters.map { $0.grad?.values() ?? [] }
    }

    @Test("have the same gradients to the bit, and names", arguments: [1, 2, 4, 15])
    func same(_ segments: Int) {
        let (plain, checkpointed) = (Self.net(), Self.net().checkpointed(segments: segments))
        #expect(checkpointed.segments == segments)
        #expect(plain.namedParameters.map(\.name) == checkpointed.namedParameters.map(\.name))
        // Twice: the random streams are where they would be.
        for _ in 0..<2 { #expect(Self.gradients(plain) == Self.gradients(checkpointed)) }
        let wrapped = Self.net()
        let net = Checkpointed(wrapped)
        #expect(net.namedParameters.map(\.name) == wrapped.namedParameters.map(\.name))
        #expect(Self.gradients(Self.net()) == Self.gradients(net))
    }

    @Test("are cut into √n segments if nobody says otherwise")
    func policy() {
        #expect(Self.net().checkpointed().segments == 4)
        #expect(Sequential(Tanh()).checkpointed().segments == 1)
        #expect(Sequential([]).checkpointed().count == 0)
    }

    @Test("work in grad and hvp of a module")
    func functions() {
        let loss = { (net: Sequential) in net(Self.x).square().sum() }
        let slopes = grad(loss)(Self.net())
        let checkpointed = grad(loss)(Self.net().checkpointed())
        for (name, slope) in slopes {
            #expect(slope.values(as: Double.self) == checkpointed[name]?.values(), "\(name)")
        }
        let direction = Self.net().mapLeaves { .ones(like: $0) }
        let product = hvp(loss, at: Self.net(), along: direction)
        let other = hvp(loss, at: Self.net().checkpointed(), along: direction)
        for (name, row) in product {
            expectClose(other[name] ?? Tensor(0), row, tolerance: 1e-10)
        }
    }

    @Test("count once what a buffer counts")
    func buffers() {
        let counting = Counting()
        let net = Checkpointed(counting)
        let x = Tensor([1.0], .float64, requiresGrad: true)
        net(x).sum().backward()
        #expect(counting.seen.item == 1)
        #expect(x.grad?.item == 2)
    }

    @Test("that change buffers are run as they are in place of a replay, which says why")
    func capturedWithBuffers() {
        let random = Random(seed: 2)
        let inner = Sequential {
            Linear(4, 4, dtype: .float64, using: random)
            BatchNorm1d(4, dtype: .float64)
        }
        let layer = Checkpointed(inner)
        let step = capture { (x: Tensor) -> Tensor in
            layer.zeroGrad()
            let loss = layer(x).square().sum()
            loss.backward()
            return loss.detach()
        }
        let x = Tensor.normal([5, 4], .float64, using: random)
        for _ in 0..<4 { _ = step(x) }
        #expect(step.refusal?.contains("running averages of batch normalization") == true)
    }

    @Test("hold a fraction of the memory")
    func memory() async {
        await #expect(processExitsWith: .success) {
            let random = Random(seed: 1)
            let net = Sequential {
                for _ in 0..<16 {
                    Linear(64, 64, using: random)
                    ReLU()
                }
            }
            let x = Tensor.normal([1024, 64], using: random)
            func peak(_ net: Layer) -> Int {
                for _ in 0..<2 {
                    CPUBackend.shared.resetPeakMemory()
                    net(x).sum().backward()
                }
                return CPUBackend.shared.memory.peak
            }
            for parameter in net.parameters { parameter.grad = .zeros(like: parameter) }
            let start = CPUBackend.shared.memory.live
            let (plain, checkpointed) = (peak(net) - start, peak(net.checkpointed()) - start)
            if Double(checkpointed) > 0.5 * Double(plain) {
                fatalError("\(checkpointed) bytes checkpointed, \(plain) without")
            }
        }
    }
}
