import FTSupport
public import Tensor

/// A NaN or an infinity that an operation made, in one sentence:
///
///     the forward of Log made -infinity at [2]; inputs: x float32 [3] from 0 to 4; in 1 Entropy
public struct Anomaly: Error, Sendable, Equatable {
    /// Whether computing the result or the gradients.
    public enum Pass: String, Sendable {
        /// Computing the result.
        case forward
        /// Computing the gradients by the inputs.
        case backward
    }

    /// A tensor that the operation was given.
    public struct Operand: Sendable, Equatable {
        /// The tensor's label, or `result of Mul`.
        public let name: String
        /// The tensor's shape.
        public let shape: Shape
        /// The tensor's dtype.
        public let dtype: DType
        /// The smallest and largest of its finite elements, nil if there are none.
        public let range: ClosedRange<Double>?
        /// Whether it holds NaN already, which then came in from outside.
        public let hasNaN: Bool
    }

    /// The name of the operation. In the backward pass, the one whose gradients were computed.
    public let operation: String
    /// Which of its passes.
    public let pass: Pass
    /// The operation of the backward rule that made the value, nil in the forward pass.
    public let step: String?
    /// The first value that is not finite: NaN or an infinity.
    public let value: Double
    /// Where in the result it stands.
    public let index: [Int]
    /// The tensors that the operation was given in its forward pass.
    public internal(set) var inputs: [Operand]
    /// The scopes (`named`, or the layers of a `Sequential`) in which the operation was called.
    public let place: String?

    /// Whether the NaN was there before: in an input that no watched operation made.
    public var isFromOutside: Bool { inputs.contains(where: \.hasNaN) }

    /// Whether both read the same; a value of NaN equals itself here.
    public static func == (a: Anomaly, b: Anomaly) -> Bool { a.description == b.description }
}

extension Anomaly: CustomStringConvertible {
    /// The sentence, as in the example above.
    public var description: String {
        let position = index.isEmpty ? "" : " at \(index)"
        let rule = step.map { $0 == operation ? "" : " (in its \($0))" } ?? ""
        let made = isFromOutside ? "was given" : "made"
        let what = value.isNaN ? "NaN" : value > 0 ? "infinity" : "-infinity"
        var text = "the \(pass) of \(operation)\(rule) \(made) \(what)"
        if !isFromOutside { text += position }
        let operands = inputs.map(\.description).joined(separator: ", ")
        if !inputs.isEmpty { text += "; inputs: \(operands)" }
        if let place { text += "; in \(place)" }
        return text
    }
}

extension Anomaly.Operand: CustomStringConvertible {
    /// Name, dtype, shape and range, as in `x float32 [3] from 0 to 4`.
    public var description: String {
        var text = "\(name) \(dtype) \(shape)"
        if hasNaN {
            text += " with NaN"
        } else if let range {
            let (low, high) = (
                Format.short(range.lowerBound, digits: 4), Format.short(range.upperBound, digits: 4)
            )
            text += low == high ? " of \(low)" : " from \(low) to \(high)"
        }
        return text
    }

    init(_ tensor: Tensor) {
        let isReadable = tensor.dtype.isFloat && tensor.trace == nil
        let values = isReadable ? tensor.values(as: Double.self) : []
        let finite = values.filter(\.isFinite)
        range = finite.min().flatMap { low in finite.max().map { low...$0 } }
        hasNaN = values.contains(where: \.isNaN)
        shape = tensor.shape
        dtype = tensor.dtype
        name = tensor.label ?? tensor.ctx.map { "result of \($0.name)" } ?? "tensor"
    }
}
