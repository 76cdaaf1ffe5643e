import Tensor

/// One call of `vmap`: its level and the size of its batch.
final class BatchScope {
    private let level = TraceLevel.next()
    private var size: Int?

    /// The tree with each tensor standing for one slice of it along an axis, if one is given.
    func lift<Tree: TensorTree>(_ tree: Tree, _ axis: Int?) -> Tree where Tree.Mapped == Tree {
        guard let axis else { return tree }
        return tree.mapLeaves { leaf in
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

    /// Runs the function of one example.
    func run<R>(_ randomness: Randomness, _ body: () -> R) -> R {
        guard randomness == .different, let size else { return body() }
        return DrawScope.with(size: size, lift: { Batched.lift($0, level: self.level) }, body)
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

    /// Inputs of an operation as examples, where they are batched.
    func lift(_ inputs: [Tensor], where isBatched: [Bool]) -> [Tensor] {
        zip(inputs, isBatched).map { input, isBatched in
            guard isBatched else { return input }
            let example = lift(input, 0)
            // Backward closures ask their inputs whether they need a gradient.
            example.requiresGrad = input.requiresGrad
            return example
        }
    }

    /// The gradients by an operation's inputs, from those for one example: of all examples by
    /// inputs that are batched, their sum by others. `output` is the shape of one example's result.
    func collect(
        _ gradients: [Tensor?], by examples: [Tensor], where isBatched: [Bool], in output: Shape,
        _ operation: String
    ) -> [Tensor?] {
        gradients.indices.map { position in
            guard let gradient = gradients[position] else { return nil }
            let fitting = gradient.reduced(to: examples[position].shape, in: output, operation)
            let all = collect(fitting, 0)
            return isBatched[position] ? all : all.sum(axis: 0)
        }
    }
}
