/// What a transformation such as `jvp` or `vmap` hangs on a tensor: operations on the tensor are
/// then carried out by the transformation.
///
/// Levels keep nested transformations apart: the innermost has the highest, and an operation belongs
/// to the highest level among its inputs.
package protocol Trace: AnyObject {
    var level: Int { get }
    func apply(_ op: Op, _ inputs: [Tensor]) -> Tensor
}

/// The nesting depth of transformations in the current scope.
package enum TraceLevel {
    @TaskLocal package static var current = 0
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
