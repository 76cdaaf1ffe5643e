import Autograd
import NN
import Tensor
import Testing

@Suite("Further activation layers")
struct FurtherActivationTests {
    private static let layers: [(layer: @Sendable () -> Layer, name: String)] = [
        ({ Mish() }, "Mish"), ({ SELU() }, "SELU"), ({ CELU() }, "CELU(alpha: 1.0)"),
        ({ PReLU() }, "PReLU(channels: 1)"), ({ ReLU6() }, "ReLU6"),
        ({ Hardswish() }, "Hardswish"), ({ Hardsigmoid() }, "Hardsigmoid"),
        ({ Hardtanh() }, "Hardtanh(-1.0...1.0)"), ({ Hardshrink() }, "Hardshrink(lambda: 0.5)"),
        ({ Softshrink() }, "Softshrink(lambda: 0.5)"), ({ Tanhshrink() }, "Tanhshrink"),
        ({ Softsign() }, "Softsign"), ({ LogSigmoid() }, "LogSigmoid"),
        ({ Threshold(0.1, value: 2) }, "Threshold(0.1, value: 2.0)"), ({ Softmin() }, "Softmin"),
    ]

    @Test("keep the shape and say what they are")
    func shapes() throws {
        let x = Tensor.normal([2, 4], using: Random(seed: 1))
        for (make, name) in Self.layers {
            let layer = make()
            #expect(layer(x).shape == [2, 4])
            #expect(try layer.outputShape(for: [4]) == [4])
            #expect(layer.describe == name)
        }
    }

    @Test("a gate halves the last axis")
    func gate() throws {
        let x = Tensor([[1, 2, 0, 0]]).cast(to: .float32)
        #expect(GLU()(x).values() == [Float(0.5), 1])
        #expect(try GLU().outputShape(for: [3, 4]) == [3, 2])
        #expect(throws: ShapeError.self) { try GLU().outputShape(for: [3]) }
    }

    @Test("PReLU learns a slope for each channel")
    func learned() throws {
        let layer = PReLU(channels: 3)
        #expect(layer.weight.shape == [3])
        let x = Tensor([[-1, 2, -3]]).cast(to: .float32)
        layer(x).sum().backward()
        #expect(layer.weight.grad?.values() == [Float(-1), 0, -3])
        #expect(throws: ShapeError.self) { try layer.outputShape(for: [4]) }
        #expect(try layer.outputShape(for: [3, 5]) == [3, 5])
    }
}
