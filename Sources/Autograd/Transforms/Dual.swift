import Tensor

/// Forward mode: a tensor's value and its derivative in one direction, carried through ordinary
/// code. An operation on duals computes its result and, by its tangent rule, the result's
/// derivative.
///
/// A dual of an inner level may hold duals of outer levels as primal and tangent: so derivatives
/// nest, and perturbations of different levels don't mix.
final class Dual: Trace {
    let level: Int
    let primal: Tensor
    let tangent: Tensor

    init(level: Int, primal: Tensor, tangent: Tensor) {
        self.level = level
        self.primal = primal
        self.tangent = tangent
    }

    func detached() -> Tensor { primal.detach() }
    var hidesHistory: Bool { primal.hasHistory || tangent.hasHistory }

    /// A tensor that carries a tangent.
    static func lift(_ primal: Tensor, _ tangent: Tensor, level: Int) -> Tensor {
        let dual = Tensor(primal.data)
        dual.trace = Dual(level: level, primal: primal, tangent: tangent)
        return dual
    }

    /// A result's value and tangent; nil if it doesn't depend on anything of this level.
    static func split(_ tensor: Tensor, level: Int) -> (primal: Tensor, tangent: Tensor?) {
        guard let dual = tensor.trace as? Dual, dual.level == level else { return (tensor, nil) }
        return (dual.primal, dual.tangent)
    }

    /// The values and the tangents of a result made of tensors; zeros for those that depend on
    /// nothing of this level.
    static func parts<Output: TensorTree>(
        of output: Output, level: Int
    ) -> (value: Output, tangent: Output) where Output.Mapped == Output {
        let tangent = output.mapLeaves {
            let (primal, tangent) = split($0, level: level)
            return tangent ?? .zeros(like: primal)
        }
        return (output.mapLeaves { split($0, level: level).primal }, tangent)
    }

    func apply(_ op: Op, _ inputs: [Tensor]) -> Tensor {
        let parts = inputs.map { Dual.split($0, level: level) }
        let primals = parts.map(\.primal)
        let y = op.apply(primals)
        guard op.isDifferentiable else { return y }
        var tangent = Dual.tangent(of: op, parts.map(\.tangent), primals, y)
        if tangent.dtype != y.dtype { tangent = tangent.cast(to: y.dtype) }
        return Dual.lift(y, tangent.expand(to: y.shape), level: level)
    }

    private static func tangent(
        of op: Op, _ tangents: [Tensor?], _ primals: [Tensor], _ y: Tensor
    ) -> Tensor {
        if let tangent = op.tangent(tangents, inputs: primals, y: y) { return tangent }
        return byTransposing(op, tangents, primals)
    }

    /// The sum of those that there are, zeros if none.
    static func sum(_ terms: consuming [Tensor?], like y: Tensor) -> Tensor {
        var total: Tensor?
        for index in terms.indices {
            // Taken out of the array, so that addition may write over it.
            guard let term = terms[index].take() else { continue }
            if let sum = total.take() { total = sum + term } else { total = term }
        }
        return total ?? .zeros(like: y)
    }

    /// J v for an op that gives no tangent rule: u ↦ Jᵀu is linear, so its transpose, which a
    /// second backward pass gives, is J.
    private static func byTransposing(
        _ op: Op, _ tangents: [Tensor?], _ primals: [Tensor]
    ) -> Tensor {
        enableGrad {
            let variables = zip(primals, tangents).map { $1 == nil ? $0 : $0.variable }
            let output = op.apply(variables)
            let upstream = Tensor.zeros(like: output)
            upstream.requiresGrad = true
            let made = zip(variables, tangents).filter { $1 != nil }.map(\.0)
            VariableScope.note(made + [upstream])
            let pulled = gradients(
                of: [(output, upstream)], by: variables, graph: .keep, records: true)
            var total: Tensor?
            for (gradient, tangent) in zip(pulled, tangents) {
                guard let gradient, let tangent else { continue }
                let term = (gradient * tangent).sum()
                total = total.map { $0 + term } ?? term
            }
            guard let total, total.requiresGrad,
                let pushed = gradients(of: [(total, .ones(like: total))], by: [upstream])[0]
            else {
                fail(
                    op.name, "no tangent rule, and backward is not made of tensor operations",
                    hint: "override tangent(_:…) for forward mode")
            }
            return pushed
        }
    }
}
