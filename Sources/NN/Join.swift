internal import Autograd
public import Tensor

/// How several outputs become one.
public enum Join: Sendable, Equatable, CustomStringConvertible {
    /// Their sum; the shapes are equal.
    case add
    /// Their product, element by element; the shapes are equal.
    case multiply
    /// One after the other along an axis, counted with the batch axis as 0, which it can't be. The
    /// other axes are equal.
    case concat(axis: Int)

    /// One after the other along the last axis.
    public static var concat: Join { .concat(axis: -1) }

    /// The outputs as one; traps where their shapes don't allow it.
    public func callAsFunction(_ outputs: [Tensor]) -> Tensor {
        guard let first = outputs.first else { fail("Join", "there is nothing to join") }
        do {
            for output in outputs where output.rank == 0 || output.shape[0] != first.shape[0] {
                throw ShapeError(
                    layer: "Join", problem: "\(first.shape) and \(output.shape) differ in batch")
            }
            _ = try outputShape(for: outputs.map { $0.shape.removing(at: 0) }, in: "Join")
        } catch {
            fail("Join", "\((error as? ShapeError)?.problem ?? "\(error)")")
        }
        return switch self {
        case .add: outputs.dropFirst().reduce(first, +)
        case .multiply: outputs.dropFirst().reduce(first, *)
        case .concat(let axis): Tensor.concat(outputs, axis: axis)
        }
    }

    /// The shape of one joined example.
    ///
    /// Throws a `ShapeError` of `layer` where the shapes don't allow it.
    package func outputShape(for shapes: [Shape], in layer: String) throws -> Shape {
        guard let first = shapes.first else { fail("Join", "there is nothing to join") }
        let list = shapes.map { "\($0)" }.joined(separator: " and ")
        guard case .concat(let axis) = self else {
            guard shapes.allSatisfy({ $0 == first }) else {
                throw ShapeError(
                    layer: layer, problem: "the branches give \(list); \(self) needs equal shapes",
                    remedy: "end them with layers of equal size, or join them by concat")
            }
            return first
        }
        let place = axis < 0 ? axis + first.rank : axis - 1
        guard (0..<first.rank).contains(place) else {
            throw ShapeError(
                layer: layer,
                problem: "the branches give \(list), which have no axis \(axis) to lengthen: "
                    + "0 is the batch; use \(first.rank == 1 ? "1 or -1" : "1 to \(first.rank), or -1 to -\(first.rank)")"
            )
        }
        for shape in shapes
        where shape.rank != first.rank
            || shape.replacing(place, with: 0)
                != first.replacing(place, with: 0)
        {
            throw ShapeError(
                layer: layer,
                problem: "the branches give \(list), which differ off axis \(axis)",
                remedy: "bring them to one size there, or flatten each")
        }
        return first.replacing(place, with: shapes.reduce(0) { $0 + $1[place] })
    }

    /// As configs name it: `add`, `multiply`, `concat`.
    public var description: String {
        switch self {
        case .add: "add"
        case .multiply: "multiply"
        case .concat(let axis): axis == -1 ? "concat" : "concat along axis \(axis)"
        }
    }
}
