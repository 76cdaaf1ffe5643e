import Autograd
import Optim
import Tensor
import Testing

/// Expects two lists of numbers to agree within `tolerance`.
func expectClose(
    _ found: [Double], _ expected: [Double], tolerance: Double = 1e-12,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(found.count == expected.count, sourceLocation: sourceLocation)
    for (found, expected) in zip(found, expected) {
        #expect(
            abs(found - expected) <= tolerance, "\(found) is not \(expected)",
            sourceLocation: sourceLocation)
    }
}

extension Parameter {
    /// A float64 parameter of these values.
    convenience init(doubles values: [Double]) { self.init(NDArray(values)) }

    var doubles: [Double] { values(as: Double.self) }
}

/// The values of one parameter that starts at 1 after each of several steps.
func trace(
    _ dtype: DType = .float64, gradients: [Double] = [1, -2, 0.5],
    _ make: (Parameter) -> Optimizer,
    before: (Optimizer, Int) -> Void = { _, _ in }
) -> [Double] {
    let parameter = Parameter(NDArray.full([1], 1, dtype))
    let optimizer = make(parameter)
    return gradients.enumerated().map { index, gradient in
        parameter.grad = Tensor(NDArray.full([1], gradient, dtype))
        before(optimizer, index)
        optimizer.step()
        return parameter.doubles[0]
    }
}

/// What a process that failed said.
func message(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
}
