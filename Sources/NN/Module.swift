public import Tensor

/// A part of a model: the parameters, buffers, random streams and smaller modules it is made of.
///
/// Subclass it, keep the parts in stored properties and say in a `callAsFunction` of any form how
/// they work together. What takes one tensor and gives one is better a `Layer`.
///
///     final class Cell: Module {
///         let input, memory: Linear
///         init(_ size: Int, using random: Random) {
///             input = Linear(size, size, using: random)
///             memory = Linear(size, size, bias: false, using: random)
///         }
///         func callAsFunction(_ x: Tensor, _ state: Tensor) -> Tensor {
///             (input(x) + memory(state)).tanh()
///         }
///     }
///
/// Nothing has to be registered. Found are `Parameter`, `Buffer`, `Module` and `Random` in stored
/// properties, superclasses included, also inside optionals, arrays, slices and other ordered
/// collections, dictionaries, tuples, structs and enums; not inside closures and objects of other
/// classes, which can't be looked into. A parameter is named after the properties on the way to it
/// (`input.weight`). A `Set` of modules traps when its module is searched, for it gives its
/// elements no lasting names, and so does a lazy property whose type may hold parts and that nobody
/// has read, and a `Tensor` that requires a gradient and was not computed from others: it is meant
/// to be a `Parameter`.
///
/// Several threads may compute with a module and differentiate by it at once, as long as none
/// changes it: an optimizer's step, `train()`, `freeze()` or `load` must be alone.
open class Module: CustomStringConvertible {
    /// Whether the module is being trained; dropout is active only then.
    public final internal(set) var isTraining: Bool {
        get {
            if let recorder = Recorder.current {
                let trains = trains
                recorder.require("a module is switched between training and evaluation") {
                    [weak self] in self.map { $0.trains == trains } ?? true
                }
            }
            return trains
        }
        set { trains = newValue }
    }

    /// Whether a pass in training draws from the stream that the module holds.
    package var draws: Bool { true }

    /// Whether each pass in training changes what the next one computes, beside the parameters.
    package var changesByPasses: Bool { false }

    /// `isTraining`, without telling a step that is being recorded.
    private final var trains = true

    /// A module in training mode; subclasses set their parts first.
    public init() {}

    /// The module in one line, its options included.
    open var describe: String { "\(type(of: self))" }

    /// The parts that are searched for parameters, with their names: the stored properties.
    open var members: [(name: String, value: Any)] { storedProperties }

    /// The parts that PyTorch calls otherwise, with both names, dotted where they lie deeper. See
    /// `pyTorchNames`.
    open var pyTorchMembers: [(own: String, theirs: String)] { [] }

    /// The module and all in it as a tree, with the shapes of parameters and buffers and how many
    /// elements the parameters have.
    public final var description: String { ModuleTree(self).description }
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

    /// What `body` gives with this module and all inside it in evaluation; each is then in the mode
    /// it was in.
    final func evaluated<R>(_ body: () throws -> R) rethrows -> R {
        let trained = modules.filter(\.isTraining)
        for module in trained { module.isTraining = false }
        defer { for module in trained { module.isTraining = true } }
        return try body()
    }

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
}
