import Synchronization

/// What a transformation such as `jvp` or `vmap` hangs on a tensor: operations on the tensor are
/// then carried out by the transformation.
///
/// Levels keep nested transformations apart: the innermost has the highest, and an operation
/// belongs to the highest level among its inputs.
package protocol Trace: AnyObject {
    var level: Int { get }
    func apply(_ op: Op, _ inputs: [Tensor]) -> Tensor
    /// The traced tensor without history or tangents, still one of its batch.
    func detached() -> Tensor
    /// Whether what hangs here has a history that its tensor doesn't show.
    var hidesHistory: Bool { get }
}

extension Tensor {
    /// Whether a derivative by something outside may flow through this tensor, also where a
    /// transformation holds the tensors that it flows through.
    package final var hasHistory: Bool { requiresGrad || trace?.hidesHistory == true }
}

/// The levels of transformations.
package enum TraceLevel {
    private static let last = Atomic(0)

    /// A level above all that exist. An inner transformation starts after the outer one, and a
    /// tensor that escaped from one that has ended is not taken for one of a later one.
    package static func next() -> Int { last.wrappingAdd(1, ordering: .relaxed).newValue }
}

extension Tensor {
    /// The trace of the highest level among tensors.
    package static func highestTrace(_ tensors: [Tensor]) -> (any Trace)? {
        var highest: (any Trace)?
        for tensor in tensors {
            guard let trace = tensor.trace else { continue }
            if highest.map({ trace.level > $0.level }) ?? true { highest = trace }
        }
        return highest
    }
}
