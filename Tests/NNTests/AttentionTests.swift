import Autograd
import NN
import Tensor
import Testing

@Suite("Attention of sequences")
struct AttentionTests {
    private func sequence(_ batch: Int, _ positions: Int, _ width: Int) -> Tensor {
        Tensor.normal([batch, positions, width], .float64, using: Random(seed: 5))
    }

    private func layer(
        keyHeads: Int? = nil, isCausal: Bool = false, rotary: RotaryPositions? = nil,
        dropout: Double = 0
    ) -> SelfAttention {
        SelfAttention(
            8, heads: 4, keyHeads: keyHeads, isCausal: isCausal, rotary: rotary, dropout: dropout,
            dtype: .float64, using: Random(seed: 7))
    }

    /// What a layer should give, head by head and query by query.
    private func byHand(_ layer: SelfAttention, _ x: Tensor, sees: (Int, Int) -> Bool) -> Tensor {
        let width = layer.width / layer.heads, packed = layer.projection(x)
        let sharing = layer.heads / layer.keyHeads
        var parts: [Tensor] = []
        for head in 0..<layer.heads {
            let keyStart = (layer.heads + head / sharing) * width
            let valueStart = (layer.heads + layer.keyHeads + head / sharing) * width
            let q = packed.narrow(axis: 2, start: head * width, count: width)
            let k = packed.narrow(axis: 2, start: keyStart, count: width)
            let v = packed.narrow(axis: 2, start: valueStart, count: width)
            let scores = q.matmul(k.transpose()) / Double(width).squareRoot()
            let positions = x.shape[1]
            let places = (0..<positions * positions).map { place in
                sees(place / positions, place % positions) ? 0.0 : -Double.infinity
            }
            let bias = Tensor(NDArray(places, [positions, positions]))
            parts.append((scores + bias).softmax().matmul(v))
        }
        return layer.output(Tensor.concat(parts, axis: 2))
    }

    private func expectClose(
        _ a: Tensor, _ b: Tensor, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(a.shape == b.shape, sourceLocation: sourceLocation)
        let distance = (a - b).abs().max().item(as: Double.self)
        #expect(distance < 1e-12, sourceLocation: sourceLocation)
    }

    @Test("is the attention of each head, mixed")
    func heads() {
        let x = sequence(2, 5, 8), layer = layer()
        expectClose(layer(x), byHand(layer, x) { _, _ in true })
    }

    @Test("sees no later position if it is causal")
    func causal() {
        let x = sequence(2, 5, 8), layer = layer(isCausal: true)
        expectClose(layer(x), byHand(layer, x) { $1 <= $0 })
    }

    @Test("shares heads of keys")
    func grouped() {
        let x = sequence(1, 4, 8), layer = layer(keyHeads: 2, isCausal: true)
        expectClose(layer(x), byHand(layer, x) { $1 <= $0 })
    }

    @Test("doesn't see what a mask hides")
    func masked() {
        let x = sequence(1, 4, 8), layer = layer()
        let mask = Tensor([true, true, false, true], .bool).reshape([1, 1, 1, 4])
        expectClose(layer(x, mask: mask), byHand(layer, x) { $1 != 2 })
    }

    @Test(
        "gives position by position, with a cache, what it gives at once",
        arguments: [nil, RotaryPositions()])
    func cached(rotary: RotaryPositions?) {
        let x = sequence(2, 5, 8), layer = layer(keyHeads: 2, isCausal: true, rotary: rotary)
        let whole = layer(x), cache = KeyValueCache()
        var start = 0
        for count in [2, 1, 1, 1] {
            let part = layer(x.narrow(axis: 1, start: start, count: count), mask: nil, cache: cache)
            expectClose(part, whole.narrow(axis: 1, start: start, count: count))
            start += count
            #expect(cache.count == start)
        }
    }

    @Test("turns queries and keys so that scores depend on distances")
    func rotary() {
        let turn = RotaryPositions()
        let (q, k) = (sequence(1, 1, 6).unsqueeze(2), sequence(1, 1, 6).unsqueeze(2) + 1)
        func score(_ a: Int, _ b: Int) -> Double {
            (turn(q, from: a) * turn(k, from: b)).sum().item(as: Double.self)
        }
        #expect(abs(score(3, 1) - score(12, 10)) < 1e-12)
        #expect(abs(score(3, 1) - score(3, 2)) > 1e-6)
        expectClose(turn(q), q)
    }

    @Test("drops shares in training alone")
    func dropout() {
        let x = sequence(2, 5, 8), layer = layer(dropout: 0.5)
        let first = layer(x), second = layer(x)
        #expect((first - second).abs().max().item(as: Double.self) > 1e-3)
        layer.eval()
        expectClose(layer(x), byHand(layer, x) { _, _ in true })
    }

    @Test("differentiates as its composition does")
    func gradients() {
        let layer = layer(keyHeads: 2, isCausal: true)
        let x = sequence(2, 5, 8)
        let fused = grad { (x: Tensor) in layer(x).square().sum() }(x)
        let composed = grad { (x: Tensor) in
            byHand(layer, x) { $1 <= $0 }.square().sum()
        }(x)
        expectClose(fused, composed)
    }

    @Test("crosses from one sequence to another")
    func cross() {
        let layer = CrossAttention(
            8, heads: 2, memoryWidth: 6, dtype: .float64, using: Random(seed: 3))
        let (x, other) = (sequence(2, 3, 8), sequence(2, 5, 6))
        let pair = layer.memory(other)
        let parts = (0..<2).map { head in
            let q = layer.query(x).narrow(axis: 2, start: head * 4, count: 4)
            let k = pair.narrow(axis: 2, start: head * 4, count: 4)
            let v = pair.narrow(axis: 2, start: 8 + head * 4, count: 4)
            return (q.matmul(k.transpose()) / 2).softmax().matmul(v)
        }
        expectClose(layer(x, other), layer.output(Tensor.concat(parts, axis: 2)))
    }

    @Test("says what doesn't fit")
    func sentences() async {
        let width = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = SelfAttention(10, heads: 4, using: Random(seed: 1))
        }
        let words = width.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
        #expect(words.contains("the width must be a multiple of heads"))
    }
}

@Suite("Positions and normalization")
struct PositionTests {
    @Test("adds trained vectors, which begin where it is told")
    func learned() {
        let layer = LearnedPositions(4, 2, using: Random(seed: 1))
        let x = Tensor.zeros([1, 2, 2])
        #expect(
            layer(x, from: 1).allClose(
                layer.weight.narrow(axis: 0, start: 1, count: 2).unsqueeze(0)))
    }

    @Test("adds waves")
    func sinusoidal() {
        let y = SinusoidalPositions()(Tensor.zeros([2, 4], .float64))
        let expected = Tensor(
            [
                [0.0, 1, 0, 1],
                [0.8414709848078965, 0.5403023058681398, 0.009999833334166664, 0.9999500004166653],
            ], .float64)
        #expect((y - expected).abs().max().item(as: Double.self) < 1e-15)
    }

    @Test("normalizes rows, with PyTorch's values")
    func layerNorm() {
        let layer = LayerNorm([3], dtype: .float64)
        layer.weight?.data = NDArray([1.0, 2, 3])
        layer.bias?.data = NDArray([0.5, 0, -1])
        let y = layer(Tensor([[1.0, 2, 4], [0, 0, 3]], .float64))
        let expected = Tensor(
            [
                [-0.5690415314502977, -0.5345207657251491, 3.0089057429386155],
                [-0.20710501342622367, -1.4142100268524473, 3.2426300805573423],
            ], .float64)
        #expect((y - expected).abs().max().item(as: Double.self) < 1e-12)
    }

    @Test("gives rows of equal elements zeros and gradients without NaN")
    func constantRow() {
        let x = Tensor([[1e8, 1e8, 1e8]])
        #expect(x.layerNorm().values(as: Float.self) == [0, 0, 0])
        let slope = grad { (x: Tensor) in x.layerNorm().square().sum() }(x)
        #expect(slope.values(as: Float.self) == [0, 0, 0])
    }
}
