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

    @Test("copies of a sampler go on by themselves, from where the first was")
    func copies() {
        let model = gpt()
        for temperature in [0, 1.0] {
            var whole = TokenSampler(model, after: [1, 2], temperature: temperature, seed: 3)
            let all = (0..<20).map { _ in whole.next() }
            var first = TokenSampler(model, after: [1, 2], temperature: temperature, seed: 3)
            let start = (0..<2).map { _ in first.next() }
            var (a, b) = (first, first)
            let rest = (0..<18).map { _ in (a.next(), b.next(), first.next()) }
            for others in [rest.map(\.0), rest.map(\.1), rest.map(\.2)] {
                #expect(start + others == all)
            }
        }
    }

    @Test("are sampled as in evaluation, and stay in training")
    func samplingInTraining() {
        let model = gpt(dropout: 0.5)
        let frozen = model.body.blocks[1]
        frozen.eval()
        func draw() -> [Int] {
            var sampler = TokenSampler(model, after: [1, 2], temperature: 0)
            return (0..<20).map { _ in sampler.next() }
        }
        let tokens = (0..<3).map { _ in draw() }
        #expect(model.isTraining && model.body.blocks[0].isTraining && !frozen.isTraining)
        model.eval()
        #expect(tokens.allSatisfy { $0 == draw() })
    }

    private func ending(_ result: ExitTest.Result?) -> String {
        String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    }

    @Test("draw nothing from logits that aren't numbers")
    func noNumbers() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let model = GPT(
                vocabulary: 5, context: 8, width: 8, heads: 2, layers: 1, using: Random(seed: 8))
            model.tokens.weight.data.assign(.full([], Double.nan, .float32))
            var sampler = TokenSampler(model, after: [1], temperature: 0)
            _ = sampler.next()
        }
        #expect(ending(result).contains("TokenSampler: the model's logits are not finite"))
    }

    @Test("want a cache of its own for each block", arguments: [0, 1, 2, 3])
    func otherCaches(_ fault: Int) async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { [fault] in
            let model = GPT(
                vocabulary: 5, context: 8, width: 8, heads: 2, layers: 2, using: Random(seed: 8))
            let (one, other) = (KeyValueCache(), KeyValueCache())
            let tokens = Tensor([[1, 2]], .int64)
            if fault == 3 {
                _ = model.body.blocks[0](Tensor.ones([1, 2, 8]), mask: nil, cache: one)
            }
            let lists = [[one], [one, other, KeyValueCache()], [one, one], [one, other]]
            _ = model(tokens, caches: lists[fault])
        }
        let text = ending(result)
        #expect(text.contains("TransformerEncoder: ") && text.contains("a cache of its own"))
    }

    @Test("take masks of bools alone, beside padding too", arguments: [0, 1, 2])
    func addedMasks(_ place: Int) async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { [place] in
            let rule = TransformerRule(heads: 2)
            let random = Random(seed: 4)
            let x = Tensor.ones([1, 3, 8])
            let added = Tensor([[0, -1e9, -1e9], [0, 0, -1e9], [0, 0, 0]])
            let padding = Tensor([[false, false, true]])
            if place == 0 {
                let encoder = TransformerEncoder(8, layers: 1, rule, using: random)
                _ = encoder(x, mask: added, padding: padding)
            }
            let decoder = TransformerDecoder(8, layers: 1, rule, using: random)
            if place == 1 { _ = decoder(x, x, mask: added, padding: padding) }
            _ = decoder(x, x, memoryMask: added, memoryPadding: padding)
        }
        let text = ending(result)
        #expect(text.contains("true where a position is seen: mask .== 0 of one that is added"))
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
