import Tensor

// A function of one example, applied to a batch at once:
//
//     vmap { x in x.softmax() }(images)                  // each image, along axis 0
//     vmap(distance, in: [0, nil])(points, centre)       // the same centre for each point
//     vmap(grad(loss))(examples)                         // a gradient for each example
//
// Inside, a tensor has the shape of one example but no elements: operations are carried out on the
// whole batch by their batching rules, never in a loop. Reading a value there, or calling an
// operation that can't be batched, traps with a sentence. `vmap` nests with itself, with gradients
// and with `jvp` in any order. Operations of your own need a `batch` method.

/// `f` for each slice of the argument's tensors along `axis`, the results side by side along the
/// axis `out`.
///
/// Results that don't depend on the argument are repeated, as views. All tensors of the argument
/// have the same size along the axis; keep what all examples share out of it, by capturing it.
public func vmap<Input: TensorTree, Output: TensorTree>(
    _ f: @escaping (Input) -> Output, in axis: Int = 0, out: Int = 0
) -> (Input) -> Output where Input.Mapped == Input, Output.Mapped == Output {
    { input in
        BatchScope.run { scope in scope.collect(f(scope.lift(input, axis)), out) }
    }
}

/// As above for several arguments, each with an axis of its own: nil for an argument that all
/// examples share. No axes at all mean axis 0 for every argument.
public func vmap<each Input: TensorTree, Output: TensorTree>(
    _ f: @escaping (repeat each Input) -> Output, in axes: [Int?] = [], out: Int = 0
) -> (repeat each Input) -> Output
where repeat (each Input).Mapped == each Input, Output.Mapped == Output {
    { (inputs: repeat each Input) in
        BatchScope.run { scope in
            var remaining = axes[...]
            func lifted<T: TensorTree>(_ input: T) -> T where T.Mapped == T {
                if axes.isEmpty { return scope.lift(input, 0) }
                guard let axis = remaining.popFirst() else {
                    fail("vmap", "\(axes.count) axes are too few for the function's arguments")
                }
                return axis.map { scope.lift(input, $0) } ?? input
            }
            let examples = (repeat lifted(each inputs))
            guard remaining.isEmpty else {
                fail("vmap", "\(axes.count) axes are too many for the function's arguments")
            }
            return scope.collect(f(repeat each examples), out)
        }
    }
}

/// One call of `vmap`: its level and the size of its batch.
private final class BatchScope {
    private let level: Int
    private var size: Int?

    private init(level: Int) { self.level = level }

    static func run<R>(_ body: (BatchScope) -> R) -> R {
        let level = TraceLevel.current + 1
        return TraceLevel.$current.withValue(level) { body(BatchScope(level: level)) }
    }

    /// The tree with each tensor standing for one slice of it along an axis.
    func lift<Tree: TensorTree>(_ tree: Tree, _ axis: Int) -> Tree where Tree.Mapped == Tree {
        tree.mapLeaves { leaf in
            let axis = leaf.shape.axis(axis, "vmap")
            let size = self.size ?? leaf.shape[axis]
            guard leaf.shape[axis] == size else {
                fail(
                    "vmap",
                    "axis \(axis) of shape \(leaf.shape) has size \(leaf.shape[axis]), not the "
                        + "\(size) of the batch")
            }
            self.size = size
            return Batched.lift(leaf.moved(axis, to: 0), level: level)
        }
    }

    /// The results of all examples.
    func collect<Tree: TensorTree>(_ tree: Tree, _ axis: Int) -> Tree where Tree.Mapped == Tree {
        guard let size else {
            fail("vmap", "no argument is batched", hint: "give at least one an axis and a tensor")
        }
        return tree.mapLeaves { leaf in
            let (tensor, isBatched) = Batched.split(leaf, level: level)
            let all = isBatched ? tensor : leaf.expand(to: leaf.shape.inserting(size, at: 0))
            return all.moved(0, to: all.shape.axis(axis, "vmap"))
        }
    }
}
