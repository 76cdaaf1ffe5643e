public import Tensor

/// The operations above a tensor as a picture: nodes and arrows, to be written as Mermaid or DOT.
///
///     print(loss.drawing().mermaid)
///
/// An operation and its result are one node. Nodes are numbered from the leaves to the result, in
/// the same order in every run.
public struct GraphDrawing: Sendable {
    /// What a tensor is in its graph.
    public enum Kind: String, Sendable, CaseIterable {
        /// A `Parameter`.
        case parameter
        /// A leaf that requires a gradient.
        case leaf
        /// A leaf that doesn't.
        case constant
        /// The result of an operation.
        case operation
        /// The result of an operation whose record a backward pass has freed.
        case freed
    }

    /// One tensor with the operation that made it.
    public struct Node: Sendable, Equatable {
        /// What the tensor is.
        public let kind: Kind
        /// The name of the operation, nil for leaves.
        public let operation: String?
        /// The tensor's label.
        public let label: String?
        /// What the operation was told: `axes=[1] keepDims`.
        public let attributes: String
        /// The element of a constant scalar.
        public let value: String?
        /// The tensor's shape.
        public let shape: Shape
        /// The tensor's dtype.
        public let dtype: DType
        /// Bytes that the operation's backward pass reads: inputs, output, index or mask.
        public let savedBytes: Int
        /// The nodes of the inputs, in order; an input used twice stands twice.
        public let inputs: [Int]
    }

    /// The nodes; inputs stand before what is made of them, and the last is the result.
    public let nodes: [Node]
    /// Bytes that backward passes over the graph read, those of shared tensors counted once.
    public let savedBytes: Int
    /// How it is drawn.
    public var options: DrawingOptions
}

/// How a graph is drawn.
public struct DrawingOptions: Sendable {
    /// Where the arrows point.
    public enum Direction: String, Sendable {
        /// Inputs on the left, results on the right.
        case leftToRight = "LR"
        /// Inputs above, results below.
        case topDown = "TD"
    }

    /// Where the arrows point.
    public var direction = Direction.leftToRight
    /// Whether nodes show shapes and dtypes.
    public var showsShapes = true
    /// Whether operations show what they were told besides their inputs.
    public var showsAttributes = true
    /// Whether operations show how many bytes their backward pass reads.
    public var showsSavedBytes = false
    /// Whether constants are drawn.
    public var showsConstants = true
    /// Whether kinds of nodes differ in colour.
    public var hasColors = true

    /// The defaults.
    public init() {}
}

extension Tensor {
    /// The graph of operations that this tensor was computed by, for drawing.
    public final func drawing(_ options: DrawingOptions = DrawingOptions()) -> GraphDrawing {
        GraphDrawing(of: self, options)
    }
}
