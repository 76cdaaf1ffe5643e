internal import Autograd
public import Tensor

/// Each example as one vector: [batch, …] becomes [batch, elements].
public final class Flatten: Layer {
    public override func callAsFunction(_ x: Tensor) -> Tensor {
        guard x.rank > 0 else { fail("Flatten", "a scalar has no batch axis") }
        return x.reshape([x.shape[0], x.shape.dropFirst().reduce(1, *)])
    }

    public override func outputShape(for input: Shape) throws -> Shape { [input.elementCount] }
}

/// Each example under another shape. One size may be −1: whatever is left.
public final class Reshape: Layer {
    /// The shape of one example.
    public let shape: Shape

    /// A layer whose output has as many elements an example as its input; others trap.
    ///
    /// - Parameter shape: of one example, without the batch axis.
    public init(_ shape: Shape) { self.shape = shape }

    public override func callAsFunction(_ x: Tensor) -> Tensor {
        guard x.rank > 0 else { fail("Reshape", "a scalar has no batch axis") }
        do {
            let example = try outputShape(for: x.shape.removing(at: 0))
            return x.reshape(example.inserting(x.shape[0], at: 0))
        } catch {
            fail("Reshape", (error as? ShapeError)?.problem ?? "\(error)")
        }
    }

    public override func outputShape(for input: Shape) throws -> Shape {
        let count = input.elementCount
        guard let wildcard = shape.firstIndex(of: -1) else {
            if shape.allSatisfy({ $0 >= 0 }), shape.elementCount == count { return shape }
            throw misfit(input)
        }
        let known = shape.removing(at: wildcard)
        guard known.allSatisfy({ $0 > 0 }), count % known.elementCount == 0 else {
            throw misfit(input)
        }
        return shape.replacing(wildcard, with: count / known.elementCount)
    }

    private func misfit(_ input: Shape) -> ShapeError {
        ShapeError(
            layer: describe,
            problem: "the \(input.elementCount) elements of the input \(input) don't fill \(shape)")
    }

    public override var describe: String { "Reshape(\(shape))" }
}
