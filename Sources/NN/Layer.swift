internal import Autograd
public import Tensor

/// A module that makes one tensor of one tensor: what `Sequential`, `Residual` and configs are made
/// of.
///
///     final class Net: Layer {
///         let hidden, output: Linear
///         init(using random: Random) {
///             hidden = Linear(784, 128, using: random)
///             output = Linear(128, 10, using: random)
///         }
///         override func callAsFunction(_ x: Tensor) -> Tensor { output(hidden(x).relu()) }
///     }
open class Layer: Module {
    /// Computes the output; `x` has a batch axis first.
    open func callAsFunction(_ x: Tensor) -> Tensor {
        fail(
            "\(type(of: self))", "the layer doesn't say what it computes",
            hint: "override func callAsFunction(_ x: Tensor) -> Tensor; "
                + "if it has a method forward, rename forward to callAsFunction")
    }

    /// The shape of the output for one example, where `input` is the shape of one example: neither
    /// has the batch axis. Throws a `ShapeError` for input that doesn't fit.
    ///
    /// Without an override the layer is run once on a batch of one example of zeros, and traps
    /// where the input doesn't fit.
    open func outputShape(for input: Shape) throws -> Shape {
        measuredShapes(for: [input]) { self($0[0]) }[0]
    }

    /// Whether the layer can do in its last pass over memory what comes after it.
    var takesEnding: Bool { false }

    /// The output and what comes after it.
    func callAsFunction(_ x: Tensor, ending: Ending) -> Tensor { ending.applied(to: self(x)) }

    /// The layers that this one calls, in their order, with what each gets for one example of shape
    /// `input`; empty where only the layer itself knows.
    func inner(for input: Shape) throws -> [InnerLayer] { [] }
}

/// A layer inside another.
struct InnerLayer {
    /// Its name there.
    let name: String
    let layer: Layer
    /// The shape of one example that it gets.
    let input: Shape
}

extension Sequential {
    /// Computes one example of zeros of each input's shape, as it is used, which leaves no trace on
    /// the model. One input alone has the name "".
    package final func passZeros(_ inputs: [(name: String, shape: Shape)]) {
        _ = measuredShapes(for: inputs.map(\.shape)) { tensors in
            if inputs.count == 1, inputs[0].name.isEmpty { return self(tensors[0]) }
            return self(Dictionary(uniqueKeysWithValues: zip(inputs.map(\.name), tensors)))
        }
    }
}

extension Module {
    /// The shapes of what `run` gives for one example of zeros of each shape, which leaves no trace
    /// on the module. Neither has the batch axis.
    final func measuredShapes<Output: TensorTree>(
        for inputs: [Shape], _ run: ([Tensor]) -> Output
    ) -> [Shape] {
        let inventory = Inventory(of: self)
        let modes = inventory.modules.map { ($0.module, $0.module.isTraining) }
        let positions = inventory.randoms.map { ($0.random, $0.random.position) }
        defer {
            for (module, mode) in modes { module.isTraining = mode }
            for (random, position) in positions { random.position = position }
        }
        for (module, _) in modes { module.isTraining = false }
        let first = inventory.parameters.first?.parameter.data
        let zeros = inputs.map { shape in
            Tensor(
                NDArray.full(
                    shape.inserting(1, at: 0), 0, first?.dtype ?? .float32,
                    on: first?.backend ?? CPUBackend.shared))
        }
        return noGrad { run(zeros) }.leaves.map { output in
            guard output.rank > 0 else {
                fail("\(type(of: self))", "the output is a scalar and has no batch axis")
            }
            return output.shape.removing(at: 0)
        }
    }
}
