public import Autograd
public import Tensor

extension Graph {
    /// The optimizer of the graph's variables described so far, made once.
    public func optimizer<Kind: Optimizer>(
        _ name: String = "optimizer", _ make: ([ParameterGroup]) -> Kind
    ) -> Kind {
        keep(name) { make([ParameterGroup(variables.map { ($0.name, $0.variable) })]) }
    }

    /// Has an optimizer change variables by their gradients, wherever the graph is run and not only
    /// evaluated. Traps unless there is a gradient for each variable and the optimizer has them
    /// all.
    public func apply(
        _ gradients: [Tensor], to variables: [Parameter], with optimizer: Optimizer
    ) {
        guard gradients.count == variables.count else {
            fail("Graph", "apply: \(gradients.count) gradients for \(variables.count) variables")
        }
        let known = Set(optimizer.parameters.map(ObjectIdentifier.init))
        if let stranger = variables.first(where: { !known.contains(ObjectIdentifier($0)) }) {
            let name = self.variables.first { $0.variable === stranger }?.name ?? "parameter"
            fail(
                "Graph", "apply: the optimizer doesn't have '\(name)'",
                hint: "describe all variables before the optimizer")
        }
        guard isUpdating else { return }
        for (variable, gradient) in zip(variables, gradients) { variable.grad = gradient.detach() }
        optimizer.step()
        for variable in variables { variable.grad = nil }
    }
}
