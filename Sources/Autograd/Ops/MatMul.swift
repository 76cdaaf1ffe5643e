public import Tensor

/// y = a · b over the last two axes, batch axes broadcast,  da = dy · bᵀ,  db = aᵀ · dy
final class MatMul: BinaryOp {
    override var autocast: AutocastRule { .half }
    override var saves: Saved { .inputs }
    override func forward(_ a: NDArray, _ b: NDArray) -> NDArray { a.matmul(b) }
    override func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        MatMul()(dy, b.transpose())
    }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        if b.rank == 2, a.rank > 2 {
            // One product over all batches instead of a sum of products.
            return MatMul()(a.asRows.transpose(), dy.asRows)
        }
        return MatMul()(a.transpose(), dy)
    }
    override func tangent(
        _ da: Tensor?, _ db: Tensor?, a: Tensor, b: Tensor, y: Tensor
    ) -> Tensor? {
        Dual.sum([da.map { self($0, b) }, db.map { self(a, $0) }], like: y)
    }
    override func batch(_ a: Tensor, _ b: Tensor, isBatched: (a: Bool, b: Bool)) -> Tensor? {
        if !isBatched.a, a.rank == 2, b.rank == 3, b.shape[2] == 1 {
            // One matrix and many columns: bᵀ · aᵀ is a single product.
            return self(b.transpose(), a.transpose()).transpose()
        }
        return apply(Batched.aligned([a, b], [isBatched.a, isBatched.b]))
    }
}

/// y = x · Wᵀ + b for x [.., in], W [out, in], b [out], in one pass,
/// dx = dy · W,  dW = dyᵀ · x,  db = Σ dy
final class Affine: NaryOp {
    override var autocast: AutocastRule { .half }
    override var saves: Saved { [.first, .second] }
    override func forward(_ inputs: [NDArray]) -> NDArray {
        inputs[0].matmul(inputs[1].transpose(), bias: inputs.count > 2 ? inputs[2] : nil)
    }
    override func backward(_ dy: Tensor, inputs: [Tensor], y: Tensor) -> [Tensor?] {
        let (x, weight) = (inputs[0], inputs[1])
        let rows = dy.asRows
        let dx = x.needsGradient ? MatMul()(dy, weight) : nil
        let dw = weight.needsGradient ? MatMul()(rows.transpose(), x.asRows) : nil
        if inputs.count == 2 { return [dx, dw] }
        return [dx, dw, inputs[2].needsGradient ? rows.sum(axis: 0) : nil]
    }
    override func tangents(_ tangents: [Tensor?], inputs: [Tensor], y: Tensor) -> Tensor? {
        let (x, weight) = (inputs[0], inputs[1])
        let byInput = tangents[0].map { Affine()([$0, weight]) }
        // The bias's tangent is added by the product's own pass.
        let bias = tangents.dropFirst(2).compactMap { $0 }
        let byWeight = tangents[1].map { Affine()([x, $0] + bias) } ?? bias.first
        return Dual.sum([byInput, byWeight], like: y)
    }
    override func batched(_ inputs: [Tensor], isBatched: [Bool]) -> Tensor? {
        if !isBatched.dropFirst().contains(true) { return self(inputs) }
        let (x, weight) = (inputs[0], inputs[1])
        let operands = Batched.aligned([x, weight.transpose()], [isBatched[0], isBatched[1]])
        let product = MatMul()(operands[0], operands[1])
        if inputs.count == 2 { return product }
        let isProductBatched = isBatched[0] || isBatched[1]
        let terms = Batched.aligned([product, inputs[2]], [isProductBatched, isBatched[2]])
        return terms[0] + terms[1]
    }
}

extension Tensor {
    /// The last axis as columns and all others as rows, also where sizes are 0.
    fileprivate final var asRows: Tensor {
        reshape([shape.dropLast().reduce(1, *), shape[rank - 1]])
    }

    /// The matrix product, by NumPy's rules: vectors are rows on the left and columns on the right,
    /// leading axes are batches and broadcast. Traps where the inner sizes differ.
    public final func matmul(_ other: Tensor) -> Tensor {
        let op = MatMul()
        let (a, b) = Tensor.promoted(self, other, for: op, "matmul")
        guard a.rank > 0, b.rank > 0 else {
            fail(
                "matmul", "\(shape) × \(other.shape): a scalar has no axes", hint: "multiply by *")
        }
        guard a.shape[a.rank - 1] == b.shape[Swift.max(b.rank - 2, 0)]
        else {
            fail(
                "matmul", "inner sizes differ: \(shape) × \(other.shape)",
                hint: "the last axis of the first must equal the last but one of the second")
        }
        let left = a.rank == 1 ? a.unsqueeze(0) : a
        let right = b.rank == 1 ? b.unsqueeze(1) : b
        var product = op(left, right)
        if b.rank == 1 { product = product.squeeze(-1) }
        if a.rank == 1 { product = product.squeeze(b.rank == 1 ? -1 : -2) }
        return product
    }

    /// x · weightᵀ + bias: x [.., in], weight [out, in], bias [out] or nil.
    public final func linear(_ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
        guard rank >= 1, weight.rank == 2, shape[rank - 1] == weight.shape[1] else {
            fail(
                "linear", "input \(shape) doesn't fit weight \(weight.shape)",
                hint: "the input's last axis must equal the weight's second")
        }
        if let bias, bias.shape != [weight.shape[0]] {
            fail("linear", "bias \(bias.shape) doesn't fit weight \(weight.shape)")
        }
        if rank == 1 { return unsqueeze(0).linear(weight, bias).squeeze(0) }
        let op = Affine()
        let (x, w) = Tensor.promoted(self, weight, for: op, "linear")
        return op([x, w] + (bias.map { [$0.cast(to: x.dtype)] } ?? []))
    }

    /// Σ aᵢ bᵢ of two vectors.
    public final func dot(_ other: Tensor) -> Tensor {
        guard rank == 1, other.rank == 1 else {
            fail("dot", "shapes \(shape) and \(other.shape) are not vectors", hint: "use matmul")
        }
        guard count == other.count else {
            fail("dot", "vectors \(shape) and \(other.shape) differ in size")
        }
        return matmul(other)
    }

    /// aᵢ bⱼ of two vectors: shape [a.count, b.count].
    public final func outer(_ other: Tensor) -> Tensor {
        guard rank == 1, other.rank == 1 else {
            fail("outer", "shapes \(shape) and \(other.shape) are not vectors")
        }
        return unsqueeze(1) * other.unsqueeze(0)
    }

    /// The sum of products over the last `axes` axes of this and the first `axes` of the other.
    public final func tensordot(_ other: Tensor, axes: Int = 2) -> Tensor {
        guard axes >= 0, axes <= rank, axes <= other.rank,
            Array(shape.suffix(axes)) == Array(other.shape.prefix(axes))
        else { fail("tensordot", "\(axes) axes of \(shape) and \(other.shape) don't agree") }
        let inner = shape.suffix(axes).reduce(1, *)
        let left = reshape([shape.dropLast(axes).reduce(1, *), inner])
        let right = other.reshape([inner, other.shape.dropFirst(axes).reduce(1, *)])
        let result = Shape(Array(shape.dropLast(axes)) + Array(other.shape.dropFirst(axes)))
        return left.matmul(right).reshape(result)
    }
}
