internal import FTSupport
public import Tensor

extension Module {
    /// All parameters and buffers by name, in the order of their declaration: copies, which later
    /// training steps don't change.
    public final var stateDictionary: [(name: String, value: NDArray)] {
        Inventory(of: self).tensors.map { ($0.name, $0.tensor.data.copy()) }
    }

    /// Sets parameters and buffers to the values in `state`, which are copied into their memory:
    /// what was captured before, and optimizers, go on with the new ones.
    ///
    /// A shared parameter is also found under its other names, and each under PyTorch's
    /// (`pyTorchNames`) where ours isn't in the state. Either everything fits and is
    /// loaded, or a `StateError` lists all that doesn't and nothing is changed.
    ///
    /// - Parameter strict: whether it is an error that a name is missing, or that the module
    ///   doesn't know one. Shapes must agree in any case, and dtypes but for floats, which are
    ///   converted; and a state with names has at least one of the module's.
    /// - Returns: What was loaded, and what wasn't.
    @discardableResult
    public final func load(
        _ state: [(name: String, value: NDArray)], strict: Bool = true
    ) throws -> LoadedState {
        let inventory = Inventory(of: self)
        var values: [String: NDArray] = [:]
        var error = StateError()
        for (name, value) in state where values.updateValue(value, forKey: name) != nil {
            error.duplicated.append(name)
        }
        let others = inventory.otherNames

        var changes: [(tensor: Tensor, value: NDArray)] = []
        var result = LoadedState()
        for (name, tensor) in inventory.tensors {
            let source = ([name] + (others[name] ?? [])).first { values[$0] != nil }
            guard let source, let value = values[source] else {
                result.missing.append(name)
                continue
            }
            let converts =
                value.shape == tensor.shape && value.dtype != tensor.dtype && value.dtype.isFloat
                && tensor.dtype.isFloat
            let fitting = converts ? value.cast(to: tensor.dtype) : value
            if error.accepts(fitting, as: source, shape: tensor.shape, tensor.dtype) {
                changes.append((tensor, fitting))
                if converts { result.converted.append(name) }
                result.loaded.append(name)
            }
        }
        let known = Set(inventory.tensors.map(\.name) + others.values.joined())
        result.unexpected = state.map(\.name).filter { !known.contains($0) }
        if strict {
            error.missing = result.missing
            error.unexpected = result.unexpected
        }
        if !strict, !state.isEmpty, !result.missing.isEmpty, known.isDisjoint(with: values.keys) {
            error.unusable.append(
                "none of its names is one of the model's: it has \(StateError.list(result.unexpected))"
                    + ", the model \(StateError.list(result.missing))")
        }
        if !error.isEmpty { throw error }
        for (tensor, value) in changes { tensor.take(value) }
        return result
    }
}

extension Tensor {
    /// Takes values into its memory, where that is its own.
    fileprivate final func take(_ value: NDArray) {
        if data.isContiguous, data.storage.isOwned {
            data.assign(value)
        } else {
            data = value.copied(to: data.backend)
        }
    }
}

/// What loading a state into a module did.
public struct LoadedState: Sendable, Equatable, CustomStringConvertible {
    /// The module's parameters and buffers that have the state's values now.
    public internal(set) var loaded: [String] = []
    /// Those that the state has nothing for; they are as before.
    public internal(set) var missing: [String] = []
    /// Those among `loaded` that were converted from floats of another width.
    public internal(set) var converted: [String] = []
    /// Names in the state that nothing in the module is called by; they were passed over.
    public internal(set) var unexpected: [String] = []

    /// How many tensors were loaded, and the names of what wasn't.
    public var description: String {
        var parts = [
            "loaded \(loaded.count) of \(Format.count(loaded.count + missing.count, "tensor"))"
        ]
        if !converted.isEmpty {
            parts.append("converted from other floats \(StateError.list(converted))")
        }
        if !missing.isEmpty { parts.append("missing \(StateError.list(missing))") }
        if !unexpected.isEmpty { parts.append("unexpected \(StateError.list(unexpected))") }
        return parts.joined(separator: "; ")
    }
}

extension NDArray {
    /// The elements in storage of their own on `backend`.
    package func copied(to backend: any Backend) -> NDArray {
        backend === self.backend ? copy() : on(backend)
    }
}

/// Why a state dictionary doesn't fit a module or an optimizer: everything at once.
public struct StateError: Error, Equatable, CustomStringConvertible {
    /// A tensor whose shape or dtype differs from what is needed.
    public struct Mismatch: Sendable, Equatable {
        /// The name of the tensor in the state.
        public let name: String
        /// Dtype and shape in the state, as in `float32 [2, 3]`.
        public let found: String
        /// Dtype and shape that are needed.
        public let expected: String
    }

    /// What the state is for, as named in the message.
    public var subject = "model"
    /// Names that the state lacks.
    public var missing: [String] = []
    /// Names that nothing is called by.
    public var unexpected: [String] = []
    /// Tensors of the wrong shape or dtype.
    public var misshaped: [Mismatch] = []
    /// Names that the state gives twice.
    public var duplicated: [String] = []
    /// What else can't be, in words.
    package var unusable: [String] = []

    package init(subject: String = "model") { self.subject = subject }

    package var isEmpty: Bool {
        missing.isEmpty && unexpected.isEmpty && misshaped.isEmpty && duplicated.isEmpty
            && unusable.isEmpty
    }

    /// Whether `value` has the shape and dtype; if not, that is noted.
    package mutating func accepts(
        _ value: NDArray, as name: String, shape: Shape, _ dtype: DType
    ) -> Bool {
        if value.shape == shape, value.dtype == dtype { return true }
        let mismatch = Mismatch(
            name: name, found: "\(value.dtype) \(value.shape)", expected: "\(dtype) \(shape)")
        misshaped.append(mismatch)
        return false
    }

    /// All problems in one sentence, of each kind the first eight.
    public var description: String {
        var parts: [String] = []
        if !missing.isEmpty { parts.append("missing \(StateError.list(missing))") }
        if !unexpected.isEmpty { parts.append("unexpected \(StateError.list(unexpected))") }
        if !duplicated.isEmpty { parts.append("given twice: \(StateError.list(duplicated))") }
        for mismatch in misshaped.prefix(StateError.shown) {
            parts.append("'\(mismatch.name)' is \(mismatch.found), not \(mismatch.expected)")
        }
        if misshaped.count > StateError.shown {
            parts.append("\(misshaped.count - StateError.shown) more of the wrong shape or dtype")
        }
        parts += unusable.prefix(StateError.shown)
        return "the state doesn't fit the \(subject): \(parts.joined(separator: "; "))"
    }

    private static let shown = 8

    fileprivate static func list(_ names: [String]) -> String {
        let quoted = names.prefix(shown).map { "'\($0)'" }.joined(separator: ", ")
        return names.count > shown ? "\(quoted) and \(names.count - shown) more" : quoted
    }
}
