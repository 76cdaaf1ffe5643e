internal import Autograd
public import Tensor

/// Each example with its axes in another order: images [channels, positions] as a sequence of
/// positions.
public final class Permute: Layer {
    /// The axis of an example that comes to each place; 0 is the first one after that of the batch.
    public let axes: [Int]

    /// A layer that orders the axes of an example so. Axes that aren't 0, 1, … in some order trap.
    public init(_ axes: [Int]) {
        guard axes.sorted().elementsEqual(0..<axes.count), axes.count < Shape.maximumRank else {
            fail("Permute", "the axes \(axes)", hint: "name each of 0, 1, … once")
        }
        self.axes = axes
    }

    public override func callAsFunction(_ x: Tensor) -> Tensor {
        guard x.rank == axes.count + 1 else {
            fail("Permute", "\(x.shape) has no batch and \(axes.count) more axes")
        }
        return x.permute([0] + axes.map { $0 + 1 })
    }

    public override func outputShape(for input: Shape) throws -> Shape {
        guard input.rank == axes.count else {
            throw ShapeError(
                layer: describe, problem: "the input \(input) should have \(axes.count) axes")
        }
        return Shape(axes.map { input[$0] })
    }

    public override var describe: String {
        "Permute(\(axes.map(String.init).joined(separator: ", ")))"
    }
}
