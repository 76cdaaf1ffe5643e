import Tensor

// What layers that work on the last axes of each example ask of their input.
extension Layer {
    /// Traps where the last axes of a batch aren't of these sizes.
    final func requireLastAxes(_ shape: Shape, of x: Tensor) {
        if x.shape.suffix(shape.rank).elementsEqual(shape) { return }
        fail("\(type(of: self))", "the last axes of \(x.shape) are not \(shape)")
    }

    /// The shape of an example, which stays what it is; throws where its last axes are others.
    final func shapeByLastAxes(_ shape: Shape, _ input: Shape) throws -> Shape {
        if input.suffix(shape.rank).elementsEqual(shape) { return input }
        throw ShapeError(
            layer: describe, problem: "the last axes of the input \(input) should be \(shape)")
    }
}
