import Autograd
import Optim
import Tensor
import Testing

@Suite("Gradients as a whole")
struct GradientTests {
    private func parameters(_ gradients: [[Double]]) -> [Parameter] {
        gradients.map { gradient in
            let parameter = Parameter(doubles: gradient)
            parameter.grad = Tensor(NDArray(gradient))
            return parameter
        }
    }

    private func gradients(_ parameters: [Parameter]) -> [[Double]] {
        parameters.map { $0.grad?.values(as: Double.self) ?? [] }
    }

    @Test("clipping by norm scales all together and tells the norm they had")
    func clipNorm() {
        let one = parameters([[3, 4]])
        #expect(one.clipGradients(toNorm: 1).item == 5)
        expectClose(gradients(one)[0], [0.6, 0.8], tolerance: 1e-15)
        let several = parameters([[3], [4]]) + [Parameter(doubles: [100])]
        #expect(several.gradientNorm == 5)
        #expect(several.clipGradients(toNorm: 10).item == 5)
        #expect(gradients(several) == [[3], [4], []])
        several.clipGradients(toNorm: 2.5)
        #expect(gradients(several) == [[1.5], [2], []])
        #expect([Parameter(doubles: [1])].clipGradients(toNorm: 1).item == 0)
    }

    @Test("their norm is one kernel, whatever their number")
    func kernels() {
        let several = parameters([[1, 2], [2, 4], [4], [8]])
        let counter = KernelCounter()
        #expect(counter.count { several.gradientNorm } == Double(105).squareRoot())
        #expect(counter.rows.values.reduce(0) { $0 + $1.launches } == 1)
        #expect([Parameter]().gradientNorm == 0)
    }

    @Test("clipping by value cuts each element")
    func clipValue() {
        let several = parameters([[3, -4], [0.5]])
        several.clipGradients(toValue: 1)
        #expect(gradients(several) == [[1, -1], [0.5]])
    }

    @Test("gradients of several passes are averaged")
    func accumulate() {
        let x = Parameter(doubles: [1, 1])
        for _ in 0..<2 { (x + x).sum().backward() }
        [x].scaleGradients(by: 0.5)
        #expect(gradients([x]) == [[2, 2]])
    }

    @Test("trouble is counted")
    func trouble() {
        let found = Trouble(in: NDArray([1, 0, -2, .nan, .infinity] as [Float]))
        #expect(found.nan == 1 && found.infinite == 1 && found.zero == 1)
    }
}
