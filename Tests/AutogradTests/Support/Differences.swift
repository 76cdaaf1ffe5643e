import Autograd
import OpTable
import Tensor

/// Gradients of a row's weighted result, by the engine and by central differences.
struct GradientProbe {
    let row: OpRow
    let operands: [Tensor]
    let upstream: Tensor

    init(_ row: OpRow, _ operands: [Tensor]) {
        self.row = row
        self.operands = operands
        upstream = Samples.weights(noGrad { row.apply(operands) }.shape)
    }

    /// The positions of the operands that can have gradients.
    var floats: [Int] { operands.indices.filter { operands[$0].dtype.isFloat } }

    /// Σ upstream · f(operands).
    func weightedResult(_ operands: [Tensor]) -> Double {
        let result = noGrad { row.apply(operands) }.doubles
        return zip(result, upstream.doubles).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// The engine's gradients of the weighted result by each float operand; zeros where it left
    /// none.
    func gradients(_ operands: [Tensor], _ upstream: Tensor) -> [Tensor] {
        let leaves = operands.map { $0.leaf() }
        row.apply(leaves).backward(upstream)
        return floats.map { leaves[$0].grad ?? .zeros(like: leaves[$0]) }
    }

    /// Σ over the operands of weights · gradient, as a function of operands and upstream.
    func weightedGradients(_ operands: [Tensor], _ upstream: Tensor) -> Double {
        gradients(operands, upstream).enumerated().reduce(0) { total, item in
            let weights = Samples.weights(item.element.shape, UInt64(11 + item.offset)).doubles
            return total + zip(weights, item.element.doubles).reduce(0) { $0 + $1.0 * $1.1 }
        }
    }

    /// The engine's gradients of `weightedGradients` by each float operand and by the upstream.
    func secondGradients() -> [Tensor] {
        let leaves = operands.map { $0.leaf() }
        let seed = upstream.leaf()
        row.apply(leaves).backward(seed, createGraph: true)
        var total = Tensor(NDArray([0.0], []))
        for (number, position) in floats.enumerated() {
            guard let gradient = leaves[position].grad else { continue }
            let weights = Samples.weights(gradient.shape, UInt64(11 + number))
            total = total + (gradient * weights).sum()
            leaves[position].zeroGrad()
        }
        if total.requiresGrad { total.backward() }
        return (floats.map { leaves[$0] } + [seed]).map { $0.grad ?? .zeros(like: $0) }
    }
}

/// Derivatives of `function` by each element of `tensor`, in the middle of two steps.
func centralDifferences(
    of tensor: Tensor, step: Double = 1e-5, _ function: (Tensor) -> Double
) -> [Double] {
    let values = tensor.doubles
    return values.indices.map { position in
        func at(_ shift: Double) -> Double {
            var moved = values
            moved[position] += shift
            return function(Tensor(NDArray(moved, tensor.shape)))
        }
        return (at(step) - at(-step)) / (2 * step)
    }
}
