public import Tensor

/// One of several inputs of a model, by its name. It stands where a sequence or a branch starts.
///
///     let model = Parallel(.concat) {
///         Sequential { Input("image", [784]); Linear(784, 32, using: random) }
///         Input("meta", [3])
///     }
///     model(["image": images, "meta": meta])
///
/// What it is called with it passes over. A `Checkpointed` layer can't be around it: that would
/// compute it again when the inputs are gone.
public final class Input: Layer {
    /// What the model's caller calls it.
    public let name: String
    /// The shape of one example.
    public let shape: Shape
    /// What the running model was given.
    fileprivate var tensor: Tensor?

    /// An input that the running model is given by `name`.
    ///
    /// - Parameter shape: of one example, without the batch axis.
    public init(_ name: String, _ shape: Shape) {
        self.name = name
        self.shape = shape
    }

    public override func callAsFunction(_ x: Tensor) -> Tensor {
        guard let tensor else {
            fail(
                "Input", "the model was called without its input '\(name)'",
                hint: "call it with a dictionary: model([\"\(name)\": …])")
        }
        return tensor
    }

    public override func outputShape(for input: Shape) throws -> Shape { shape }

    public override var describe: String { "Input(\(name) \(shape))" }
}

extension Layer {
    /// Computes the output of several inputs, which the `Input`s inside have the names of.
    ///
    /// Traps where one that is needed is missing or has another shape, or one that is given has no
    /// `Input`.
    public final func callAsFunction(_ inputs: [String: Tensor]) -> Tensor {
        let places = modules.compactMap { $0 as? Input }
        let known = Set(places.map(\.name))
        if let name = inputs.keys.sorted().first(where: { !known.contains($0) }) {
            fail(
                "\(type(of: self))", "the model has no input '\(name)'",
                hint: "it has \(known.sorted().joined(separator: ", "))")
        }
        defer { for place in places { place.tensor = nil } }
        for place in places {
            guard let tensor = inputs[place.name] else {
                fail("\(type(of: self))", "the input '\(place.name)' is missing")
            }
            guard tensor.rank > 0, tensor.shape.removing(at: 0) == place.shape else {
                fail(
                    "\(type(of: self))",
                    "a batch of '\(place.name)' is \(tensor.shape), not [batch] + \(place.shape)")
            }
            place.tensor = tensor
        }
        guard let first = places.first?.tensor else {
            fail("\(type(of: self))", "the model has no inputs with names")
        }
        return self(first)
    }
}
