import Autograd
import NN
import Tensor
import Testing

@Suite("Embedding")
struct EmbeddingTests {
    @Test("looks rows up, of indices in any dtype")
    func rows() throws {
        let layer = Embedding(5, 3, using: Random(seed: 1))
        let index = Tensor([[0, 4], [-1, 2]], .int64)
        let rows = layer(index)
        #expect(rows.shape == [2, 2, 3])
        #expect(rows[0, 1].values(as: Float.self) == layer.weight[4].values(as: Float.self))
        #expect(rows[1, 0].values(as: Float.self) == layer.weight[4].values(as: Float.self))
        #expect(
            layer(index.cast(to: .float32)).values(as: Float.self) == rows.values(as: Float.self))
        #expect(try layer.outputShape(for: [7]) == [7, 3])
        #expect(layer.describe == "Embedding(5, 3)")
    }

    @Test("leaves the padding row zero and untrained, whatever is learned")
    func padding() {
        let layer = Embedding(4, 2, paddingIndex: -1, using: Random(seed: 1))
        #expect(layer.paddingIndex == 3)
        #expect(layer.weight[3].values() == [Float(0), 0])
        layer(Tensor([3, 1, 3, 1], .int64)).sum().backward()
        let gradient: [Float]? = layer.weight.grad?.values()
        #expect(gradient == [0, 0, 2, 2, 0, 0, 0, 0])
        #expect(layer.describe == "Embedding(4, 2, paddingIndex: 3)")
    }

    @Test("shortens the rows that are looked up, and no others")
    func norms() {
        let ones = Initializer { shape, dtype, _ in .full(shape, 3, dtype) }
        let layer = Embedding(3, 4, maxNorm: 2, initializer: ones, using: Random(seed: 1))
        let rows = layer(Tensor([1, 1, -1], .int64))
        let norms = rows.norm(axes: [-1]).values(as: Double.self)
        #expect(norms.allSatisfy { abs($0 - 2) < 1e-5 })
        let all = layer.weight.norm(axes: [-1]).values(as: Double.self)
        #expect(abs(all[0] - 6) < 1e-5 && abs(all[1] - 2) < 1e-5 && abs(all[2] - 2) < 1e-5)
        rows.sum().backward()
        let gradient: [Float]? = layer.weight.grad?.values()
        #expect(gradient == [0, 0, 0, 0, 2, 2, 2, 2, 1, 1, 1, 1])
    }

    @Test("shortens rows in evaluation without writing them, to the same values")
    func evaluation() {
        let start = Initializer.normal(deviation: 2)
        let (layer, other) = (
            Embedding(6, 4, maxNorm: 1.5, initializer: start, using: Random(seed: 4)),
            Embedding(6, 4, maxNorm: 1.5, initializer: start, using: Random(seed: 4))
        )
        let before: [Float] = layer.weight.values()
        let index = Tensor([5, 0, 2, 0], .int64)
        layer.eval()
        #expect(layer(index).values(as: Float.self) == other(index).values(as: Float.self))
        #expect(layer.weight.values() == before && other.weight.values() != before)
    }

    @Test("stops with a sentence where an index or an option is out of range")
    func misuse() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Embedding(4, 2, paddingIndex: 4, using: Random(seed: 1))
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("Embedding: paddingIndex 4 is out of range for 4 rows"))
    }
}
