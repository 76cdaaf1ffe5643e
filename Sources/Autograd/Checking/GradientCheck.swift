import FTSupport
public import Tensor

/// How gradients compare with finite differences; printing it says it in a sentence.
public struct GradientCheck: Sendable {
    /// One partial derivative.
    public struct Element: Sendable {
        /// The position of its tensor among those checked.
        public let tensor: Int
        /// The tensor's label, or `tensor 0`.
        public let name: String
        /// The element in that tensor.
        public let index: [Int]
        /// 1 for the gradient, 2 for the gradient of the gradient.
        public let order: Int
        /// The derivative that the backward pass gave.
        public let analytic: Double
        /// The derivative by central differences.
        public let numeric: Double
        /// The slopes to the left and to the right; they differ where the function has a kink.
        public let slopes: (left: Double, right: Double)
        /// |analytic − numeric| by the larger of the two, or by what differences can resolve.
        public let error: Double
    }

    /// One tensor in one order.
    public struct Part: Sendable {
        /// The tensor's label, or `tensor 0`.
        public let name: String
        /// The tensor's shape.
        public let shape: Shape
        /// 1 for the gradient, 2 for the gradient of the gradient.
        public let order: Int
        /// How many elements were checked.
        public let checked: Int
        /// Whether the backward pass gave the tensor a gradient at all.
        public let isReached: Bool
        /// The element with the largest error, nil if none was checked.
        public let worst: Element?
    }

    /// The largest error that is accepted.
    public let tolerance: Double
    /// The tensors in their order; those of the second order follow.
    public let parts: [Part]
    /// The elements with an error above the tolerance.
    public let failures: [Element]
    /// Where the function is not differentiable. Unless told to count them, they don't fail the
    /// check as long as the gradient lies between the two slopes.
    public let kinks: [Element]
    /// Whether kinks fail the check.
    public let countsKinks: Bool

    /// Whether all gradients are right.
    public var passed: Bool { failures.isEmpty && !(countsKinks && !kinks.isEmpty) }

    /// The element with the largest error, kinks left out.
    public var worst: Element? {
        parts.compactMap(\.worst).max { $0.error < $1.error }
    }

    /// The tensors that the function doesn't depend on, as far as the backward pass knows.
    public var unreached: [String] { parts.filter { $0.order == 1 && !$0.isReached }.map(\.name) }

    /// How many derivatives were compared.
    public var checkedCount: Int { parts.reduce(0) { $0 + $1.checked } }
}

extension GradientCheck: CustomStringConvertible {
    /// How many derivatives agree or are wrong, the worst of them, kinks, and what no gradient
    /// reaches.
    public var description: String {
        var text: String
        if let worst, !failures.isEmpty {
            text = "\(failures.count) of \(checkedCount) derivatives are wrong, the worst \(worst)"
        } else if let worst {
            text = "\(checkedCount) derivatives agree, the worst \(worst)"
        } else {
            text = "there was nothing to check"
        }
        if let first = kinks.first {
            let noun = kinks.count == 1 ? "kink" : "kinks"
            text += "; \(kinks.count) \(noun), the first at \(first.name)\(first.index)"
        }
        if !unreached.isEmpty {
            text += "; no gradient reaches \(unreached.joined(separator: ", "))"
        }
        return text
    }
}

extension GradientCheck.Element: CustomStringConvertible {
    /// Its place, both derivatives and the error, as in `at w[0, 2]: analytic 1.5, numeric 1.25,
    /// error 0.17`.
    public var description: String {
        let what = order == 1 ? "" : ", order \(order)"
        return "at \(name)\(index)\(what): analytic \(Format.short(analytic, digits: 7)), "
            + "numeric \(Format.short(numeric, digits: 7)), error \(Format.short(error, digits: 2))"
    }
}
