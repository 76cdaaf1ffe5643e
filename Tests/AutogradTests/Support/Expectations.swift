import Autograd
import Tensor
import Testing

/// Expects a tensor's elements to be the numbers given, in row-major order.
func expect(
    _ tensor: Tensor?, _ expected: [Double], within tolerance: Double = 1e-9,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard let tensor else {
        Issue.record("there is no tensor", sourceLocation: sourceLocation)
        return
    }
    let distance = tensor.distance(expected)
    #expect(
        distance <= tolerance, "\(tensor) is not \(expected)", sourceLocation: sourceLocation)
}

/// Expects a process that failed to have said a sentence.
func expectSentence(
    _ result: ExitTest.Result?, _ sentence: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains(sentence), "\(text)", sourceLocation: sourceLocation)
}

extension Tensor {
    /// A float64 leaf that requires a gradient.
    static func leaf(_ values: some NestedNumbers) -> Tensor {
        Tensor(values, .float64, requiresGrad: true)
    }

    /// A float64 tensor without gradient.
    static func constant(_ values: some NestedNumbers) -> Tensor { Tensor(values, .float64) }

    /// The gradient of this tensor by `leaf`, itself differentiable.
    func derivative(by leaf: Tensor) -> Tensor {
        leaf.zeroGrad()
        backward(createGraph: true)
        let gradient = leaf.grad ?? .zeros(like: leaf)
        leaf.zeroGrad()
        return gradient
    }
}
