import Autograd
import NN
import Tensor
import Testing

@Suite("Layers that give images other sizes")
struct ResizingTests {
    @Test("layers say what shape they give, and give it")
    func shapes() throws {
        let cases: [(Layer, Shape)] = [
            (Upsample(by: 2), [2, 5]), (Upsample(by: 1.5, 0.5), [2, 5, 7]),
            (Upsample(to: 3, mode: .linear()), [2, 5, 7]),
            (Upsample(to: 4, 9, 1, mode: .linear(alignCorners: true)), [2, 3, 5, 4]),
            (PixelShuffle(2), [8, 3, 5]), (PixelUnshuffle(3), [2, 6, 3]),
            (Pad(1, axes: 2), [2, 3, 4]), (Pad([(2, -1)], mode: .reflect), [2, 3]),
            (Pad([(1, 0), (0, 3)], mode: .replicate), [2, 1, 1]),
            (Pad([(3, 2)], mode: .circular), [3]), (Pad([(-2, -1)]), [4]),
            (Permute([2, 0, 1]), [2, 3, 5]),
            (MaxOut(6, 4, pieces: 3, using: Random(seed: 1)), [2, 6]),
        ]
        for (layer, input) in cases {
            let y = layer(Tensor.ones(Shape([3] + Array(input))))
            #expect(try Array(y.shape) == [3] + Array(layer.outputShape(for: input)), "\(layer)")
        }
    }

    @Test("inputs that don't fit are refused before anything runs")
    func refusals() {
        let cases: [(Layer, Shape)] = [
            (Upsample(by: 2), [5]), (Upsample(by: 2, 2), [1, 5]), (Upsample(by: 0.1), [1, 5]),
            (Upsample(by: 4096), [1, 1 << 40]), (PixelShuffle(2), [6, 3, 5]),
            (PixelUnshuffle(2), [2, 6, 3]), (Pad(1, axes: 3), [2, 3]),
            (Pad(3, axes: 1, mode: .reflect), [3]), (Pad(4, axes: 1, mode: .circular), [3]),
            (Pad([(3, -1)], mode: .circular), [3]), (Pad([(-2, -2)]), [3]),
            (Pad(1, axes: 1, mode: .replicate), [0]),
            (Permute([1, 0]), [2, 3, 5]), (MaxOut(6, 4, using: Random(seed: 1)), [2, 5]),
        ]
        for (layer, input) in cases {
            #expect(throws: ShapeError.self, "\(layer) \(input)") {
                try layer.outputShape(for: input)
            }
        }
    }

    @Test("what is infinite stays where it is")
    func infinities() {
        let x = Tensor([[[1, Double.infinity, 3]]])
        #expect(x.upsample(by: [2]).values(as: Double.self) == [1, 1, .infinity, .infinity, 3, 3])
    }

    @Test("pixels are unshuffled to what was shuffled, and lines hit what they go through")
    func inverses() {
        let x = Tensor(Random(seed: 1).normal([2, 8, 3, 5], .float64))
        #expect(
            x.pixelShuffle(2).pixelUnshuffle(2).values(as: Double.self) == x.values(as: Double.self)
        )
        let line = x.upsample(to: [5, 9], .linear(alignCorners: true))
        #expect(
            line[.all, .all, .every(2), .every(2)].values(as: Double.self)
                == x.values(as: Double.self))
        let flat = Tensor.ones([1, 1, 3, 3]).upsample(by: [2.5, 3], .linear())
        expectClose(flat, Array(repeating: 1, count: 63), tolerance: 1e-6)
    }

    @Test("halves are rounded once, and the nearest elements keep their dtype")
    func dtypes() {
        let x = Tensor(Random(seed: 1).normal([1, 1, 4, 5])).cast(to: .bfloat16)
        let wide = x.cast(to: .float32).upsample(by: [2, 3], .linear()).cast(to: .bfloat16)
        #expect(
            x.upsample(by: [2, 3], .linear()).values(as: Float.self)
                == wide.values(as: Float.self))
        #expect(Tensor([[1, 2]]).cast(to: .uint8).upsample(to: [3]).dtype == .uint8)
    }

    @Test("a unit is the largest of its linear functions")
    func maxOut() {
        let layer = MaxOut(3, 2, pieces: 2, dtype: .float64, using: Random(seed: 2))
        let x = leaf([4, 3])
        let (w, b) = (layer.linear.weight.values(as: Double.self), layer.linear.bias)
        let bias = b?.values(as: Double.self) ?? []
        let rows = x.values(as: Double.self)
        var expected: [Double] = []
        for row in 0..<4 {
            for unit in 0..<2 {
                let pieces = (0..<2).map { piece in
                    let place = unit * 2 + piece
                    return (0..<3).reduce(bias[place]) {
                        $0 + w[place * 3 + $1] * rows[row * 3 + $1]
                    }
                }
                expected.append(max(pieces[0], pieces[1]))
            }
        }
        expectClose(layer(x), expected)
        expectGradients(by: [x, layer.linear.weight]) { (layer(x) * layer(x)).sum() }
    }
}
