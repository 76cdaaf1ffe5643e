import Autograd
import NN
import Tensor
import Testing

@Suite("Layers and numbers at the ends of their range")
struct ExtremeNumberTests {
    private func normal(
        _ shape: Shape, _ dtype: DType = .float64, seed: UInt64 = 11
    ) -> Tensor {
        Tensor.normal(shape, .float64, using: Random(seed: seed)).cast(to: dtype)
    }

    @Test(
        "layerNorm and rmsNorm have no infinity on their way",
        arguments: [1e-40, 1e-30, 1, 1e20, 1e30, 1e38], [true, false])
    func layerNorm(_ size: Double, isCentred: Bool) {
        for epsilon in [0, 1e-5] {
            let x = (normal([3, 40]) * size).clip(lower: -3.4e38, upper: 3.4e38)
            let (narrow, dy) = (x.cast(to: .float32), normal([3, 40], .float32, seed: 12))
            func results(_ x: Tensor) -> (y: Tensor, slope: Tensor) {
                let f = { (x: Tensor) in
                    isCentred ? x.layerNorm(epsilon: epsilon) : x.rmsNorm(epsilon: epsilon)
                }
                return (f(x), grad { (f($0) * dy.cast(to: x.dtype)).sum() }(x))
            }
            let (found, wanted) = (results(narrow), results(narrow.cast(to: .float64)))
            #expect(found.y.cast(to: .float64).allClose(wanted.y, relative: 1e-5, absolute: 1e-5))
            let scale = wanted.slope.abs().max().item
            let gap = (found.slope.cast(to: .float64) - wanted.slope).abs().max().item
            #expect(gap <= 1e-5 * scale + 1e-44 || scale > 3e38, "\(size): \(gap) of \(scale)")
        }
    }

    @Test("layerNorm in float64 too", arguments: [1e-300, 1e-200, 1e155, 1e200, 1e300])
    func wideLayerNorm(_ size: Double) {
        let x = normal([3, 40])
        let plain = x.layerNorm(epsilon: 0)
        #expect((x * size).layerNorm(epsilon: 0).allClose(plain, relative: 1e-9, absolute: 1e-9))
        #expect(Tensor.full([2, 3], size, .float64).layerNorm().abs().max().item == 0)
    }

    @Test("what comes later doesn't reach a causal row", arguments: [Double.nan, .infinity])
    func causal(_ bad: Double) {
        for (dtype, later) in [(DType.float32, 37), (.float64, 37), (.float64, 100)] {
            let q = normal([1, 2, 150, 8], dtype)
            let (k, v) = (q.flip(2), q.flip(3))
            let place = Tensor.arange(150).reshape([150, 1])
            func results(_ k: Tensor, _ v: Tensor) -> [Tensor] {
                let f = { (q: Tensor) in
                    Tensor.scaledDotProductAttention(query: q, key: k, value: v, isCausal: true)
                        .narrow(axis: 2, start: 0, count: later)
                }
                let slope = grad { f($0).square().sum() }(q)
                return [f(q), slope.narrow(axis: 2, start: 0, count: later)]
            }
            let (badK, badV) = (
                k.maskedFill(place .== later, bad), v.maskedFill(place .== later, bad)
            )
            let plain = results(k, v)
            for other in [results(badK, v), results(k, badV), results(badK, badV)] {
                for (a, b) in zip(plain, other) { #expect(a.allClose(b)) }
            }
            let whole = Tensor.scaledDotProductAttention(
                query: q, key: k, value: badV, isCausal: true)
            #expect(!whole[.all, .all, later...].isFinite().any(axis: -1).any().item(as: Bool.self))
        }
    }

    @Test("nor does what a mask hides", arguments: [Double.nan, -.infinity])
    func masked(_ bad: Double) {
        let x = normal([2, 9, 8]), hidden = Tensor.arange(9) .== 4
        let layer = SelfAttention(8, heads: 2, dtype: .float64, using: Random(seed: 7))
        let mask = hidden.logicalNot().reshape([1, 1, 1, 9])
        let seen = Tensor([0, 1, 2, 3, 5, 6, 7, 8], .int64)
        let spoilt = x.maskedFill(hidden.unsqueeze(1), bad)
        let found = layer(spoilt, mask: mask).take(seen, axis: 1)
        #expect(found.allClose(layer(x, mask: mask).take(seen, axis: 1)))
    }

    @Test("positions go on to the last Int", arguments: [Int.min, -1, 1 << 62, .max])
    func positions(_ start: Int) {
        let x = Tensor.zeros([1, 4, 1, 6], .float64)
        #expect(SinusoidalPositions()(x, from: start).isFinite().all().item(as: Bool.self))
        #expect(RotaryPositions()(x + 1, from: start).isFinite().all().item(as: Bool.self))
    }

    @Test("layers that draw from a stream of their own aren't made in a captured step")
    func made() {
        let random = Random(seed: 1)
        let x = normal([1, 4, 8])
        let makers: [(Random) -> Layer] = [
            { SelfAttention(8, heads: 2, dropout: 0.5, dtype: .float64, using: $0) },
            { LSTM(8, 8, layers: 2, dropout: 0.5, dtype: .float64, using: $0) },
            { Dropout(0.5, using: $0) },
        ]
        for make in makers {
            let step = capture { (x: Tensor) in noGrad { make(random)(x) } }
            for _ in 0..<4 {
                let start = random.position
                let found = step(x)
                random.position = start
                #expect(found.values(as: Double.self) == make(random)(x).values(as: Double.self))
            }
            #expect(step.refusal?.contains("makes a layer that draws from a stream") == true)
        }
    }

    @Test("masks of integers are refused")
    func integerMasks() async {
        func words(_ result: ExitTest.Result?) -> String {
            result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
        }
        let function = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let q = Tensor.zeros([1, 1, 3, 4])
            _ = Tensor.scaledDotProductAttention(
                query: q, key: q, value: q, mask: Tensor.ones([3, 3], .int64))
        }
        #expect(
            words(function).contains(
                "scaledDotProductAttention: the mask [3, 3] is int64 (pass bools, true where a "
                    + "key is seen (mask .!= 0), or floats to add)"))
        let layer = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let layer = SelfAttention(4, heads: 1, using: Random(seed: 1))
            _ = layer(Tensor.zeros([1, 3, 4]), mask: Tensor.ones([3, 3], .uint8))
        }
        #expect(words(layer).contains("SelfAttention: the mask [3, 3] is uint8 (pass bools"))
        let epsilon = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = LayerNorm([4], epsilon: -1) }
        #expect(words(epsilon).contains("LayerNorm: epsilon is -1.0, not from 0 up"))
    }
}
