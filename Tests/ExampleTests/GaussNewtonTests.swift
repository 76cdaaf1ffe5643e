import FakeTensor
import Testing

/// Fits a exp(−b t) + c to data by least squares. Each step solves  JᵀJ d = −Jᵀ r  by conjugate
/// gradients that never see the Jacobian J of the residuals r: `jvp` gives J v, `vjp` gives Jᵀ u.
@Suite("A Gauss-Newton fit")
struct GaussNewtonTests {
    private let times = Tensor.linspace(0, 4, count: 40, .float64)

    private func curve(_ p: Tensor) -> Tensor { p[0] * (-p[1] * times).exp() + p[2] }

    private func step(_ residual: (Tensor) -> Tensor, at point: Tensor) -> Tensor {
        let (r, pullback) = vjp(residual, at: point)
        let (_, pushforward) = linearize(residual, at: point)
        var solution = Tensor.zeros(like: point)
        var rest = -pullback(r)
        var direction = rest
        for _ in 0..<point.count {
            let square = rest.dot(rest)
            if square.item < 1e-30 { break }
            let image = pullback(pushforward(direction))
            let length = square / direction.dot(image)
            solution = solution + length * direction
            rest = rest - length * image
            direction = rest + rest.dot(rest) / square * direction
        }
        return solution
    }

    @Test("finds the parameters of an exponential decay in a few steps")
    func decay() {
        let truth = Tensor([2.5, 1.3, 0.5], .float64)
        let data = curve(truth)
        var p = Tensor([1, 1, 0], .float64)
        var errors: [Double] = []
        for _ in 0..<7 {
            p = (p + step({ curve($0) - data }, at: p)).detach()
            errors.append((p - truth).abs().max().item)
        }
        expect(p, [2.5, 1.3, 0.5], within: 1e-10)
        // Without noise the method converges quadratically: gradient descent gains a constant
        // factor.
        #expect(errors[3] < errors[2] * errors[2] * 10)
    }

    @Test("J v by jvp is what the whole Jacobian gives, and Jᵀ u its transpose")
    func products() {
        let p = Tensor([2, 1, 0.3], .float64)
        let v = Tensor([0.3, -1, 2], .float64)
        let matrix = jacobian(curve)(p)
        #expect(matrix.shape == [40, 3])
        let pushed = jvp(curve, at: p, along: v).tangent
        expect(pushed, matrix.matmul(v).values(), within: 1e-13)
        let pulled = vjp(curve, at: p).pullback(pushed)
        expect(pulled, matrix.transpose().matmul(pushed).values(), within: 1e-12)
    }
}
