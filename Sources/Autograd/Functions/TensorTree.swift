public import Tensor

/// A value made of tensors: a tensor, an array, dictionary or optional of trees, or a struct of your
/// own that conforms with one line.
///
///     struct Weights: TensorTree {
///         var w, b: Tensor
///         func mapLeaves(_ f: (Tensor) -> Tensor) -> Self { Self(w: f(w), b: f(b)) }
///     }
///
/// Functions such as `grad` take and give trees: a gradient has the structure of the argument.
public protocol TensorTree {
    /// The same structure with a tensor for each tensor: this type itself, for most.
    associatedtype Mapped: TensorTree

    /// The same structure with each tensor replaced, visited in a fixed order.
    func mapLeaves(_ transform: (Tensor) -> Tensor) -> Mapped
}

extension TensorTree {
    /// The tensors in their order.
    public var leaves: [Tensor] {
        var found: [Tensor] = []
        _ = mapLeaves { leaf in
            found.append(leaf)
            return leaf
        }
        return found
    }

    /// The same structure with `leaves` in place of its tensors, in their order.
    public func replacingLeaves(_ leaves: [Tensor]) -> Mapped {
        var position = 0
        return mapLeaves { _ in
            defer { position += 1 }
            guard position < leaves.count else {
                fail("TensorTree", "\(leaves.count) tensors are too few for this tree")
            }
            return leaves[position]
        }
    }
}

extension Tensor: TensorTree {
    /// The replacement of this tensor, which is a tree of one leaf.
    public final func mapLeaves(_ transform: (Tensor) -> Tensor) -> Tensor { transform(self) }
}

extension Array: TensorTree where Element: TensorTree {
    /// The elements' trees in order; an empty array has no leaves.
    public func mapLeaves(_ transform: (Tensor) -> Tensor) -> [Element.Mapped] {
        map { $0.mapLeaves(transform) }
    }
}

extension Optional: TensorTree where Wrapped: TensorTree {
    /// The wrapped tree; nil has no leaves.
    public func mapLeaves(_ transform: (Tensor) -> Tensor) -> Wrapped.Mapped? {
        map { $0.mapLeaves(transform) }
    }
}

/// Visited in the order of the keys' descriptions, so that the order doesn't change between runs.
extension Dictionary: TensorTree where Value: TensorTree {
    /// The values' trees in the order of their keys' descriptions.
    public func mapLeaves(_ transform: (Tensor) -> Tensor) -> [Key: Value.Mapped] {
        let order = keys.sorted { String(describing: $0) < String(describing: $1) }
        var result: [Key: Value.Mapped] = [:]
        for key in order {
            if let value = self[key] { result[key] = value.mapLeaves(transform) }
        }
        return result
    }
}

/// Two trees side by side, where a tuple can't be used as one.
public struct TreePair<First: TensorTree, Second: TensorTree>: TensorTree {
    /// The tree whose leaves come first.
    public var first: First
    /// The tree whose leaves follow.
    public var second: Second

    /// Two trees as one, the leaves of `first` before those of `second`.
    public init(_ first: First, _ second: Second) {
        self.first = first
        self.second = second
    }

    /// The leaves of `first`, then those of `second`.
    public func mapLeaves(
        _ transform: (Tensor) -> Tensor
    ) -> TreePair<First.Mapped, Second.Mapped> {
        TreePair<First.Mapped, Second.Mapped>(
            first.mapLeaves(transform), second.mapLeaves(transform))
    }
}
