public import Tensor

/// A part of a model: what it computes, and the parameters, buffers and smaller modules it is made
/// of.
///
/// Subclass it, keep the parts in stored properties and say how they work together. Nothing has to
/// be registered; a parameter is named after the properties on the way to it (`hidden.weight`).
///
///     final class Net: Module {
///         let hidden, output: Linear
///         init(using random: Random) {
///             hidden = Linear(784, 128, using: random)
///             output = Linear(128, 10, using: random)
///         }
///         override func callAsFunction(_ x: Tensor) -> Tensor { output(hidden(x).relu()) }
///     }
///
/// Found are `Parameter`, `Buffer`, `Module` and `Random` in stored properties, superclasses
/// included, also inside optionals, arrays, dictionaries and tuples, but not inside structs.
open class Module: CustomStringConvertible {
    /// Whether the module is being trained; dropout is active only then.
    public final internal(set) var isTraining = true

    public init() {}

    /// Computes the output; `x` has a batch axis first.
    open func callAsFunction(_ x: Tensor) -> Tensor {
        fail("\(type(of: self))", "callAsFunction is not implemented")
    }

    /// The shape of the output for one example, where `input` is the shape of one example: neither
    /// has the batch axis. Throws a `ShapeError` for input that doesn't fit.
    ///
    /// Without an override the module is run once on a batch of one example of zeros, and traps
    /// where the input doesn't fit.
    open func outputShape(for input: Shape) throws -> Shape { measuredShape(for: input) }

    /// The module in one line, its options included.
    open var describe: String { "\(type(of: self))" }

    /// The parts that are searched for parameters, with their names: the stored properties.
    open var members: [(name: String, value: Any)] { storedProperties }

    public final var description: String { describe }
}

extension Module {
    /// Parameters with dotted names in the order of their declaration. One that is reached several
    /// times is listed once, by the first name; see `aliases`.
    public final var namedParameters: [(name: String, parameter: Parameter)] {
        Inventory(of: self).parameters
    }

    /// The parameters, each once.
    public final var parameters: [Parameter] { namedParameters.map(\.parameter) }

    /// Buffers with dotted names, each once.
    public final var namedBuffers: [(name: String, buffer: Buffer)] { Inventory(of: self).buffers }

    /// The buffers, each once.
    public final var buffers: [Buffer] { namedBuffers.map(\.buffer) }

    /// This module, named "", and all modules inside it, each once.
    public final var namedModules: [(name: String, module: Module)] {
        Inventory(of: self).modules
    }

    /// This module and all modules inside it, each once.
    public final var modules: [Module] { namedModules.map(\.module) }

    /// The random streams that modules such as dropout draw from. Their positions belong to the
    /// state of a training run that is to be resumed exactly.
    public final var namedRandoms: [(name: String, random: Random)] {
        Inventory(of: self).randoms
    }

    /// Further names of shared parameters and buffers, and the names they are listed by.
    public final var aliases: [(alias: String, name: String)] { Inventory(of: self).aliases }

    /// The number of elements of all parameters.
    public final var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

    /// The number of elements of the parameters that are not frozen.
    public final var trainableCount: Int {
        parameters.reduce(0) { $0 + ($1.requiresGrad ? $1.count : 0) }
    }

    /// Switches this module and all inside it to training.
    public final func train() { setTraining(true) }

    /// Switches this module and all inside it to evaluation.
    public final func eval() { setTraining(false) }

    private func setTraining(_ isTraining: Bool) {
        for module in modules { module.isTraining = isTraining }
    }

    /// Excludes all parameters from training and drops their gradients.
    public final func freeze() {
        for parameter in parameters {
            parameter.requiresGrad = false
            parameter.grad = nil
        }
    }

    /// Includes all parameters in training.
    public final func unfreeze() {
        for parameter in parameters { parameter.requiresGrad = true }
    }

    /// Forgets the gradients of all parameters.
    public final func zeroGrad() {
        for parameter in parameters { parameter.grad = nil }
    }

    /// Runs the module on one example of zeros, leaving no trace.
    private func measuredShape(for input: Shape) -> Shape {
        let inventory = Inventory(of: self)
        let modes = inventory.modules.map { ($0.module, $0.module.isTraining) }
        let positions = inventory.randoms.map { ($0.random, $0.random.position) }
        defer {
            for (module, mode) in modes { module.isTraining = mode }
            for (random, position) in positions { random.position = position }
        }
        for (module, _) in modes { module.isTraining = false }
        let first = inventory.parameters.first?.parameter.data
        let zeros = NDArray.full(
            input.inserting(1, at: 0), 0, first?.dtype ?? .float32,
            on: first?.backend ?? CPUBackend.shared)
        let output = noGrad { self(Tensor(zeros)) }
        guard output.rank > 0 else {
            fail("\(type(of: self))", "the output is a scalar and has no batch axis")
        }
        return output.shape.removing(at: 0)
    }
}
