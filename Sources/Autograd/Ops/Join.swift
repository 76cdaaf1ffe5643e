public import Tensor

/// y = the inputs one after the other along an axis,  dxᵢ = its part of dy
final class Concat: NaryOp {
    let axis: Int
    init(axis: Int) { self.axis = axis }
    override var saves: Saved { .nothing }
    override func forward(_ inputs: [NDArray]) -> NDArray {
        let total = inputs.reduce(0) { $0.plus($1.shape[axis]) }
        let out = NDArray(
            uninitialized: inputs[0].shape.replacing(axis, with: total), inputs[0].dtype,
            on: inputs[0].backend)
        var start = 0
        for input in inputs {
            let place = out.slice(axis: axis, start: start, count: input.shape[axis])
            Kernel.copy.run(input, into: place)
            start += input.shape[axis]
        }
        return out
    }
    override func backward(_ dy: Tensor, inputs: [Tensor], y: Tensor) -> [Tensor?] {
        var start = 0
        return inputs.map { input in
            defer { start += input.shape[axis] }
            guard input.needsGradient else { return nil }
            return dy.narrow(axis: axis, start: start, count: input.shape[axis])
        }
    }
    override func tangents(_ tangents: [Tensor?], inputs: [Tensor], y: Tensor) -> Tensor? {
        self(zip(tangents, inputs).map { $0 ?? .zeros(like: $1) })
    }
    override func batched(_ inputs: [Tensor], isBatched: [Bool]) -> Tensor? {
        Concat(axis: axis + 1)(Batched.spread(inputs, isBatched))
    }
}

extension Tensor {
    /// The tensors one after the other along an axis; their other axes agree.
    public static func concat(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
        joined(tensors, axis: axis, "concat")
    }

    static func joined(_ tensors: [Tensor], axis: Int, _ operation: String) -> Tensor {
        guard let first = tensors.first else { fail(operation, "there are no tensors to join") }
        let axis = first.shape.axis(axis, operation)
        let dtype = tensors.dropFirst().reduce(first.dtype) {
            DType.promote($0, $1.dtype, operation)
        }
        for tensor in tensors
        where tensor.rank != first.rank
            || tensor.shape.replacing(axis, with: 0) != first.shape.replacing(axis, with: 0)
        {
            fail(
                operation, "shapes \(first.shape) and \(tensor.shape) differ off axis \(axis)")
        }
        return Concat(axis: axis)(tensors.map { $0.cast(to: dtype) })
    }

    /// The tensors side by side along a new axis; their shapes agree.
    public static func stack(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
        guard let first = tensors.first else { fail("stack", "there are no tensors to join") }
        for tensor in tensors where tensor.shape != first.shape {
            fail("stack", "shapes \(first.shape) and \(tensor.shape) differ")
        }
        let place = first.newAxis(axis, "stack")
        return joined(tensors.map { $0.unsqueeze(place) }, axis: place, "stack")
    }

    /// The whole tensor repeated `times` along each of its last axes.
    public final func tile(_ times: [Int]) -> Tensor {
        guard times.allSatisfy({ $0 >= 0 }) else { fail("tile", "\(times) has a negative count") }
        var base = shape
        while base.rank < times.count { base = base.inserting(1, at: 0) }
        let counts = Array(repeating: 1, count: base.rank - times.count) + times
        if counts.allSatisfy({ $0 == 1 }) { return copy().reshape(base) }
        var result = reshape(base)
        for (axis, times) in counts.enumerated() where times != 1 {
            let spread = result.unsqueeze(axis)
            let repeated = spread.expand(to: spread.shape.replacing(axis, with: times))
            let size = result.shape[axis].times(times)
            result = repeated.reshape(result.shape.replacing(axis, with: size))
        }
        return result
    }

    /// Each element repeated `times` along an axis.
    public final func repeated(_ times: Int, axis: Int) -> Tensor {
        let axis = shape.axis(axis, "repeated")
        guard times >= 0 else { fail("repeated", "the count \(times) is negative") }
        if times == 1 { return copy() }
        let spread = unsqueeze(axis + 1)
        let wide = spread.expand(to: spread.shape.replacing(axis + 1, with: times))
        return wide.reshape(shape.replacing(axis, with: shape[axis].times(times)))
    }

    /// The elements moved `shift` places along an axis, those pushed out coming in at the other
    /// end.
    public final func roll(_ shift: Int, axis: Int) -> Tensor {
        let axis = shape.axis(axis, "roll")
        let size = shape[axis]
        if size == 0 { return copy() }
        let cut = (size - shift % size) % size
        if cut == 0 { return copy() }
        return .concat(
            [
                narrow(axis: axis, start: cut, count: size - cut),
                narrow(axis: axis, start: 0, count: cut),
            ], axis: axis)
    }
}
