import FakeTensor
import Testing

/// The eigenvalues of the Hessian of a small network's loss by its 17 weights: all of them from the
/// whole matrix, the extremes by Lanczos' method, which only multiplies by it.
@Suite("The Hessian spectrum of a network")
struct HessianSpectrumTests {
    private let sizes = [2, 4, 1]

    private func network(_ flat: Tensor, _ x: Tensor) -> Tensor {
        let parts = flat.split(sizes: [8, 4, 4, 1])
        let hidden = x.linear(parts[0].reshape([4, 2]), parts[1]).tanh()
        return hidden.linear(parts[2].reshape([1, 4]), parts[3])
    }

    /// Mean squared error on exclusive or.
    private func loss(_ flat: Tensor) -> Tensor {
        let x = Tensor([[0, 0], [0, 1], [1, 0], [1, 1]], .float64)
        let y = Tensor([[0], [1], [1], [0]], .float64)
        return (network(flat, x) - y).square().mean()
    }

    @Test("is the same from the whole matrix and by products with it")
    func spectrum() {
        let point = Tensor.normal([17], .float64, using: Random(seed: 3))
        let matrix = hessian(loss)(point)
        let eigenvalues = SymmetricMatrix(matrix).eigenvalues
        let ritz = lanczos(17, start: .normal([17], .float64, using: Random(seed: 4))) { v in
            hvp(loss, at: point, along: v)
        }
        #expect(abs(ritz[0] - eigenvalues[0]) < 1e-8)
        #expect(abs(ritz[ritz.count - 1] - eigenvalues[16]) < 1e-8)
        // Away from a minimum the loss bends both ways.
        #expect(eigenvalues[0] < -1e-3 && eigenvalues[16] > 0.1)
    }

    @Test("has no negative part at a minimum")
    func minimum() {
        let point = Parameter(Random(seed: 3).normal([17], .float64))
        let optimizer = LBFGS(point)
        #expect(optimizer.step(iterations: 300) { loss(point) } < 1e-12)
        let eigenvalues = SymmetricMatrix(hessian(loss)(point.detach())).eigenvalues
        #expect(eigenvalues[0] > -1e-5)
        // Four examples can bend the loss in four directions only; the other thirteen are flat.
        #expect(eigenvalues[12] < 1e-5 && eigenvalues[13] > 1e-4)
    }

    /// Lanczos' method: eigenvalues of the projection on the first powers of the matrix times
    /// `start`, orthogonalized anew in each step. They approach the extremes first.
    private func lanczos(
        _ steps: Int, start: Tensor, _ product: (Tensor) -> Tensor
    ) -> [Double] {
        var basis = [start / start.dot(start).sqrt()]
        var tridiagonal = Array(repeating: Array(repeating: 0.0, count: steps), count: steps)
        for step in 0..<steps {
            var next = product(basis[step])
            tridiagonal[step][step] = basis[step].dot(next).item
            for vector in basis + basis { next = next - vector.dot(next) * vector }
            let norm = next.dot(next).item.squareRoot()
            if step + 1 == steps || norm < 1e-12 { break }
            tridiagonal[step][step + 1] = norm
            tridiagonal[step + 1][step] = norm
            basis.append(next / norm)
        }
        return SymmetricMatrix(Tensor(tridiagonal, .float64)).eigenvalues
    }
}

/// Eigenvalues by Jacobi's rotations: plain, slow and accurate.
struct SymmetricMatrix {
    private var a: [[Double]]

    init(_ matrix: Tensor) {
        let size = matrix.shape[0]
        let values = matrix.values(as: Double.self)
        a = (0..<size).map { Array(values[$0 * size..<($0 + 1) * size]) }
    }

    /// In rising order.
    var eigenvalues: [Double] {
        var copy = self
        for _ in 0..<30 {
            for p in a.indices { for q in a.indices where q > p { copy.rotate(p, q) } }
        }
        return a.indices.map { copy.a[$0][$0] }.sorted()
    }

    /// Makes the elements (p, q) and (q, p) zero.
    private mutating func rotate(_ p: Int, _ q: Int) {
        guard abs(a[p][q]) > 1e-300 else { return }
        let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
        let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        for k in a.indices {
            (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q])
        }
        for k in a.indices {
            (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k])
        }
    }
}
