import Autograd
import NN
import Tensor
import Testing

@Suite("Transformers")
struct TransformerTests {
    private let x = Tensor.normal([2, 5, 8], .float64, using: Random(seed: 1))

    private func distance(_ a: Tensor, _ b: Tensor) -> Double {
        #expect(a.shape == b.shape)
        return (a - b).abs().max().item(as: Double.self)
    }

    private func block(_ rule: TransformerRule) -> TransformerBlock {
        TransformerBlock(8, rule, dtype: .float64, using: Random(seed: 2))
    }

    @Test("normalize what parts get, or sums", arguments: TransformerRule.Norm.allCases)
    func norms(norm: TransformerRule.Norm) {
        let before = block(TransformerRule(heads: 2, norm: norm))
        let attended = x + before.attention(before.attentionNorm(x))
        #expect(
            distance(
                before(x), attended + before.feedForward(before.feedForwardNorm(attended)))
                < 1e-14)
        let after = block(TransformerRule(heads: 2, norm: norm, isPreNorm: false))
        let sum = after.attentionNorm(x + after.attention(x))
        #expect(
            distance(after(x), after.feedForwardNorm(sum + after.feedForward(sum))) < 1e-14)
    }

    @Test("multiply by a gate", arguments: FeedForward.Activation.allCases)
    func gates(activation: FeedForward.Activation) {
        let layer = FeedForward(
            8, hidden: 6, activation: activation, dtype: .float64, using: Random(seed: 3))
        let up = layer.up(x)
        let (a, b) = (up[.all, .all, ..<6], up[.all, .all, 6...])
        let inner: Tensor
        switch activation {
        case .relu: inner = up.relu()
        case .gelu: inner = up.gelu()
        case .silu: inner = up.silu()
        case .swiGLU: inner = a * a.sigmoid() * b
        case .geGLU: inner = a.gelu() * b
        }
        #expect(up.shape[2] == (activation.isGated ? 12 : 6))
        #expect(distance(layer(x), layer.down(inner)) < 1e-14)
    }

    @Test("don't see padding")
    func padding() {
        let encoder = TransformerEncoder(
            8, layers: 2, TransformerRule(heads: 2), dtype: .float64, using: Random(seed: 4))
        let padding = Tensor(NDArray([0, 0, 0, 1, 1, 0, 0, 0, 1, 1], [2, 5]))
        let y = encoder(x, mask: nil, padding: padding)
        #expect(distance(y[.all, ..<3], encoder(x[.all, ..<3])) < 1e-13)
    }

    @Test("see of a decoder's memory what isn't padding, and nothing that comes after")
    func decoder() {
        let decoder = TransformerDecoder(
            8, layers: 2, TransformerRule(heads: 2, isCausal: true), memoryWidth: 6,
            dtype: .float64, using: Random(seed: 5))
        let memory = Tensor.normal([2, 4, 6], .float64, using: Random(seed: 6))
        let padding = Tensor(NDArray([0, 0, 1, 1, 0, 0, 1, 1], [2, 4]))
        let y = decoder(x, memory, memoryPadding: padding)
        #expect(distance(y, decoder(x, memory[.all, ..<2])) < 1e-13)
        #expect(
            distance(y[.all, ..<3], decoder(x[.all, ..<3], memory, memoryPadding: padding)) < 1e-13)
    }

    private func gpt(tied: Bool = true, dropout: Double = 0) -> GPT {
        GPT(
            vocabulary: 7, context: 6, width: 8, heads: 2, layers: 2, dropout: dropout, tied: tied,
            dtype: .float64, using: Random(seed: 7))
    }

    @Test(
        "give logits of the next token, with a head or the tokens' vectors",
        arguments: [true, false])
    func logits(tied: Bool) throws {
        let model = gpt(tied: tied)
        let tokens = Tensor([[1, 2, 3, 4], [0, 6, 5, 1]], .int64)
        let placed = model.positions(model.tokens(tokens))
        let y = model.body(placed)
        let expected = y.linear(tied ? model.tokens.weight : model.head!.weight)
        #expect(distance(model(tokens), expected) < 1e-14)
        #expect(try model.outputShape(for: [4]) == [4, 7])
        #expect(model.namedParameters.contains { $0.name == "head.weight" } == !tied)
    }

    @Test("see the same by caches of keys and values")
    func caches() {
        let model = gpt()
        let tokens = Tensor([[1, 2, 3, 4, 0, 5]], .int64)
        let whole = model(tokens)
        let caches = model.body.blocks.map { _ in KeyValueCache() }
        let parts = [0..<3, 3..<4, 4..<6].map { model(tokens[.all, $0], caches: caches) }
        #expect(distance(Tensor.concat(parts, axis: 1), whole) < 1e-13)
    }

    @Test("draw the same tokens of one seed, and the likeliest where nothing else may be drawn")
    func samples() {
        let model = gpt()
        func draw(_ temperature: Double, _ topK: Int?, _ seed: UInt64) -> [Int] {
            var sampler = TokenSampler(
                model, after: [1, 2], temperature: temperature, topK: topK, seed: seed)
            return (0..<20).map { _ in sampler.next() }
        }
        #expect(draw(1, nil, 1) == draw(1, nil, 1) && draw(1, nil, 1) != draw(1, nil, 2))
        #expect(draw(0, nil, 1) == draw(1, 1, 2))
        let logits = model(Tensor([[1, 2]], .int64))[0, 1].values(as: Double.self)
        #expect(logits.firstIndex(of: logits.max()!) == draw(0, nil, 1)[0])
    }

    @Test("learn to say what comes next")
    func learning() {
        let model = GPT(
            vocabulary: 5, context: 8, width: 16, heads: 2, layers: 1, using: Random(seed: 8))
        let optimizer = model.parameters
        let x = Tensor([[0, 1, 2, 3, 4, 0, 1, 2]], .int64)
        let y = Tensor([[1, 2, 3, 4, 0, 1, 2, 3]], .int64)
        let loss = CrossEntropy()
        var losses: [Double] = []
        for _ in 0..<60 {
            model.zeroGrad()
            let value = loss(model(x), y)
            value.backward()
            losses.append(value.item)
            for parameter in optimizer {
                parameter.data.assign((parameter.detach() - parameter.grad! * 0.5).data)
            }
        }
        #expect(losses[59] < 0.1 && losses[0] > 1.5)
    }
}
