import Autograd
import Tensor
import Testing

@Suite("Linear algebra at the edges")
struct LinearAlgebraCaseTests {
    private func random(_ shape: Shape, _ seed: UInt64 = 3) -> Tensor {
        .normal(shape, .float64, using: Random(seed: seed))
    }

    private func identity(_ size: Int) -> Tensor { .eye(size, .float64) }

    @Test("an ill-conditioned system is solved with a small residual")
    func hilbert() {
        let numbers = Tensor.arange(1, 11, .float64)
        let hilbert = 1 / (numbers.unsqueeze(1) + numbers - 1)
        let x = Tensor.ones([10], .float64)
        let b = hilbert.matmul(x)
        #expect((hilbert.matmul(hilbert.solve(b)) - b).norm().item < 1e-14)
        #expect((hilbert.matmul(hilbert.leastSquares(b)) - b).norm().item < 1e-14)
        #expect(hilbert.conditionNumber().item > 1e13)
    }

    @Test("the gradient of the determinant is right where the matrix is singular")
    func singularDeterminant() {
        let gradient = { (x: Tensor) in grad { $0.determinant() }(x).doubles }
        expect(
            grad { $0.determinant() }(Tensor.constant([[1, 2], [2, 4]])), [4, -2, -2, 1],
            within: 1e-14)
        expect(
            grad { $0.determinant() }(Tensor.constant([[0, 1, 0], [0, 0, 1], [0, 0, 0]])),
            [0, 0, 0, 0, 0, 0, 1, 0, 0], within: 1e-15)
        #expect(gradient(.zeros([3, 3], .float64)) == Array(repeating: 0, count: 9))
        let second = hvp(
            { (x: Tensor) in x.determinant() }, at: Tensor([[1, 2], [2, 4]], .float64),
            along: Tensor([[1, 0], [0, 3]], .float64))
        expect(second, [3, 0, 0, 1], within: 1e-7)
    }

    @Test(
        "a matrix without elements has the norm 0",
        arguments: [[0, 3], [3, 0], [0, 0], [2, 0, 3]] as [Shape])
    func emptyNorms(_ shape: Shape) {
        for kind in [MatrixNorm.frobenius, .nuclear, .spectral, .rows, .columns] {
            let norms = Tensor.zeros(shape, .float64).matrixNorm(kind)
            #expect(norms.shape == Shape(shape.dropLast(2)))
            #expect(norms.doubles.allSatisfy { $0 == 0 })
        }
    }

    @Test("the logarithm of a determinant doesn't overflow, and knows its sign")
    func logDeterminant() {
        let large = identity(400) * 1e3
        #expect(large.determinant().item == .infinity)
        #expect(abs(large.logDeterminant().item - 400 * 6.907755278982137) < 1e-9)
        let negative = Tensor([[-1, 0], [0, 2]], .float64)
        #expect(negative.logDeterminant().item.isNaN)
        #expect(negative.signedLogDeterminant().sign.item == -1)
        let singular = Tensor([[1, 1], [1, 1]], .float64)
        #expect(singular.signedLogDeterminant().sign.item == 0)
        #expect(singular.logDeterminant().item == -.infinity)
    }

    @Test(
        "factors multiply to the matrix",
        arguments: [[5, 3], [3, 5], [4, 4], [2, 6, 4], [1, 1]])
    func products(_ shape: [Int]) {
        let a = random(Shape(shape))
        for complete in [false, true] {
            let (q, r) = a.qr(complete: complete)
            #expect((q.matmul(r) - a).abs().max().item < 1e-14)
            let inner = q.transpose().matmul(q)
            #expect((inner - identity(inner.shape[inner.rank - 1])).abs().max().item < 1e-14)
        }
        let (u, s, vt) = a.svd()
        #expect(((u * s.unsqueeze(-2)).matmul(vt) - a).abs().max().item < 1e-14)
        #expect((s - a.singularValues()).abs().max().item < 1e-14)
        let inverse = a.pseudoInverse()
        #expect((a.matmul(inverse).matmul(a) - a).abs().max().item < 1e-13)
        let symmetric = a.matmul(a.transpose())
        let (w, v) = symmetric.eigh()
        let again = (v * w.unsqueeze(-2)).matmul(v.transpose())
        #expect((again - symmetric).abs().max().item < 1e-13)
        #expect((symmetric.eigh(upper: true).values - w).abs().max().item < 1e-13)
    }

    @Test("repeated values have gradients in functions of values alone")
    func repeated() {
        let x = Tensor.zeros([3, 3], .float64) + identity(3) * 2
        expect(grad { $0.singularValues().sum() }(x), identity(3).doubles)
        expect(grad { $0.eigvalsh().sum() }(x), identity(3).doubles)
        expect(grad { $0.matrixNorm(.nuclear) }(x), identity(3).doubles)
        let vectors = grad { ($0.eigh().vectors * random([3, 3])).sum() }(x).doubles
        #expect(!vectors.allSatisfy { $0.isFinite })
    }

    @Test("matrices without full rank have least squares, a pseudoinverse and a rank")
    func deficient() {
        let a = Tensor([[1, 2], [2, 4], [3, 6]], .float64)
        expect(a.pseudoInverse(), [1, 2, 3, 2, 4, 6].map { $0 / 70 }, within: 1e-15)
        expect(a.leastSquares(Tensor.constant([1, 2, 3])), [0.2, 0.4], within: 1e-14)
        #expect(a.matrixRank().item == 1)
        #expect(Tensor.zeros([2, 3]).matrixRank().item == 0)
        #expect(Tensor.zeros([2, 0]).matrixRank().item == 0)
        #expect(Tensor.zeros([2, 3], .float64).pseudoInverse().doubles == [0, 0, 0, 0, 0, 0])
        #expect(Tensor([[1, 1], [1, 1]], .float64).conditionNumber().item > 1e15)
    }

    @Test("sizes of 0 and 1")
    func small() {
        let none = Tensor.zeros([0, 0], .float64)
        #expect(none.determinant().item == 1)
        #expect(none.logDeterminant().item == 0)
        #expect(none.inverse().shape == [0, 0])
        #expect(none.solve(.zeros([0, 2], .float64)).shape == [0, 2])
        #expect(none.eigh().values.shape == [0])
        #expect(none.cholesky().shape == [0, 0])
        let flat = Tensor.zeros([3, 0], .float64)
        #expect(flat.qr().q.shape == [3, 0] && flat.qr().r.shape == [0, 0])
        #expect(flat.qr(complete: true).q.doubles == identity(3).doubles)
        #expect(flat.svd().u.shape == [3, 0] && flat.svd().vt.shape == [0, 0])
        #expect(flat.pseudoInverse().shape == [0, 3])
        #expect(flat.transpose().leastSquares(.zeros([0], .float64)).doubles == [0, 0, 0])
        #expect(Tensor.zeros([0, 3, 3]).inverse().shape == [0, 3, 3])
        #expect(Tensor.zeros([0, 3, 3]).determinant().shape == [0])
        let one = Tensor([[-4]], .float64)
        #expect(one.inverse().doubles == [-0.25])
        #expect(one.determinant().item == -4)
        #expect(one.svd().s.doubles == [4])
        #expect(one.matrixExponential().item == 0x1.2c155b8213cf4p-6)
    }

    @Test("the exponential of large, of nilpotent and of turning matrices")
    func exponential() {
        expect(
            Tensor([[0, 1, 0], [0, 0, 1], [0, 0, 0]], .float64).matrixExponential(),
            [1, 1, 0.5, 0, 1, 1, 0, 0, 1], within: 1e-15)
        let turn = Tensor([[0, -100], [100, 0]], .float64).matrixExponential()
        let (c, s) = (0.8623188722876839, -0.5063656411097588)
        expect(turn, [c, -s, s, c], within: 1e-13)
        #expect(identity(2).matrixExponential().dtype == .float64)
        let nan = Tensor([[Double.nan, 0], [0, 1]], .float64).matrixExponential()
        #expect(nan.doubles.allSatisfy { $0.isNaN })
    }

    @Test("a matrix is read as its triangle says")
    func triangles() {
        let a = Tensor([[4, 100], [2, 5]], .float64)
        expect(a.cholesky(), [2, 0, 1, 2])
        expect(a.transpose().cholesky(upper: true), [2, 1, 0, 2])
        expect(a.eigvalsh(), symmetricValues)
        expect(a.transpose().eigvalsh(upper: true), symmetricValues)
        expect(a.triangularSolve(Tensor.constant([4, 7])), [1, 1])
    }

    /// Of [[4, 2], [2, 5]].
    private let symmetricValues = [(9 - 17.0.squareRoot()) / 2, (9 + 17.0.squareRoot()) / 2]

    @Test("a captured step factorizes and solves again")
    func captured() {
        let step = capture { (a: Tensor, b: Tensor) in
            let l = (a.matmul(a.transpose()) + Tensor.eye(3, .float64)).cholesky()
            return l.choleskySolve(b) + a.svd().s + a.qr().r.sum(axis: 0) + a.determinant()
        }
        for seed in 1...4 {
            let (a, b) = (random([3, 3], UInt64(seed)), random([3], UInt64(10 + seed)))
            let l = (a.matmul(a.transpose()) + identity(3)).cholesky()
            let plain = l.choleskySolve(b) + a.svd().s + a.qr().r.sum(axis: 0) + a.determinant()
            #expect(step(a, b).doubles == plain.doubles)
        }
    }
}
