import Autograd
import NN
import Optim
import Tensor

/// Losses whose minima are known.
enum Problem {
    /// Σ 100 (xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)²: a curved valley to the minimum at (1, …, 1).
    static func rosenbrock(_ x: Tensor) -> Tensor {
        let n = x.count
        let (head, tail) = (x[0..<n - 1], x[1..<n])
        return (100 * (tail - head ** 2) ** 2 + (1 - head) ** 2).sum()
    }

    /// ½ Σ aᵢ (xᵢ − i)²: minimum at (0, 1, 2, …).
    static func quadratic(_ x: Tensor, _ a: [Double]) -> Tensor {
        let offset = x - Tensor.arange(0, x.count).cast(to: .float64)
        return 0.5 * (Tensor(a, .float64) * offset ** 2).sum()
    }

    /// Nine examples with one feature, 0 or 1. Where it is 0, three of four are positive; where it
    /// is 1, one of five is. The most likely bias is ln 3, the most likely weight −ln 12.
    static var feature: Tensor { Tensor([[0], [0], [0], [0], [1], [1], [1], [1], [1]], .float64) }
    static var label: Tensor { Tensor([[1], [1], [1], [0], [1], [0], [0], [0], [0]], .float64) }
    static let bias = 1.0986122886681098
    static let weight = -2.4849066497880004
}
