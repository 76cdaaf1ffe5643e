internal import FTSupport
public import Tensor

/// A computation that is described once and run on any batch: placeholders for what is fed,
/// variables that it keeps, the usual tensor operations on them, gradients, and updates.
///
///     let graph = Graph { g in
///         let x = g.placeholder("x", [nil, 784])
///         let labels = g.placeholder("labels", [nil], .int64)
///         let w = g.variable("w", .zeros([784, 10]))
///         let logits = x.matmul(w)
///         let loss = logits.crossEntropy(labels: labels).mean()
///         let gradients = g.gradients(of: loss, by: [w])
///         g.apply(gradients, to: [w], with: g.optimizer { SGD($0, learningRate: 0.1) })
///         return ["loss": loss, "logits": logits]
///     }
///     let loss = graph.run(["x": images, "labels": digits])["loss"]
///     let logits = graph.evaluate(["x": images], ["logits"])
///
/// For each combination of shapes that is fed, the description is carried out as a captured
/// function (see `Captured`): its kernels are recorded, neighbours joined, what no result needs
/// dropped, constants folded and memory planned; the bits are those of the operations themselves.
/// The description sees tensors with their real shapes, so any operation can be used in it, but for
/// changing what was fed in place.
///
/// Where what is fed requires a gradient or is carried by a transformation, as inside `grad`, `jvp`
/// or `vmap`, the description is carried out as it is, and derivatives flow through it. Other
/// results carry no history. One thread at a time uses a graph: others wait.
public final class Graph {
    private let describe: (Graph) -> [String: Tensor]
    private var captured: [[String]: Captured<[String: Tensor], [String: Tensor]>] = [:]
    private var placeholders: [String: Placeholder] = [:]
    private var fed: [String: Tensor] = [:]
    private var makesUpdates = true
    /// What the description under way has named so far.
    private var described: Set<String> = []
    private let gate = Monitor(isReentrant: true)

    /// The variables by their names, in the order they were first described; none before the graph
    /// first ran.
    public private(set) var variables: [(name: String, variable: Parameter)] = []
    /// What the description made once and keeps, such as an optimizer, by name.
    private var kept: [String: AnyObject] = [:]

    private struct Placeholder {
        let shape: [Int?]
        let dtype: DType
    }

    /// A graph of what a function makes of placeholders and variables.
    ///
    /// - Parameter describe: gives the results by name. It is called again for inputs of other
    ///   shapes.
    public init(_ describe: @escaping (Graph) -> [String: Tensor]) { self.describe = describe }

    // What a description says.

    /// What is fed under a name; an axis of size nil takes any.
    public func placeholder(_ name: String, _ shape: [Int?], _ dtype: DType = .float32) -> Tensor {
        placeholders[name] = Placeholder(shape: shape, dtype: dtype)
        guard let tensor = fed[name] else {
            fail(
                "Graph", "nothing was fed for placeholder '\(name)'", hint: "run([\"\(name)\": …])")
        }
        let fits =
            tensor.rank == shape.count
            && zip(tensor.shape, shape).allSatisfy { $1 == nil || $0 == $1 }
        guard fits, tensor.dtype == dtype else {
            let wanted = shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
            fail(
                "Graph",
                "placeholder '\(name)' takes \(dtype) [\(wanted)], not \(tensor.dtype) "
                    + "\(tensor.shape)")
        }
        return tensor
    }

    /// Whether something was fed under a name: a description may do without, for instance without
    /// labels where only predictions are wanted.
    public func isFed(_ name: String) -> Bool { fed[name] != nil }

    /// A tensor that the graph keeps from run to run, and that updates change. `initial` is
    /// computed once. Traps where a description has two of one name.
    public func variable(_ name: String, _ initial: @autoclosure () -> Tensor) -> Parameter {
        noteMaking("variable", name)
        if let known = variables.first(where: { $0.name == name }) { return known.variable }
        let fresh = Parameter(initial().data.copy())
        variables.append((name, fresh))
        return fresh
    }

    /// The gradients of the sum of `loss` by tensors of the description: placeholders of floats,
    /// variables, and what is computed from them. Zeros where it doesn't depend on one. They can be
    /// differentiated again.
    public func gradients(of loss: Tensor, by targets: [Tensor]) -> [Tensor] {
        if let index = targets.firstIndex(where: isConstant) {
            fail(
                "Graph",
                "target \(index) of gradients(of:by:) is a constant, \(targets[index].dtype) "
                    + "\(targets[index].shape)",
                hint: "ask for gradients by placeholders of floats, by variables, or by what is "
                    + "computed from them")
        }
        let found = Autograd.gradients(
            of: [(loss, .ones(like: loss))], by: targets, graph: .keep, records: true)
        return zip(found, targets).map { $0 ?? .zeros(like: $1) }
    }

    /// What `make` gives the first time, under `name`. Traps where a description has two of one
    /// name.
    package func keep<Kept: AnyObject>(_ name: String, _ make: () -> Kept) -> Kept {
        noteMaking("optimizer", name)
        if let known = kept[name] as? Kept { return known }
        let fresh = make()
        kept[name] = fresh
        return fresh
    }

    /// A second one of a name would be the first, whatever it is made of.
    private func noteMaking(_ kind: String, _ name: String) {
        if described.insert("\(kind) \(name)").inserted { return }
        fail(
            "Graph", "the description makes the \(kind) '\(name)' twice",
            hint: "keep the first in a let and use it again, or give the second another name")
    }

    /// Whether nothing that is fed and no variable leads to a tensor. Frozen variables don't count.
    private func isConstant(_ tensor: Tensor) -> Bool {
        !tensor.hasHistory && !(tensor is Parameter)
    }

    /// Whether updates are part of what runs: false in `evaluate`.
    package var isUpdating: Bool { makesUpdates }

    // How it is run.

    /// Carries out the description, updates included, and gives all results or those named.
    public func run(_ feed: [String: Tensor], _ results: [String]? = nil) -> [String: Tensor] {
        carryOut(feed, results, updates: true)
    }

    /// The results named, without updates.
    public func evaluate(_ feed: [String: Tensor], _ results: [String]) -> [String: Tensor] {
        carryOut(feed, results, updates: false)
    }

    /// How many kernels the run took that was recorded or replayed last, and how many the
    /// operations themselves would; nil before there was one.
    public private(set) var kernelCounts: (run: Int, described: Int)?

    private func carryOut(
        _ feed: [String: Tensor], _ results: [String]?, updates: Bool
    ) -> [String: Tensor] {
        gate.locked {
            let key =
                [updates ? "run" : "evaluate"] + (results ?? ["*"]) + ["|"] + feed.keys.sorted()
            let function =
                captured[key]
                ?? capture { [unowned self] (feed: [String: Tensor]) in
                    chosen(from: describe(with: feed, updates: updates), results, feed)
                }
            captured[key] = function
            let outcome = function(feed)
            if let run = function.kernelCount, let all = function.recordedKernelCount {
                kernelCounts = (run, all)
            }
            return outcome
        }
    }

    /// All results of the description, connected to variables that stand for what is fed.
    private func describe(with feed: [String: Tensor], updates: Bool) -> [String: Tensor] {
        let outer = (fed, makesUpdates, described)
        defer { (fed, makesUpdates, described) = outer }
        return enableGrad {
            (fed, makesUpdates, described) = (feed.mapValues(\.variable), updates, [])
            return describe(self)
        }
    }

    private func chosen(
        from all: [String: Tensor], _ results: [String]?, _ feed: [String: Tensor]
    ) -> [String: Tensor] {
        if let stranger = feed.keys.sorted().first(where: { placeholders[$0] == nil }) {
            fail("Graph", "there is no placeholder '\(stranger)'")
        }
        let isConnected = feed.values.contains(where: \.hasHistory)
        var chosen: [String: Tensor] = [:]
        for name in results ?? Array(all.keys) {
            guard let tensor = all[name] else {
                fail("Graph", "there is no result '\(name)', only \(all.keys.sorted())")
            }
            chosen[name] = isConnected ? tensor : tensor.withoutHistory
        }
        return chosen
    }

    /// The operations that lead to a result, for drawing.
    public func drawing(
        _ result: String, feeding feed: [String: Tensor],
        _ options: DrawingOptions = DrawingOptions()
    ) -> GraphDrawing {
        let named = feed.mapValues { $0.detach() }
        for (name, tensor) in named { tensor.label = feed[name]?.label ?? name }
        let all = gate.locked { describe(with: named, updates: false) }
        for (name, variable) in variables { variable.label = name }
        guard let tensor = all[result] else { fail("Graph", "there is no result '\(result)'") }
        return tensor.drawing(options)
    }
}
