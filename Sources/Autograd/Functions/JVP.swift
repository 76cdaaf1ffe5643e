public import Tensor

/// The value of `f` at `point` and its derivative there in the direction `tangent`: J v, computed
/// forward along with the value.
///
/// `tangent` has the structure, shapes and dtypes of `point`.
public func jvp<Input: TensorTree, Output: TensorTree>(
    _ f: (Input) -> Output, at point: Input, along tangent: Input
) -> (value: Output, tangent: Output) where Input.Mapped == Input, Output.Mapped == Output {
    let level = TraceLevel.next()
    var directions = tangent.leaves[...]
    let duals = point.mapLeaves { leaf in
        guard let direction = directions.popFirst() else {
            fail("jvp", "the tangent has fewer tensors than the point")
        }
        return leaf.dual(direction, level)
    }
    guard directions.isEmpty else { fail("jvp", "the tangent has more tensors than the point") }
    guard tangent.structure == point.structure else {
        fail("jvp", "the tangent differs from the point in structure")
    }
    return Dual.parts(of: f(duals), level: level)
}

/// The value of `f` at `point` and its derivatives there in several directions.
///
/// The value is computed once and all derivatives in one pass, by `vmap` over the tangent rules;
/// `f` itself need not be batchable, but the backward or tangent rule of an operation of your own
/// must be. With `vectorized: false` each direction takes a pass of its own and less memory.
public func jvp<Input: TensorTree, Output: TensorTree>(
    _ f: (Input) -> Output, at point: Input, along directions: [Input], vectorized: Bool = true
) -> (value: Output, tangents: [Output]) where Input.Mapped == Input, Output.Mapped == Output {
    guard let first = directions.first else { fail("jvp", "there are no directions") }
    if !vectorized {
        let results = directions.map { jvp(f, at: point, along: $0) }
        return (results[0].value, results.map(\.tangent))
    }
    guard directions.allSatisfy({ $0.structure == first.structure }) else {
        fail("jvp", "the directions differ in structure")
    }
    let columns = directions.map(\.leaves)
    let stacked = columns[0].indices.map { leaf in Tensor.stack(columns.map { $0[leaf] }) }
    let (value, tangents) = jvp(f, at: point, alongRows: first.replacingLeaves(stacked))
    let rows = tangents.leaves
    return (
        value,
        directions.indices.map { row in tangents.replacingLeaves(rows.map { $0[row] }) }
    )
}

/// As `jvp`, along each row of the tensors in `directions`; the derivatives get an axis in front.
func jvp<Input: TensorTree, Output: TensorTree>(
    _ f: (Input) -> Output, at point: Input, alongRows directions: Input
) -> (value: Output, tangents: Output) where Input.Mapped == Input, Output.Mapped == Output {
    var value: Output?
    let tangents = withoutActuallyEscaping(f) { f in
        vmap { (direction: Input) in
            let result = jvp(f, at: point, along: direction)
            value = result.value
            return result.tangent
        }(directions)
    }
    guard let value else { fail("jvp", "the function was not called") }
    return (value, tangents)
}

extension Tensor {
    fileprivate final func dual(_ direction: Tensor, _ level: Int) -> Tensor {
        guard dtype.isFloat else { return self }
        requireTangent(direction, "jvp")
        return Dual.lift(self, direction.cast(to: dtype), level: level)
    }
}

extension Tensor {
    fileprivate final func requireTangent(_ direction: Tensor, _ operation: String) {
        guard dtype.isFloat, direction.shape != shape else { return }
        fail(operation, "a tangent of shape \(direction.shape) for a point of shape \(shape)")
    }
}

/// The derivative of `f` at `point` in the direction `tangent`.
public func directionalDerivative<Input: TensorTree>(
    _ f: (Input) -> Tensor, at point: Input, along tangent: Input
) -> Tensor where Input.Mapped == Input {
    jvp(f, at: point, along: tangent).tangent
}

/// The value of `f` at `point`, and the function v ↦ J v there.
///
/// The forward pass is recorded once; each call costs two backward passes over the record, the
/// second through the first, which is linear in what it is given.
public func linearize<Input: TensorTree, Output: TensorTree>(
    _ f: (Input) -> Output, at point: Input
) -> (value: Output, pushforward: (Input) -> Output)
where Input.Mapped == Input, Output.Mapped == Output {
    let (output, _, variables) = point.recorded(f)
    let outputs = output.leaves
    let upstreams = outputs.map { leaf in
        let zeros = Tensor.zeros(like: leaf)
        if leaf.dtype.isFloat { zeros.requiresGrad = true }
        return zeros
    }
    VariableScope.note(upstreams)
    let live = zip(outputs, upstreams).filter { $0.0.requiresGrad }.map { ($0, $1) }
    let pulled = enableGrad {
        gradients(of: live, by: variables, graph: .keep, records: true)
    }
    let pushforward = { (tangent: Input) -> Output in
        let directions = tangent.leaves
        guard directions.count == variables.count, tangent.structure == point.structure else {
            fail("linearize", "the tangent differs from the point in structure")
        }
        var total: Tensor?
        for ((variable, gradient), direction) in zip(zip(variables, pulled), directions) {
            variable.requireTangent(direction, "linearize")
            guard let gradient else { continue }
            let term = enableGrad { (gradient * direction.cast(to: gradient.dtype)).sum() }
            total = total.map { sum in enableGrad { sum + term } } ?? term
        }
        let pushed =
            total.map { gradients(of: [($0, .ones(like: $0))], by: upstreams, graph: .keep) }
            ?? upstreams.map { _ in nil }
        return output.replacingLeaves(zip(pushed, outputs).map { $0 ?? .zeros(like: $1) })
    }
    return (output.mapLeaves(\.withoutHistory), pushforward)
}
