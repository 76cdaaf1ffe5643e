import Tensor

/// X of A X = B of matrices in the last two axes with equal leading axes.
class MatrixEquation: NaryOp {
    func solution(_ a: NDArray, _ b: NDArray) -> NDArray { fail(name, "names no kernel") }

    /// The gradients by both sides; that by `b` is asked for in any case.
    func gradients(_ dy: Tensor, _ a: Tensor, _ b: Tensor, _ y: Tensor) -> [Tensor?] {
        failNoGradient()
    }

    func tangent(
        _ da: Tensor?, _ db: Tensor?, _ a: Tensor, _ b: Tensor, _ y: Tensor
    ) -> Tensor? { nil }

    final func callAsFunction(_ a: Tensor, _ b: Tensor) -> Tensor { self([a, b]) }

    override var autocast: AutocastRule { .float32 }
    final override func forward(_ inputs: [NDArray]) -> NDArray { solution(inputs[0], inputs[1]) }
    final override func backward(_ dy: Tensor, inputs: [Tensor], y: Tensor) -> [Tensor?] {
        gradients(dy, inputs[0], inputs[1], y)
    }
    final override func tangents(_ tangents: [Tensor?], inputs: [Tensor], y: Tensor) -> Tensor? {
        tangent(tangents[0], tangents[1], inputs[0], inputs[1], y)
    }
    final override func batched(_ inputs: [Tensor], isBatched: [Bool]) -> Tensor? {
        let (a, b) = (inputs[0], inputs[1])
        if !isBatched[0], a.rank == 2 { return b.throughColumns { self(a, $0) } }
        return self(Batched.spread(inputs, isBatched))
    }
}

/// X = A⁻¹ B,  dB = A⁻ᵀ dX,  dA = −dB Xᵀ (Giles 2008, "An extended collection of matrix derivative
/// results for forward and reverse mode algorithmic differentiation")
final class Solve: MatrixEquation {
    private let operation: StaticString
    private let isNudged: Bool
    /// `isNudged`: a singular matrix is changed a little instead of refused.
    init(_ operation: StaticString, isNudged: Bool = false) {
        self.operation = operation
        self.isNudged = isNudged
    }
    override func solution(_ a: NDArray, _ b: NDArray) -> NDArray {
        a.solve(b, isNudged ? .nudged : .general, operation)
    }
    override func gradients(_ dy: Tensor, _ a: Tensor, _ b: Tensor, _ y: Tensor) -> [Tensor?] {
        let db = self(a.transpose(), dy)
        return [a.needsGradient ? -MatMul()(db, y.transpose()) : nil, db]
    }
    override func tangent(
        _ da: Tensor?, _ db: Tensor?, _ a: Tensor, _ b: Tensor, _ y: Tensor
    ) -> Tensor? {
        let right = Dual.sum([db, da.map { -MatMul()($0, y) }], like: b)
        return self(a, right)
    }
}

/// X = A⁻¹ B for triangles A, of which the rest is not read,
/// dB = A⁻ᵀ dX,  dA = the triangle of −dB Xᵀ
final class TriangularSolve: MatrixEquation {
    let isUpper: Bool
    let isUnit: Bool
    init(upper: Bool, unit: Bool = false) {
        isUpper = upper
        isUnit = unit
    }
    override func solution(_ a: NDArray, _ b: NDArray) -> NDArray {
        a.solve(b, .triangular(upper: isUpper, unit: isUnit), "triangularSolve")
    }
    override func gradients(_ dy: Tensor, _ a: Tensor, _ b: Tensor, _ y: Tensor) -> [Tensor?] {
        let db = TriangularSolve(upper: !isUpper, unit: isUnit)(a.transpose(), dy)
        return [a.needsGradient ? -triangle(MatMul()(db, y.transpose())) : nil, db]
    }
    override func tangent(
        _ da: Tensor?, _ db: Tensor?, _ a: Tensor, _ b: Tensor, _ y: Tensor
    ) -> Tensor? {
        let right = Dual.sum([db, da.map { -MatMul()(triangle($0), y) }], like: b)
        return self(a, right)
    }

    private func triangle(_ x: Tensor) -> Tensor {
        isUpper ? x.triu(isUnit ? 1 : 0) : x.tril(isUnit ? -1 : 0)
    }
}

/// The shortest X that brings A X nearest to B: X = A⁺ B. With P = A⁺, R = B − A X and Q = I − P A,
/// dB = Pᵀ dX,  dA = −dB Xᵀ + R (P dB)ᵀ + Pᵀ X (Q dX)ᵀ, where the rank of A stays the same (Golub
/// and Pereyra 1973)
final class LeastSquares: MatrixEquation {
    private let tolerance: Double
    init(tolerance: Double) { self.tolerance = tolerance }
    override func solution(_ a: NDArray, _ b: NDArray) -> NDArray {
        a.solve(b, .leastSquares(tolerance: tolerance), "leastSquares")
    }
    override func gradients(_ dy: Tensor, _ a: Tensor, _ b: Tensor, _ y: Tensor) -> [Tensor?] {
        let inverse = PseudoInverse(tolerance: tolerance)(a)
        let db = MatMul()(inverse.transpose(), dy)
        if !a.needsGradient { return [nil, db] }
        let residual = b - MatMul()(a, y)
        let free = dy - MatMul()(inverse, MatMul()(a, dy))
        let first = MatMul()(residual, MatMul()(inverse, db).transpose())
        let second = MatMul()(MatMul()(inverse.transpose(), y), free.transpose())
        return [first + second - MatMul()(db, y.transpose()), db]
    }
    override func tangent(
        _ da: Tensor?, _ db: Tensor?, _ a: Tensor, _ b: Tensor, _ y: Tensor
    ) -> Tensor? {
        let inverse = PseudoInverse(tolerance: tolerance)(a)
        var terms = [db.map { MatMul()(inverse, $0) }]
        if let da {
            let turned = da.transpose()
            let pulled = MatMul()(turned, b - MatMul()(a, y))
            let free = MatMul()(turned, MatMul()(inverse.transpose(), y))
            terms += [
                -MatMul()(inverse, MatMul()(da, y)),
                MatMul()(inverse, MatMul()(inverse.transpose(), pulled)),
                free - MatMul()(inverse, MatMul()(a, free)),
            ]
        }
        return Dual.sum(terms, like: y)
    }
}

extension Tensor {
    /// Runs something on all columns of matrices [examples, rows, columns] side by side.
    fileprivate final func throughColumns(_ body: (Tensor) -> Tensor) -> Tensor {
        let (examples, columns) = (shape[0], shape[2])
        let result = body(moved(0, to: 1).reshape([shape[1], examples * columns]))
        return result.reshape([result.shape[0], examples, columns]).moved(1, to: 0)
    }
}
