public import Tensor

/// Compares the gradient of `f` at `point` with central differences in float64.
///
///     let check = checkGradients({ x in (x * x.sin()).sum() }, at: x)
///     print(check)        // 3 derivatives agree, the worst at x[1]: analytic …, error 1.3e-11
///     #expect(check.passed)
///
/// Inputs are converted to float64; integers and bool stay as they are. A result that is no scalar
/// is weighted by random numbers. Where a difference disagrees, smaller steps and the slopes on
/// both sides tell a wrong gradient from a kink, as that of `relu` at 0. The function is called at
/// least twice for each element.
///
/// - Parameters:
///   - order: 2 to check the gradient of the gradient too.
///   - tolerance: the largest relative error that is accepted.
///   - samples: how many elements of each tensor are checked, at random; nil for all.
///   - countsKinks: whether a point where `f` is not differentiable fails the check.
///   - seed: of the weights and the samples.
public func checkGradients<Tree: TensorTree>(
    _ f: @escaping (Tree) -> Tensor, at point: Tree, order: Int = 1, tolerance: Double = 1e-5,
    samples: Int? = nil, countsKinks: Bool = false, seed: UInt64 = 0
) -> GradientCheck where Tree.Mapped == Tree {
    let tree = point.mapLeaves { leaf in
        guard leaf.dtype.isFloat else { return leaf.detach() }
        return Tensor(leaf.data.checkable, requiresGrad: true, label: leaf.label)
    }
    return GradientComparison(
        of: tree.leaves, order: order, tolerance: tolerance, samples: samples,
        countsKinks: countsKinks, seed: seed
    ) { f(tree) }.run()
}

/// Compares the gradients of what `f` computes by `leaves`, such as the parameters of a model, with
/// central differences.
///
/// While it runs the leaves hold float64 and are changed in place; afterwards they are as before.
/// Data that meets them in `f` should be float64 too. See `checkGradients(_:at:)`.
public func checkGradients(
    by leaves: [Tensor], order: Int = 1, tolerance: Double = 1e-5, samples: Int? = nil,
    countsKinks: Bool = false, seed: UInt64 = 0, _ f: @escaping () -> Tensor
) -> GradientCheck {
    checkGradients(
        by: leaves, order: order, tolerance: tolerance, samples: samples, countsKinks: countsKinks,
        seed: seed, leavingOut: { _, _ in false }, f)
}

/// The same, but for elements that `leavingOut` names by their tensor and index.
package func checkGradients(
    by leaves: [Tensor], order: Int = 1, tolerance: Double = 1e-5, samples: Int? = nil,
    countsKinks: Bool = false, seed: UInt64 = 0,
    leavingOut: @escaping (Tensor, [Int]) -> Bool, _ f: @escaping () -> Tensor
) -> GradientCheck {
    let before = leaves.map(\.data)
    for leaf in leaves {
        guard leaf.requiresGrad, leaf.isLeaf else {
            fail(
                "checkGradients", "\(leaf.label ?? "a tensor") is no leaf that requires a gradient")
        }
        leaf.data = leaf.data.checkable
    }
    defer { for (leaf, data) in zip(leaves, before) { leaf.data = data } }
    return GradientComparison(
        of: leaves, order: order, tolerance: tolerance, samples: samples,
        countsKinks: countsKinks, seed: seed, leavingOut: leavingOut, f
    ).run()
}

extension NDArray {
    /// A float64 copy of its own to be changed element by element.
    fileprivate var checkable: NDArray { cast(to: .float64).copy() }
}
