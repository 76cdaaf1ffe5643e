package import Tensor

// What a function is differentiated by. Each call makes variables of its own in place of the
// arguments, so nested calls don't mix and nobody's `grad` changes.

/// y = x, dx = dy: a node of its own for something that has a history.
final class Identity: UnaryOp {
    override var saves: Saved { .nothing }
    override func forward(_ x: NDArray) -> NDArray { x }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { dx }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

extension Tensor {
    /// A variable with this tensor's value: connected to its history, if that is being recorded, so
    /// that a derivative by the variable can be differentiated further.
    final var variable: Tensor {
        guard dtype.isFloat else { return self }
        if requiresGrad, GradMode.isEnabled { return Identity()(self) }
        let leaf = Tensor(data, requiresGrad: true, label: label)
        leaf.trace = trace
        return leaf
    }

    /// The value without the graph that made it, still taking part in `jvp` and `vmap` outside.
    package final var withoutHistory: Tensor {
        let plain = Tensor(data)
        plain.trace = trace
        return plain
    }
}

extension TensorTree where Mapped == Self {
    /// The tree with its float tensors replaced by variables, and those.
    func withVariables() -> (tree: Self, variables: [Tensor]) {
        var variables: [Tensor] = []
        let tree = mapLeaves { leaf in
            let variable = leaf.variable
            variables.append(variable)
            return variable
        }
        return (tree, variables)
    }

    /// What `f` gives on variables in place of the tree's tensors, recorded in a segment of its
    /// own, and the variables.
    func recorded<Output>(
        _ f: (Self) -> Output
    ) -> (output: Output, tree: Self, variables: [Tensor]) {
        let (tree, variables) = withVariables()
        let scope = VariableScope(of: variables)
        return (Recording.with(scope.open) { f(tree) }, tree, variables)
    }
}

/// The segment in which a function of some variables is recorded: its number tells what was
/// computed there, and that somebody will differentiate it.
struct VariableScope {
    let segment = Recording.newSegment()

    init(of variables: [Tensor]) { VariableScope.note(variables, segment) }

    /// Notes on variables where they were made, so that nobody takes them for leaves of a user's.
    static func note(_ variables: [Tensor], _ segment: UInt32 = Recording.newSegment()) {
        for variable in variables where variable.dtype.isFloat { variable.segment = segment }
    }

    func open(_ recording: inout Recording) {
        recording.isEnabled = true
        recording.segment = segment
    }
}

/// Gradients of one output of a function by its variables, zeros where it doesn't depend on one.
struct Differentiation {
    let value: Tensor
    let gradients: [Tensor?]

    /// - Parameter body: computes the output, with recording on.
    init(by variables: [Tensor], _ operation: String, _ body: () -> Tensor) {
        let scope = VariableScope(of: variables)
        let output = Recording.with(scope.open, body)
        guard output.dtype.isFloat else {
            fail(operation, "the function's result is \(output.dtype), not a float")
        }
        guard output.requiresGrad else {
            value = output
            gradients = variables.map { _ in nil }
            return
        }
        let reach = TargetReach(from: [output], to: variables, within: scope.segment)
        defer { reach.reset() }
        let records = GradMode.isEnabled && reach.hasOtherSources
        let pass = BackwardPass(
            graph: records ? .keep : .prune, records: records, capturing: variables.count)
        if output.leadsToTarget { pass.run(from: [(output, .ones(like: output))]) }
        gradients = pass.captured
        value = records ? output : output.withoutHistory
    }

    /// The gradients, zeros for variables that the output doesn't depend on.
    func filled(_ variables: [Tensor]) -> [Tensor] {
        zip(gradients, variables).map { $0 ?? .zeros(like: $1) }
    }
}
