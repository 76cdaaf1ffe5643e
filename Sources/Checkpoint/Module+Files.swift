public import NN
internal import Tensor

/// Writes a module's parameters and buffers to a safetensors file, by their dotted names:
/// atomically, with a checksum, in place of what was there. Throws a `CheckpointError` where the
/// file can't be written.
///
/// `load` and `fttrain inspect` read it, as does any tool for such files. What two places share is
/// written once.
public func save(_ module: Module, to path: String) throws {
    var state = TrainingState()
    state.name = "\(type(of: module))"
    state.frameworkVersion = FrameworkVersion.current
    state.created = TrainingState.timestamp()
    try TrainingCheckpoint(
        model: module.modelTensors,
        aliases: module.namesByAlias, state: state
    ).save(to: path)
}

/// Reads a module's parameters and buffers from a safetensors file: one that `save` wrote, a
/// checkpoint of a run, whose training state is passed over, or one from elsewhere. They are copied
/// into the memory of the module's, on its device, so optimizers and captured functions go on with
/// them.
///
/// Throws a `LoadError` with a sentence for each thing that doesn't fit; nothing is changed then.
///
/// - Parameters:
///   - strict: whether it is an error that a tensor of the module is not in the file, or one of the
///     file not in the module. Shapes must agree in any case, and dtypes but for floats, which are
///     converted; and one name at least must be the module's.
///   - renaming: what the module calls a tensor of the file. With
///     `{ $0.replacing(/^model\./, with: "") }` a file fits that was saved with a wrapper around
///     the model.
/// - Returns: What was loaded, and what wasn't.
@discardableResult
public func load(
    _ module: Module, from path: String, strict: Bool = true,
    renaming: (String) -> String = { $0 }
) throws -> LoadedState {
    let tensors: [TrainingCheckpoint.ModelTensor]
    do {
        tensors = try TrainingCheckpoint.weights(path: path)
    } catch {
        throw LoadError(problems: [error])
    }
    do {
        return try module.load(tensors.map { (renaming($0.name), $0.array) }, strict: strict)
    } catch let error as StateError {
        throw LoadError(error, path)
    } catch {
        throw LoadError(problems: [CheckpointError(.incompatible, path, "\(error)")])
    }
}

/// Why a file can't be loaded into a module: everything at once, a sentence each.
public struct LoadError: Error, Equatable, CustomStringConvertible {
    /// What is wrong, in the order of the module and then of the file.
    public let problems: [CheckpointError]

    init(problems: [CheckpointError]) { self.problems = problems }

    init(_ error: StateError, _ path: String) {
        func problem(_ name: String, _ text: String) -> CheckpointError {
            CheckpointError(.incompatible, path, tensor: name, text)
        }
        problems =
            error.misshaped.map {
                let isType = $0.found.prefix { $0 != " " } != $0.expected.prefix { $0 != " " }
                let remedy =
                    isType ? "make the module with that dtype" : "make the module with those sizes"
                return problem($0.name, "is \($0.found), the module's \($0.expected); \(remedy)")
            }
            + error.missing.map {
                problem($0, "is not in the file; with strict: false the module keeps its own")
            }
            + error.unexpected.map {
                problem($0, "is not in the module; with strict: false it is passed over")
            }
            + error.duplicated.map { problem($0, "is in the file twice") }
            + error.unusable.map { CheckpointError(.incompatible, path, $0) }
    }

    /// The sentences, a line each; of many problems the first eight.
    public var description: String {
        let shown = problems.prefix(8).map(\.description)
        let rest = problems.count - shown.count
        return (shown + (rest > 0 ? ["\(rest) more don't fit"] : [])).joined(separator: "\n")
    }
}

extension Module {
    /// The first name of what other names stand for; of several parts with one name the first
    /// counts.
    package final var namesByAlias: [String: String] {
        Dictionary(aliases.map { ($0.alias, $0.name) }) { first, _ in first }
    }

    /// The parameters and buffers as a checkpoint lists them: parameters first.
    package final var modelTensors: [TrainingCheckpoint.ModelTensor] {
        namedParameters.map { name, parameter in
            TrainingCheckpoint.ModelTensor(
                name, parameter.data, isTrainable: parameter.requiresGrad)
        }
            + namedBuffers.map { name, buffer in
                TrainingCheckpoint.ModelTensor(name, buffer.data, kind: .buffer)
            }
    }
}
