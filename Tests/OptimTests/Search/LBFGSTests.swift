import Autograd
import NN
import Optim
import Tensor
import Testing

@Suite("L-BFGS")
struct LBFGSTests {
    @Test("finds the end of Rosenbrock's valley", arguments: [2, 10])
    func rosenbrock(_ n: Int) {
        let x = Parameter(doubles: (0..<n).map { $0 % 2 == 0 ? -1.2 : 1 })
        let optimizer = LBFGS(x)
        let value = optimizer.step(iterations: 200) { Problem.rosenbrock(x) }
        #expect(optimizer.hasConverged)
        expectClose(x.doubles, Array(repeating: 1, count: n), tolerance: 1e-8)
        #expect(value < 1e-16)
        // Steepest descent needs tens of thousands.
        #expect(optimizer.evaluationCount < 150)
        #expect(x.grad == nil)
    }

    @Test("ends on a quadratic of n variables after n steps that search the line to its minimum")
    func quadratic() {
        let a = [1.0, 3, 10, 40, 100]
        let x = Parameter(doubles: [5, -4, 3, 7, 1])
        let optimizer = LBFGS(x, tolerance: 1e-7, curvature: 2e-4)
        var steps = 0
        while !optimizer.hasConverged, steps < 20 {
            optimizer.step { Problem.quadratic(x, a) }
            steps += 1
        }
        #expect(steps == 5)
        expectClose(x.doubles, [0, 1, 2, 3, 4], tolerance: 1e-8)
    }

    @Test("makes steps that meet the strong Wolfe conditions", arguments: [0.9, 0.1])
    func wolfe(_ curvature: Double) {
        let x = Parameter(doubles: [-1.2, 1, 2, -3])
        let optimizer = LBFGS(x, history: 3, curvature: curvature)
        let gradient = grad { Problem.rosenbrock($0) }
        for _ in 0..<25 {
            let (start, value) = (x.detach().copy(), Problem.rosenbrock(x).item)
            let after = optimizer.step { Problem.rosenbrock(x) }
            #expect(after == Problem.rosenbrock(x).item)
            let end = x.detach().copy()
            let slope = gradient(start).dot(end - start).item
            #expect(slope < 0)
            #expect(after <= value + 1e-4 * slope)
            #expect(abs(gradient(end).dot(end - start).item) <= -curvature * slope)
        }
    }

    @Test("stops where the loss is not a number, and moves nothing")
    func notANumber() {
        let x = Parameter(doubles: [-1])
        let optimizer = LBFGS(x)
        #expect(optimizer.step(iterations: 5) { x.log().sum() }.isNaN)
        #expect(optimizer.hasConverged && x.doubles == [-1])
    }

    @Test("fits a logistic regression to its closed form, in a module")
    func logistic() {
        let model = Linear(1, 1, dtype: .float64, using: Random(seed: 1))
        let optimizer = LBFGS(model)
        optimizer.step(iterations: 50) {
            BinaryCrossEntropy()(model(Problem.feature), Problem.label)
        }
        expectClose(model.weight.values(), [Problem.weight], tolerance: 1e-7)
        expectClose(model.bias?.values() ?? [], [Problem.bias], tolerance: 1e-7)
    }

    @Test("steps back from where the loss is not a number: x − log x")
    func domain() {
        let x = Parameter(doubles: [20])
        let optimizer = LBFGS(x)
        optimizer.step(iterations: 50) { (x - x.log()).sum() }
        expectClose(x.doubles, [1], tolerance: 1e-8)
    }

    @Test("leaves frozen parameters alone and works in float32")
    func frozen() {
        let moving = Parameter(NDArray([4, -4] as [Float]))
        let still = Parameter(NDArray([4, -4] as [Float]), frozen: true)
        let optimizer = LBFGS([moving, still], tolerance: 1e-5)
        optimizer.step(iterations: 30) { ((moving - 1) ** 2 + still ** 2).sum() }
        expectClose(moving.doubles, [1, 1], tolerance: 1e-5)
        #expect(still.doubles == [4, -4])
        #expect(moving.dtype == .float32)
    }

    @Test("stays where the gradient vanishes")
    func stationary() {
        let x = Parameter(doubles: [1, 1])
        let optimizer = LBFGS(x)
        #expect(optimizer.step(iterations: 5) { Problem.rosenbrock(x) } == 0)
        #expect(optimizer.hasConverged)
        #expect(optimizer.evaluationCount == 1)
    }
}
