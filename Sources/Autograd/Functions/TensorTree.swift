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
    public final func mapLeaves(_ transform: (Tensor) -> Tensor) -> Tensor { transform(self) }
}

extension Array: TensorTree where Element: TensorTree {
    public func mapLeaves(_ transform: (Tensor) -> Tensor) -> [Element.Mapped] {
        map { $0.mapLeaves(transform) }
    }
}

extension Optional: TensorTree where Wrapped: TensorTree {
    public func mapLeaves(_ transform: (Tensor) -> Tensor) -> Wrapped.Mapped? {
        map { $0.mapLeaves(transform) }
    }
}

/// Visited in the order of the keys' descriptions, so that the order doesn't change between runs.
extension Dictionary: TensorTree where Value: TensorTree {
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
    public var first: First
    public var second: Second

    public init(_ first: First, _ second: Second) {
        self.first = first
        self.second = second
    }

    public func mapLeaves(
        _ transform: (Tensor) -> Tensor
    ) -> TreePair<First.Mapped, Second.Mapped> {
        TreePair<First.Mapped, Second.Mapped>(
            first.mapLeaves(transform), second.mapLeaves(transform))
    }
}
