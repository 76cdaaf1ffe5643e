import Autograd
import NN
import Tensor
import Testing

@Suite("Attention at its edges")
struct AttentionEdgeTests {
    private func normal(_ shape: Shape, _ dtype: DType = .float64) -> Tensor {
        Tensor.normal(shape, .float64, using: Random(seed: 11)).cast(to: dtype)
    }

    private func distance(_ a: Tensor, _ b: Tensor) -> Double {
        (a - b).abs().max().item(as: Double.self)
    }

    @Test("gives a query that −∞ hides all keys from 0, with the derivatives of a mask of bools")
    func hiddenByBias() {
        let q = normal([1, 2, 3, 4]), k = normal([1, 2, 5, 4]) + 0.5
        let v = normal([1, 2, 5, 2]) * 2
        let all = Tensor([true, true, false, true, true]).logicalAnd(
            Tensor([true, false, true]).unsqueeze(1))
        let hidden = Tensor.full([3, 5], -Double.infinity, .float64)
        let bias = Tensor.where(all, Tensor.zeros([3, 5], .float64), hidden)
        func loss(_ x: [Tensor], _ mask: Tensor) -> Tensor {
            Tensor.scaledDotProductAttention(query: x[0], key: x[1], value: x[2], mask: mask)
                .square().sum()
        }
        let direction = [q * 0.3, k.square(), v + 1]
        let slopes = grad { loss(Array($0.dropLast()), $0[3]) }([q, k, v, bias])
        for (a, b) in zip(slopes, grad { loss($0, all) }([q, k, v])) {
            #expect(distance(a, b) < 1e-12)
        }
        #expect(slopes[3][1].values(as: Double.self) == [0, 0, 0, 0, 0])
        let curved = hvp({ loss($0, bias) }, at: [q, k, v], along: direction)
        for (a, b) in zip(curved, hvp({ loss($0, all) }, at: [q, k, v], along: direction)) {
            #expect(distance(a, b) < 1e-12)
        }
    }

    @Test("heads of few elements see many keys", arguments: [1, 2, 3, 4, 5])
    func narrow(_ width: Int) {
        let shape: Shape = [1, 2, 40, width]
        let q = normal(shape), k = normal(shape) + 0.5, v = normal(shape) * 2
        // A bias of zeros takes the way of operations, without the kernel.
        let bias = Tensor.zeros([40, 40], .float64)
        func loss(_ x: [Tensor], _ mask: Tensor?) -> Tensor {
            Tensor.scaledDotProductAttention(query: x[0], key: x[1], value: x[2], mask: mask)
                .square().sum()
        }
        for (a, b) in zip(grad { loss($0, nil) }([q, k, v]), grad { loss($0, bias) }([q, k, v])) {
            #expect(distance(a, b) < 1e-12)
        }
    }

    @Test("what isn't finite and hidden stays so, in every derivative, by bools and by −∞")
    func hiddenNaN() {
        let q = normal([1, 2, 3, 4]), k = normal([1, 1, 5, 4]) + 0.5, v = normal([1, 1, 5, 2])
        let sees = Tensor([true, true, false, true, true])
        let bias = Tensor([0, 0, -Double.infinity, 0, 0], .float64)
        let rows = sees.logicalNot().unsqueeze(1)
        func spoiled(_ x: Tensor) -> Tensor { x.maskedFill(rows, Double.nan) }
        func clean(_ x: Tensor) -> Tensor { x.maskedFill(rows, 0) }
        let tangents = [q.cos(), k.sin(), v.square()]
        for mask in [sees, bias] {
            let attend = { (x: [Tensor]) in
                Tensor.scaledDotProductAttention(query: x[0], key: x[1], value: x[2], mask: mask)
            }
            let loss = { (x: [Tensor]) in attend(x).square().sum() }
            let slopes = { (x: [Tensor]) in grad(loss)(x).map { $0.square().sum() } }
            func results(_ change: (Tensor) -> Tensor) -> [Tensor] {
                let x = [q, change(k), change(v)]
                let along = [tangents[0], change(tangents[1]), change(tangents[2])]
                let second = grad { slopes($0).reduce(Tensor(0, .float64), +) }(x)
                return [attend(x), jvp({ [attend($0)] }, at: x, along: along).tangent[0]]
                    + grad(loss)(x) + second + hvp(loss, at: x, along: tangents)
            }
            for (place, (a, b)) in zip(results(spoiled), results(clean)).enumerated() {
                #expect(distance(a, b) < 1e-12, "\(mask.dtype), result \(place)")
            }
        }
    }

    @Test("a query that isn't finite reaches in gradients the keys alone that it sees")
    func hiddenQueries() {
        let q = normal([4, 3]), k = normal([4, 3]), v = normal([4, 2])
        let isThird = Tensor([false, false, true, false]).unsqueeze(1)
        let all = Tensor([true, false, true, true]).unsqueeze(1)
        // The third query sees nothing, or the last key alone.
        let nothing = all.logicalAnd(isThird.logicalNot()).expand(to: [4, 4])
        let last = nothing.logicalOr(
            isThird.logicalAnd(Tensor([false, false, false, true])))
        func slopes(_ q: Tensor, _ mask: Tensor) -> [Tensor] {
            grad { (x: [Tensor]) in
                let y = Tensor.scaledDotProductAttention(
                    query: q, key: x[0], value: x[1], mask: mask)
                return (y.maskedFill(isThird, 0) * Tensor([1, 2], .float64)).sum()
            }([k, v])
        }
        let spoiled = q.maskedFill(isThird, Double.nan)
        for (a, b) in zip(slopes(spoiled, nothing), slopes(q, nothing)) {
            #expect(distance(a, b) < 1e-12)
        }
        let seen = slopes(spoiled, last)
        for (a, b) in zip(seen, slopes(q, nothing)) {
            #expect(distance(a[0..<3], b[0..<3]) < 1e-12)
        }
        #expect(seen[0][3].isNaN().all().item == 1)
    }

    @Test("what isn't finite reaches those alone that see it, with dropout and float masks too")
    func seenNaN() {
        let q = normal([4, 3]), k = normal([4, 3]), v = normal([4, 2])
        let isLast = Tensor([false, false, false, true]).unsqueeze(1)
        let spoiled = v.maskedFill(isLast, Double.infinity)
        let bias = Tensor.zeros([4, 4], .float64)
            .maskedFill(Tensor.ones([4, 4], .bool).triu(1), -Double.infinity)
        for (keys, values) in [(k, spoiled), (k.maskedFill(isLast, Double.nan), v)] {
            let y = Tensor.scaledDotProductAttention(
                query: q, key: keys, value: values, mask: bias)
            let whole = Tensor.scaledDotProductAttention(query: q, key: k, value: v, mask: bias)
            #expect(distance(y[0..<3], whole[0..<3]) < 1e-12)
            #expect(y[3].isNaN().all().item == 1)
        }
        let mask = Tensor([true, true, false])
        func dropped(_ x: Tensor) -> Tensor {
            let layer = SelfAttention(
                4, heads: 2, dropout: 0.3, dtype: .float64, using: Random(seed: 5))
            return layer(x, mask: mask)
        }
        let x = normal([1, 3, 4])
        let hidden = mask.logicalNot().unsqueeze(1)
        let (a, b) = (dropped(x.maskedFill(hidden, Double.nan)), dropped(x.maskedFill(hidden, 0)))
        #expect(
            distance(a.narrow(axis: 1, start: 0, count: 2), b.narrow(axis: 1, start: 0, count: 2))
                < 1e-12)
    }

    @Test("generates in a captured function what it generates outside")
    func capturedCache() {
        let layer = SelfAttention(
            8, heads: 2, isCausal: true, dtype: .float64, using: Random(seed: 7))
        let x = normal([1, 6, 8]), cache = KeyValueCache()
        let step = capture { (x: Tensor) in noGrad { layer(x, mask: nil, cache: cache) } }
        let parts = (0..<6).map { step(x.narrow(axis: 1, start: $0, count: 1)) }
        #expect(cache.count == 6)
        #expect(distance(Tensor.concat(parts, axis: 1), layer(x)) < 1e-12)
        #expect(step.refusal?.contains("adds to a KeyValueCache") == true)
    }

    @Test("computes halves in float32, with dropout too")
    func halves() {
        let layer = SelfAttention(
            8, heads: 1, dropout: 1e-9, dtype: .bfloat16, using: Random(seed: 7))
        let x = normal([2, 6, 8], .bfloat16) * 8
        let dropping = layer(x)
        layer.eval()
        let whole = layer(x)
        #expect(dropping.dtype == .bfloat16)
        let size = whole.abs().max().item(as: Double.self)
        #expect(distance(dropping, whole) < 0.01 * size)
    }

    @Test("makes floats of integers that positions are added to")
    func integers() {
        let (counts, floats) = (Tensor.ones([1, 3, 2, 2], .int64), Tensor.ones([1, 3, 2, 2]))
        #expect(SinusoidalPositions()(counts).allClose(SinusoidalPositions()(floats)))
        #expect(RotaryPositions()(counts).allClose(RotaryPositions()(floats)))
    }

    @Test("says which mask, which cache and which heads don't fit")
    func sentences() async {
        func words(_ result: ExitTest.Result?) -> String {
            result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
        }
        let floats = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let layer = SelfAttention(4, heads: 1, using: Random(seed: 1))
            _ = layer(Tensor.zeros([1, 3, 4]), mask: Tensor.zeros([3]))
        }
        #expect(words(floats).contains("SelfAttention: the mask [3] is float32"))
        let shape = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let layer = CrossAttention(4, heads: 1, using: Random(seed: 1))
            let x = Tensor.zeros([1, 3, 4])
            _ = layer(x, x, mask: Tensor.zeros([2, 3], .bool))
        }
        #expect(words(shape).contains("CrossAttention: the mask [2, 3] doesn't fit"))
        let cache = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let layer = SelfAttention(4, heads: 1, using: Random(seed: 1)), cache = KeyValueCache()
            _ = layer(Tensor.zeros([1, 3, 4]), mask: nil, cache: cache)
            _ = layer(Tensor.zeros([2, 1, 4]), mask: nil, cache: cache)
        }
        #expect(words(cache).contains("a cache is of one layer and one batch"))
        let heads = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let (q, k) = (Tensor.zeros([1, 0, 3, 4]), Tensor.zeros([1, 3, 3, 4]))
            _ = Tensor.scaledDotProductAttention(query: q, key: k, value: k)
        }
        #expect(words(heads).contains("scaledDotProductAttention: queries [1, 0, 3, 4]"))
    }
}
