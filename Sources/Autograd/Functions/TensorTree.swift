public import Tensor

/// A value made of tensors: a tensor, an array, dictionary or optional of trees, or a struct of
/// your own that conforms with one line.
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

    /// Appends what tells this structure from another one with as many tensors: how many elements
    /// arrays have, which keys there are, what is nil. There is a default that looks at the stored
    /// properties.
    func describeStructure(to text: inout String)
}

extension TensorTree {
    /// The structures of the stored properties that are trees, and the names of enum cases.
    public func describeStructure(to text: inout String) {
        let mirror = Mirror(reflecting: self)
        text += "("
        if mirror.displayStyle == .enum {
            text += mirror.children.first?.label ?? String(describing: self)
        }
        for child in mirror.children {
            (child.value as? any TensorTree)?.describeStructure(to: &text)
        }
        text += ")"
    }

    /// What tells this structure from others with as many tensors.
    var structure: String {
        var text = ""
        describeStructure(to: &text)
        return text
    }

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
    /// Appends a mark for one tensor.
    public final func describeStructure(to text: inout String) { text += "." }
}

extension Array: TensorTree where Element: TensorTree {
    /// The elements' trees in order; an empty array has no leaves.
    public func mapLeaves(_ transform: (Tensor) -> Tensor) -> [Element.Mapped] {
        map { $0.mapLeaves(transform) }
    }
    /// Appends the elements' structures, in brackets.
    public func describeStructure(to text: inout String) {
        text += "["
        for element in self { element.describeStructure(to: &text) }
        text += "]"
    }
}

extension Optional: TensorTree where Wrapped: TensorTree {
    /// The wrapped tree; nil has no leaves.
    public func mapLeaves(_ transform: (Tensor) -> Tensor) -> Wrapped.Mapped? {
        map { $0.mapLeaves(transform) }
    }
    /// Appends a mark for nil, or the wrapped tree's structure behind another one.
    public func describeStructure(to text: inout String) {
        guard let self else { return text += "-" }
        text += "+"
        self.describeStructure(to: &text)
    }
}

/// Visited in the order of the keys' descriptions, so that the order doesn't change between runs.
extension Dictionary: TensorTree where Value: TensorTree {
    /// The values' trees in the order of their keys' descriptions.
    public func mapLeaves(_ transform: (Tensor) -> Tensor) -> [Key: Value.Mapped] {
        var result: [Key: Value.Mapped] = [:]
        for (key, _) in order {
            if let value = self[key] { result[key] = value.mapLeaves(transform) }
        }
        return result
    }
    /// Appends the keys, each with its value's structure, in their order.
    public func describeStructure(to text: inout String) {
        text += "{"
        for (key, name) in order {
            text += "\(name.utf8.count):\(name)"
            self[key]?.describeStructure(to: &text)
        }
        text += "}"
    }

    private var order: [(key: Key, name: String)] {
        keys.map { ($0, String(describing: $0)) }.sorted { $0.1 < $1.1 }
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
