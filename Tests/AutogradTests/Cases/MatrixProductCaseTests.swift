import Autograd
import Tensor
import Testing

@Suite("Products of matrices at the edges")
struct MatrixProductCaseTests {
    @Test(
        "expressions give what loops give",
        arguments: [
            ("ii", [[3, 3]], [12.0], []),
            ("ij->ji", [[2, 3]], [0, 3, 1, 4, 2, 5], [3, 2]),
            ("ij->", [[2, 3]], [15], []),
            ("ba", [[2, 3]], [0, 3, 1, 4, 2, 5], [3, 2]),
            ("Ba,b->Bb", [[1, 2], [2]], [0, 1], [1, 2]),
            ("i,i->i", [[3], [3]], [0, 1, 4], [3]),
            ("i,j", [[2], [3]], [0, 0, 0, 0, 1, 2], [2, 3]),
            ("i,i,i", [[3], [3], [3]], [9], []),
            ("...ij,...j->...i", [[2, 1, 2], [2]], [1, 3], [2, 1]),
            ("...->...", [[2]], [0, 1], [2]),
            ("i...->...", [[2, 2]], [2, 4], [2]),
            ("i->i", [[0]], [], [0]),
            ("ij,kj->ik", [[2, 0], [2, 0]], [0, 0, 0, 0], [2, 2]),
            (",i->i", [[], [2]], [0, 0], [2]),
            (" i j , j k -> i k ", [[1, 2], [2, 1]], [1], [1, 1]),
        ] as [(String, [[Int]], [Double], [Int])])
    func einsumExpressions(_ text: String, _ shapes: [[Int]], _ values: [Double], _ shape: [Int]) {
        let operands = shapes.map { shape in
            Tensor.arange(0, shape.reduce(1, *), .float64).reshape(Shape(shape))
        }
        let result = einsum(text, operands)
        #expect(Array(result.shape) == shape)
        expect(result, values)
    }

    @Test("integers stay integers and dtypes are promoted")
    func dtypes() {
        let whole = Tensor.arange(0, 4).reshape([2, 2])
        #expect(einsum("ij,jk", whole, whole).dtype == .int64)
        #expect(einsum("ij,jk", whole, whole.cast(to: .float64)).dtype == .float64)
        #expect(einsum("ii", whole.cast(to: .bool)).item == 1)
        #expect(whole.matrixPower(0).dtype == .int64)
        #expect(whole.trace().item == 3)
    }

    @Test(
        "rows that coincide have the distance 0 and the gradient 0",
        arguments: [1, 2, 3, .infinity])
    func coincident(_ order: Double) {
        let x = Tensor([[1, 2], [3, 4]], .float64)
        let distances = x.cdist(x, order: order)
        #expect(distances[0, 0].item == 0 && distances[1, 1].item == 0)
        let gradient = grad { $0.cdist(Tensor([[1, 2]], .float64), order: order).sum() }(x)
        #expect(gradient[0].doubles == [0, 0])
        #expect(gradient[1].doubles.allSatisfy { $0.isFinite })
    }

    @Test("distances of no coordinates, and counts of differences")
    func fewCoordinates() {
        #expect(
            Tensor.zeros([2, 0]).cdist(.zeros([3, 0])).doubles == Array(repeating: 0, count: 6))
        #expect(Tensor([[1, 2, 3]]).cdist(Tensor([[1, 0, 4]]), order: 0).item == 2)
    }

    @Test("a zero vector has the likeness 0 and finite gradients")
    func zeroVector() {
        let zero = Tensor.zeros([1, 3], .float64)
        let other = Tensor([[1, 2, 2]], .float64)
        #expect(zero.cosineSimilarity(other).item == 0)
        expect(
            grad { $0.cosineSimilarity(other).sum() }(zero), [1e8 / 3, 2e8 / 3, 2e8 / 3],
            within: 1e-6)
        #expect(zero.normalize().doubles == [0, 0, 0])
    }

    @Test("a chain is multiplied in the cheapest order")
    func chain() {
        let matrices = [[10, 100], [100, 5], [5, 50], [50, 1]].enumerated().map {
            Tensor.normal(Shape($1), .float64, using: Random(seed: UInt64($0)))
        }
        let plain = matrices[0].matmul(matrices[1]).matmul(matrices[2]).matmul(matrices[3])
        #expect(Tensor.chainMatMul(matrices).distance(plain.doubles) < 1e-12)
    }

    @Test("diagonals beyond the edge have no elements")
    func beyond() {
        let x = Tensor.arange(0, 6).reshape([2, 3])
        #expect(x.diagonal(offset: 3).shape == [0])
        #expect(x.diagonal(offset: -2).shape == [0])
        #expect(x.diagonal(offset: 2).doubles == [2])
        #expect(x.diagonal(offset: -1).doubles == [3])
        #expect(x.trace(offset: 1).item == 6)
        #expect(Tensor([1, 2]).diag(1).doubles == [0, 1, 0, 0, 0, 2, 0, 0, 0])
    }

    @Test("covariances of one observation, of frequencies and with a scalar variable")
    func covariances() {
        let x = Tensor([[1, 2, 4], [3, 1, 0]], .float64)
        let twice = Tensor([[1, 1, 2, 4], [3, 3, 1, 0]], .float64)
        let counted = x.cov(frequencies: Tensor([2, 1, 1]))
        expect(counted, twice.cov().doubles, within: 1e-14)
        #expect(Tensor([1.0, 3]).cov().item == 2)
        #expect(Tensor([[1.0], [2]]).cov().doubles.allSatisfy { $0.isNaN })
        expect(x.corrcoef().diagonal(), [1, 1], within: 1e-15)
    }
}
