import Autograd
import Tensor
import Testing

@Suite("Distances of pairs")
struct DistanceCaseTests {
    private let x = Tensor.normal([150, 7], .float64, using: Random(seed: 3))

    @Test(
        "are exactly 0 for equal rows, whose gradient is 0", arguments: [0.5, 1, 2, 3, .infinity])
    func equal(_ order: Double) {
        let wide = x * 1e3 + 1e6
        for dtype in [DType.float32, .float64] {
            let rows = wide.cast(to: dtype)
            let distances = rows.cdist(rows, order: order)
            #expect(distances.diagonal().abs().max().item == 0)
            #expect((distances - distances.transpose()).abs().max().item == 0)
        }
        let one = Tensor([[1, 2, 3]], .float64)
        let slope = grad { $0.cdist(one, order: order).sum() }(one)
        expect(slope, [0, 0, 0])
    }

    @Test("of rows that nearly coincide have exact directions")
    func near() {
        let a = Tensor([[1, 2], [-3, 0.5]])
        let b = a + Tensor([[0x1p-20, 0], [0, -0x1p-21]])
        let slopes = grad { $0.cdist(b).diagonal().sum() }(a)
        expect(slopes, [-1, 0, 0, 1])
        let (_, other) = grad { (a: Tensor, b: Tensor) in a.cdist(b).diagonal().sum() }(a, b)
        expect(other, [1, 0, 0, -1])
    }

    @Test("are the norms of the differences", arguments: [0, 0.5, 1, 2, 3, .infinity])
    func norms(_ order: Double) {
        let (a, b) = (x.reshape([2, 75, 7]), x[..<140].reshape([2, 70, 7]))
        let differences = a.unsqueeze(-2) - b.unsqueeze(-3)
        let expected = differences.vectorNorm(order, axes: [-1])
        #expect(a.cdist(b, order: order).distance(expected.doubles) < 1e-13)
        let halves = a.cast(to: .float16).cdist(b.cast(to: .float16), order: order)
        #expect(halves.dtype == .float16 && halves.shape == [2, 75, 70])
    }

    @Test("of NaN are NaN, of infinities infinite, of nothing 0")
    func odd() {
        let rows = Tensor([[.nan, 1], [.infinity, 1], [0, 1]] as [[Double]])
        for order in [1, 2, 3, Double.infinity] {
            let found = rows.cdist(Tensor([[0, 0]], .float64), order: order).doubles
            #expect(found[0].isNaN && found[1] == .infinity && found[2] == 1)
        }
        #expect(Tensor.zeros([2, 0]).cdist(.zeros([3, 0])).doubles == [0, 0, 0, 0, 0, 0])
    }
}
