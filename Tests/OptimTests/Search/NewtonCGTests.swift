import Autograd
import NN
import Optim
import Tensor
import Testing

@Suite("Newton-CG")
struct NewtonCGTests {
    @Test("solves a quadratic in one step, with as many products as the Hessian has eigenvalues")
    func quadratic() {
        let a = [1.0, 1, 5, 5, 30, 30]
        let x = Parameter(doubles: [5, -4, 3, 7, 1, 2])
        let optimizer = NewtonCG(x, forcing: 1e-10)
        optimizer.step { Problem.quadratic(x, a) }
        expectClose(x.doubles, [0, 1, 2, 3, 4, 5], tolerance: 1e-9)
        #expect(optimizer.productCount == 3)
        #expect(x.grad == nil)
    }

    @Test("finds the end of Rosenbrock's valley", arguments: [2, 10])
    func rosenbrock(_ n: Int) {
        let x = Parameter(doubles: [n == 2 ? -1.2 : 0.5] + Array(repeating: 1, count: n - 1))
        let optimizer = NewtonCG(x)
        let value = optimizer.step(iterations: 60) { Problem.rosenbrock(x) }
        #expect(optimizer.hasConverged)
        expectClose(x.doubles, Array(repeating: 1, count: n), tolerance: 1e-8)
        #expect(value < 1e-16)
    }

    @Test("doubles the correct digits near the minimum")
    func superlinear() {
        let x = Parameter(doubles: [1.1, 1.21])
        let optimizer = NewtonCG(x, forcing: 1e-12)
        var values: [Double] = []
        for _ in 0..<7 where !optimizer.hasConverged {
            values.append(optimizer.step { Problem.rosenbrock(x) })
        }
        // The loss is the square of the distance: its exponent doubles too.
        #expect(values.last ?? 1 < 1e-20)
        #expect(values.count <= 7)
    }

    @Test("leaves a saddle along the negative curvature: x² − y² + y⁴")
    func saddle() {
        let x = Parameter(doubles: [1])
        let y = Parameter(doubles: [1e-3])
        let optimizer = NewtonCG([x, y])
        let value = optimizer.step(iterations: 50) { (x ** 2 - y ** 2 + y ** 4).sum() }
        #expect(abs(value + 0.25) < 1e-14)
        expectClose(x.doubles + y.doubles, [0, 0.5.squareRoot()], tolerance: 1e-8)
    }

    @Test("fits a logistic regression to its closed form, in a module")
    func logistic() {
        let model = Linear(1, 1, dtype: .float64, using: Random(seed: 1))
        let optimizer = NewtonCG(model)
        optimizer.step(iterations: 20) {
            BinaryCrossEntropy()(model(Problem.feature), Problem.label)
        }
        #expect(optimizer.hasConverged)
        expectClose(model.weight.values(), [Problem.weight], tolerance: 1e-7)
        expectClose(model.bias?.values() ?? [], [Problem.bias], tolerance: 1e-7)
    }

    @Test("descends where the loss is linear and the Hessian vanishes")
    func linear() {
        let x = Parameter(doubles: [2, 3])
        let optimizer = NewtonCG(x)
        #expect(optimizer.step { x.sum() } < 5)
    }
}
