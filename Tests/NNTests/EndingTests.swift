import Autograd
import NN
import Tensor
import Testing

@Suite("What comes after a layer, in one pass with it")
struct EndingTests {
    /// A layer that calls others, so that nobody sees what comes after which.
    private final class Apart: Layer {
        let layers: [Layer]
        init(_ layers: [Layer]) { self.layers = layers }
        override func callAsFunction(_ x: Tensor) -> Tensor { layers.reduce(x) { $1($0) } }
    }

    /// A residual in words.
    private final class Sum: Layer {
        let module: Layer
        let shortcut: Layer?
        init(_ module: Layer, _ shortcut: Layer?) {
            self.module = module
            self.shortcut = shortcut
        }
        override func callAsFunction(_ x: Tensor) -> Tensor {
            let change = module(x)
            return (shortcut.map { $0(x) } ?? x) + change
        }
    }

    /// Layers in a sequence, and the same ones called one by one.
    private func models(_ kind: String, _ dtype: DType) -> [Layer] {
        [true, false].map { joins in
            let random = Random(seed: 5)
            func list(_ layers: [Layer]) -> Layer { joins ? Sequential(layers) : Apart(layers) }
            func convolve(_ channels: Int, _ features: Int, bias: Bool = true) -> Layer {
                Conv2d(
                    channels, features, kernel: 3, padding: 1, bias: bias, dtype: dtype,
                    using: random)
            }
            func sum(_ layers: [Layer], _ shortcut: Layer? = nil) -> Layer {
                joins
                    ? Residual(Sequential(layers), shortcut: shortcut) : Sum(list(layers), shortcut)
            }
            func norm(_ channels: Int) -> BatchNorm2d {
                let layer = BatchNorm2d(channels, dtype: dtype)
                layer.weight?.data = random.uniform([channels], dtype)
                layer.bias?.data = random.uniform([channels], dtype)
                return layer
            }
            switch kind {
            case "convolution": return list([convolve(3, 16), ReLU(), convolve(16, 16), ReLU()])
            case "pool":
                return list([
                    convolve(3, 5), ReLU(), MaxPool2d(2), ReLU(), MaxPool2d(3, stride: 1),
                    norm(5), ReLU(), MaxPool2d(2),
                ])
            case "norm": return list([convolve(3, 5, bias: false), norm(5), ReLU()])
            case "plain norm":
                return list([BatchNorm2d(3, affine: false, dtype: dtype), ReLU(), ReLU()])
            default:
                return list([
                    sum([convolve(3, 4), norm(4), ReLU(), convolve(4, 3), norm(3)]), ReLU(),
                    sum([convolve(3, 4), norm(4)], list([convolve(3, 4), norm(4)])), ReLU(),
                    sum([norm(4)]), sum([convolve(4, 4)]), ReLU(),
                ])
            }
        }
    }

    private func bits(_ tensors: [Tensor]) -> [[UInt8]] {
        tensors.map { tensor in tensor.data.withUnsafeBytes { Array($0) } }
    }

    @Test(
        "gives the bits that the layers give one by one, gradients and averages included",
        arguments: ["convolution", "pool", "norm", "plain norm", "residual"],
        [DType.float32, .float64, .float16])
    func bits(_ kind: String, _ dtype: DType) {
        let results = models(kind, dtype).map { model -> [[UInt8]] in
            var found: [Tensor] = []
            for size in [9, 12] {
                let x = Tensor(Random(seed: 2).normal([4, 3, size, size], dtype))
                x.requiresGrad = true
                let y = model(x)
                (y * y).sum().backward()
                found += [y, x.grad ?? x] + model.parameters.compactMap(\.grad)
            }
            model.eval()
            found.append(model(Tensor(Random(seed: 3).normal([2, 3, 9, 9], dtype))))
            return bits(found + model.buffers)
        }
        #expect(results[0] == results[1])
    }

    @Test("second derivatives are those of the layers one by one", arguments: ["norm", "residual"])
    func curvature(_ kind: String) {
        let results = models(kind, .float64).map { model -> [Double] in
            let f = { (x: Tensor) in model(x).square().sum() }
            let x = Tensor(Random(seed: 2).normal([2, 3, 4, 5], .float64))
            let slope = Tensor(Random(seed: 4).normal([2, 3, 4, 5], .float64))
            let reversed = grad { (x: Tensor) in (grad(f)(x) * slope).sum() }(x)
            let forward = jvp(grad(f), at: x, along: slope).tangent
            return (reversed - forward).abs().values(as: Double.self)
                + reversed.values(as: Double.self)
        }
        for (a, b) in zip(results[0], results[1]) { #expect(abs(a - b) <= 1e-9 * (1 + abs(b))) }
        #expect(results[0].prefix(120).allSatisfy { $0 < 1e-8 })
    }

    @Test("what isn't finite passes as it does one by one")
    func notFinite() {
        let results = models("residual", .float32).map { model -> [Bool] in
            let x = Random(seed: 2).normal([4, 3, 9, 9], .float32)
            let y = Tensor(x)
            y[0, 0, 0, 0] .= Float.nan
            return model(y).values(as: Float.self).map(\.isNaN)
        }
        #expect(results[0] == results[1] && results[0].contains(true))
    }
}
