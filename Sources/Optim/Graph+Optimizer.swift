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
    /// evaluated.
    public func apply(
        _ gradients: [Tensor], to variables: [Parameter], with optimizer: Optimizer
    ) {
        guard isUpdating else { return }
        for (variable, gradient) in zip(variables, gradients) { variable.grad = gradient.detach() }
        optimizer.step()
        for variable in variables { variable.grad = nil }
    }
}
