internal import Autograd
internal import Tensor

/// The parameters that a function of a module is differentiated by: those that aren't frozen.
struct ModulePoint {
    let names: [String]
    let tensors: [Tensor]

    init(_ module: Module) {
        let trained = module.namedParameters.filter(\.parameter.requiresGrad)
        names = trained.map(\.name)
        tensors = trained.map(\.parameter)
    }

    /// Gradients under their names, zeros where there are none.
    func named(_ gradients: [Tensor?]) -> [String: Tensor] {
        var result: [String: Tensor] = [:]
        for (index, name) in names.enumerated() {
            result[name] = gradients[index] ?? .zeros(like: tensors[index])
        }
        return result
    }

    /// The parameters that have a tangent in `tangents`, with it.
    static func directions(
        _ module: Module, _ tangents: [String: Tensor], _ operation: String
    ) -> [(tensor: Tensor, tangent: Tensor)] {
        let parameters = module.namedParameters
        let known = Set(parameters.map(\.name))
        if let unknown = tangents.keys.sorted().first(where: { !known.contains($0) }) {
            fail(operation, "the module has no parameter '\(unknown)'")
        }
        return parameters.compactMap { name, parameter in
            tangents[name].map { (tensor: parameter, tangent: $0) }
        }
    }
}
