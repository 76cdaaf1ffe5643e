public import Tensor

/// What a backward pass does with the graph it walks.
public enum GraphPolicy: Sendable {
    /// Leaves it as it is, for another pass.
    case keep
    /// Frees it on the way; tensors that somebody holds keep their elements.
    case prune
    /// Frees it and gives back the elements of every tensor between the leaves and the result,
    /// whoever holds them: reading one afterwards traps.
    case destroy
}

extension Tensor {
    /// Adds to the `grad` of every leaf above this tensor the gradient of Σ upstream · self.
    ///
    /// May be called while another pass is under way, in a hook or a backward function: neither
    /// disturbs the other, but where they share a graph, the first must retain it.
    ///
    /// - Parameters:
    ///   - upstream: the gradient by this tensor, of its shape; ones if nil.
    ///   - retainGraph: keep the graph for another backward pass. Otherwise it is freed on the way.
    ///   - createGraph: record the pass itself, so that the gradients have gradients; implies
    ///     `retainGraph`. A leaf's `grad` then holds a graph that leads back to the leaf: neither
    ///     is freed before `zeroGrad()`. `grad` and tapes make no such cycle.
    public final func backward(
        _ upstream: Tensor? = nil, retainGraph: Bool = false, createGraph: Bool = false
    ) {
        backward(upstream, graph: retainGraph ? .keep : .prune, createGraph: createGraph)
    }

    /// As above, saying what becomes of the graph.
    public final func backward(
        _ upstream: Tensor? = nil, graph: GraphPolicy, createGraph: Bool = false
    ) {
        guard requiresGrad else {
            fail(
                "backward", "no input of this tensor requires a gradient",
                hint: "make a leaf with requiresGrad: true, outside noGrad, or unfreeze() what was "
                    + "frozen")
        }
        let pass = BackwardPass(graph: createGraph ? .keep : graph, records: createGraph)
        pass.run(from: [(self, seed(upstream, "backward"))])
    }

    /// The upstream gradient as given, converted, or ones.
    package final func seed(_ upstream: Tensor?, _ operation: String) -> Tensor {
        guard let upstream else { return .ones(like: self) }
        guard upstream.shape == shape else {
            fail(
                operation, "the upstream gradient has shape \(upstream.shape), not \(shape)",
                hint: "give it the shape of what is differentiated, or leave it out for ones")
        }
        return upstream.cast(to: dtype)
    }

    /// Forgets the accumulated gradient.
    public final func zeroGrad() { grad = nil }

    /// Has `backward()` leave the gradient of this tensor in `grad` though it is no leaf.
    public final func retainGrad() {
        guard requiresGrad else { fail("retainGrad", "this tensor requires no gradient") }
        ensuredExtras.retainsGrad = true
    }

    /// Calls `change` with the gradient of this tensor when all its uses have contributed, before
    /// it flows on. What `change` returns, if anything, takes its place. It may run passes of its
    /// own. A pass that frees the graph drops the hooks inside it. Where none comes, or the tensor is
    /// a leaf, a closure that names the tensor itself keeps it for good: name it `weak`, or
    /// `removeHook` afterwards.
    ///
    /// - Returns: an identifier for `removeHook`.
    @discardableResult
    public final func onGradient(_ change: @escaping (Tensor) -> Tensor?) -> Int {
        guard requiresGrad else { fail("onGradient", "this tensor requires no gradient") }
        let extras = ensuredExtras
        extras.lastHook += 1
        extras.hooks.append((extras.lastHook, change))
        return extras.lastHook
    }

    /// Removes what `onGradient` added.
    public final func removeHook(_ id: Int) {
        extras?.hooks.removeAll { $0.id == id }
    }

    private var ensuredExtras: TensorExtras {
        let present = extras ?? TensorExtras()
        extras = present
        return present
    }
}
