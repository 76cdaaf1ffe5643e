public import Tensor

/// An operation given by closures, which may be called again and again.
///
///     let cube = CustomOp(
///         name: "cube",
///         forward: { x in x * x * x },
///         backward: { dy, x, y in dy * x * x * 3 })
///     cube(x)
///
/// `forward` is run without recording. `backward` gives the gradient by each input, from the
/// gradient `dy` by the output; it is made of tensor operations and thereby differentiable itself.
/// `tangent` is the rule of forward mode; without one it is derived from `backward`. Inside `vmap`
/// the closures see one example, so they can't read values there.
public final class CustomOp: NaryOp {
    /// From the gradient by the output, the inputs and the output: the gradient by each input, nil
    /// for inputs that need none.
    public typealias Backward = (_ dy: Tensor, _ inputs: [Tensor], _ y: Tensor) -> [Tensor?]
    /// From the derivatives of the inputs, nil for constant ones, the inputs and the output: the
    /// derivative of the output.
    public typealias Tangent = (_ tangents: [Tensor?], _ inputs: [Tensor], _ y: Tensor) -> Tensor

    private let title: String
    private let compute: ([Tensor]) -> Tensor
    private let pullback: Backward?
    private let pushforward: Tangent?
    private let arity: Int?
    private let isFlaggedDifferentiable: Bool

    /// An operation of any number of tensors.
    ///
    /// - Parameters:
    ///   - backward: nil for an operation that can't be differentiated; `backward()` through it
    ///     stops the program.
    ///   - isDifferentiable: false if the result never carries a gradient, like a comparison.
    public convenience init(
        name: String, isDifferentiable: Bool = true, forward: @escaping ([Tensor]) -> Tensor,
        backward: Backward? = nil, tangent: Tangent? = nil
    ) {
        self.init(name, isDifferentiable, nil, forward, backward, tangent)
    }

    /// An operation of one tensor.
    public convenience init(
        name: String, isDifferentiable: Bool = true, forward: @escaping (Tensor) -> Tensor,
        backward: ((_ dy: Tensor, _ x: Tensor, _ y: Tensor) -> Tensor)? = nil,
        tangent: ((_ dx: Tensor, _ x: Tensor, _ y: Tensor) -> Tensor)? = nil
    ) {
        let pushforward = tangent.map { rule -> Tangent in
            { tangents, inputs, y in
                guard let dx = tangents[0] else { return .zeros(like: y) }
                return rule(dx, inputs[0], y)
            }
        }
        self.init(
            name, isDifferentiable, 1, { forward($0[0]) },
            backward.map { rule in { [rule($0, $1[0], $2)] } }, pushforward)
    }

    /// An operation of two tensors. Its gradients may have the broadcast shape.
    public convenience init(
        name: String, isDifferentiable: Bool = true, forward: @escaping (Tensor, Tensor) -> Tensor,
        backward: ((_ dy: Tensor, _ a: Tensor, _ b: Tensor, _ y: Tensor) -> (Tensor, Tensor))? =
            nil,
        tangent: (
            (_ da: Tensor?, _ db: Tensor?, _ a: Tensor, _ b: Tensor, _ y: Tensor) -> Tensor
        )? = nil
    ) {
        let pullback = backward.map { rule -> Backward in
            { dy, inputs, y in
                let (da, db) = rule(dy, inputs[0], inputs[1], y)
                return [da, db]
            }
        }
        self.init(
            name, isDifferentiable, 2, { forward($0[0], $0[1]) }, pullback,
            tangent.map { rule in { rule($0[0], $0[1], $1[0], $1[1], $2) } })
    }

    private init(
        _ title: String, _ isDifferentiable: Bool, _ arity: Int?,
        _ compute: @escaping ([Tensor]) -> Tensor, _ pullback: Backward?, _ pushforward: Tangent?
    ) {
        self.title = title
        isFlaggedDifferentiable = isDifferentiable
        self.arity = arity
        self.compute = compute
        self.pullback = pullback
        self.pushforward = pushforward
    }

    /// The name it was given.
    public override var name: String { title }
    /// What it was made with.
    public override var isDifferentiable: Bool { isFlaggedDifferentiable }

    /// Applies the operation.
    public func callAsFunction(_ first: Tensor, _ others: Tensor...) -> Tensor {
        self([first] + others)
    }

    /// What the forward closure computes, nothing recorded; traps at another number of tensors than
    /// the closure takes.
    public override func forward(_ inputs: [NDArray]) -> NDArray {
        if let arity, inputs.count != arity {
            fail(title, "\(inputs.count) tensors were given to an operation of \(arity)")
        }
        return noGrad { compute(inputs.map { Tensor($0) }).data }
    }

    /// What the backward closure gives; traps where there is none.
    public override func backward(_ dy: Tensor, inputs: [Tensor], y: Tensor) -> [Tensor?] {
        guard let pullback else {
            fail(
                title, "this operation has no gradient",
                hint: "give it a backward closure, or isDifferentiable: false")
        }
        return pullback(dy, inputs, y)
    }

    /// What the tangent closure gives; nil where there is none, so that the rule is derived.
    public override func tangents(_ tangents: [Tensor?], inputs: [Tensor], y: Tensor) -> Tensor? {
        pushforward?(tangents, inputs, y)
    }

    /// An operation whose closures are mapped over the batch.
    public override func batched(_ inputs: [Tensor], isBatched: [Bool]) -> Tensor? {
        let (title, compute, pullback, pushforward) = (title, compute, pullback, pushforward)
        let forward = { (inputs: [Tensor]) in
            let scope = BatchScope()
            return scope.collect(compute(scope.lift(inputs, where: isBatched)), 0)
        }
        let backward = pullback.map { rule -> Backward in
            { dy, inputs, y in
                let scope = BatchScope()
                let examples = scope.lift(inputs, where: isBatched)
                let result = scope.lift(y, 0)
                let gradients = rule(scope.lift(dy, 0), examples, result)
                return scope.collect(
                    gradients, by: examples, where: isBatched, in: result.shape, title)
            }
        }
        let tangent = pushforward.map { rule -> Tangent in
            { tangents, inputs, y in
                let scope = BatchScope()
                let moved = zip(tangents, isBatched).map { $1 ? scope.lift($0, 0) : $0 }
                let examples = scope.lift(inputs, where: isBatched)
                return scope.collect(rule(moved, examples, scope.lift(y, 0)), 0)
            }
        }
        return CustomOp(title, isDifferentiable, arity, forward, backward, tangent)(inputs)
    }
}
