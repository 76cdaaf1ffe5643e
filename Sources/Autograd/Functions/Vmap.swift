import Tensor

// A function of one example, applied to a batch at once:
//
//     vmap { x in x.softmax() }(images)                  // each image, along axis 0
//     vmap(distance, in: (0, nil))(points, centre)       // the same centre for each point
//     vmap(grad(loss))(examples)                         // a gradient for each example
//
// Inside, a tensor has the shape of one example but no elements: operations are carried out on the
// whole batch by their batching rules, never in a loop. Reading a value there, or calling an
// operation that can't be batched, traps with a sentence. `vmap` nests with itself, with gradients
// and with `jvp` in any order. Operations of your own need a `batch` method.

/// Whether the examples of a batch draw the same random numbers.
public enum Randomness: Sendable {
    /// All examples see one draw.
    case same
    /// Each example has draws of its own, those of dropout included.
    case different
}

/// `f` for each slice of the argument's tensors along `axis`, the results side by side along the
/// axis `out`.
///
/// Results that don't depend on the argument are repeated, as views. All tensors of the argument
/// have the same size along the axis; keep what all examples share out of it, by capturing it.
///
/// - Parameter randomness: whether examples share what is drawn inside.
public func vmap<Input: TensorTree, Output: TensorTree>(
    _ f: @escaping (Input) -> Output, in axis: Int = 0, out: Int = 0,
    randomness: Randomness = .same
) -> (Input) -> Output where Input.Mapped == Input, Output.Mapped == Output {
    { input in
        let scope = BatchScope()
        let example = scope.lift(input, axis)
        return scope.collect(scope.run(randomness) { f(example) }, out)
    }
}

/// As above for two arguments, each with an axis of its own: nil for one that all examples share.
public func vmap<First: TensorTree, Second: TensorTree, Output: TensorTree>(
    _ f: @escaping (First, Second) -> Output, in axes: (Int?, Int?) = (0, 0), out: Int = 0,
    randomness: Randomness = .same
) -> (First, Second) -> Output
where First.Mapped == First, Second.Mapped == Second, Output.Mapped == Output {
    { first, second in
        let scope = BatchScope()
        let examples = (scope.lift(first, axes.0), scope.lift(second, axes.1))
        return scope.collect(scope.run(randomness) { f(examples.0, examples.1) }, out)
    }
}

/// As above for three arguments; more fit into a tree.
public func vmap<First: TensorTree, Second: TensorTree, Third: TensorTree, Output: TensorTree>(
    _ f: @escaping (First, Second, Third) -> Output, in axes: (Int?, Int?, Int?) = (0, 0, 0),
    out: Int = 0, randomness: Randomness = .same
) -> (First, Second, Third) -> Output
where
    First.Mapped == First, Second.Mapped == Second, Third.Mapped == Third, Output.Mapped == Output
{
    { first, second, third in
        let scope = BatchScope()
        let examples = (scope.lift(first, axes.0), scope.lift(second, axes.1))
        let last = scope.lift(third, axes.2)
        return scope.collect(scope.run(randomness) { f(examples.0, examples.1, last) }, out)
    }
}
