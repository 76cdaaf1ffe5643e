public import Tensor

/// A computation that is described once and run on any batch: placeholders for what is fed, variables
/// that it keeps, the usual tensor operations on them, gradients, and updates.
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
/// For each combination of shapes that is fed, the description is carried out as a captured function
/// (see `Captured`): its kernels are recorded, neighbours joined, what no result needs dropped,
/// constants folded and memory planned; the bits are those of the operations themselves. The
/// description sees tensors with their real shapes, so any operation can be used in it.
public final class Graph {
    private let describe: (Graph) -> [String: Tensor]
    private var captured: [[String]: Captured<[String: Tensor], [String: Tensor]>] = [:]
    private var placeholders: [String: Placeholder] = [:]
    private var fed: [String: Tensor] = [:]
    private var makesUpdates = true

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
    /// - Parameter describe: gives the results by name. It is called again for inputs of other shapes.
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

    /// A tensor that the graph keeps from run to run, and that updates change. `initial` is computed
    /// once.
    public func variable(_ name: String, _ initial: @autoclosure () -> Tensor) -> Parameter {
        if let known = variables.first(where: { $0.name == name }) { return known.variable }
        let fresh = Parameter(initial().data.copy())
        variables.append((name, fresh))
        return fresh
    }

    /// The gradients of the sum of `loss` by tensors of the description; zeros where it doesn't depend
    /// on one.
    public func gradients(of loss: Tensor, by targets: [Tensor]) -> [Tensor] {
        let found = Autograd.gradients(of: [(loss, .ones(like: loss))], by: targets, graph: .keep)
        return zip(found, targets).map { $0 ?? .zeros(like: $1) }
    }

    /// What `make` gives the first time, under `name`.
    package func keep<Kept: AnyObject>(_ name: String, _ make: () -> Kept) -> Kept {
        if let known = kept[name] as? Kept { return known }
        let fresh = make()
        kept[name] = fresh
        return fresh
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

    /// How many kernels the run took that was recorded or replayed last, and how many the operations
    /// themselves would; nil before there was one.
    public private(set) var kernelCounts: (run: Int, described: Int)?

    private func carryOut(
        _ feed: [String: Tensor], _ results: [String]?, updates: Bool
    ) -> [String: Tensor] {
        let key = [updates ? "run" : "evaluate"] + (results ?? ["*"]) + ["|"] + feed.keys.sorted()
        let function =
            captured[key]
            ?? capture { [unowned self] (feed: [String: Tensor]) in
                self.described(feed, results, updates: updates)
            }
        captured[key] = function
        let outcome = function(feed)
        if let run = function.kernelCount, let all = function.recordedKernelCount {
            kernelCounts = (run, all)
        }
        return outcome
    }

    private func described(
        _ feed: [String: Tensor], _ results: [String]?, updates: Bool
    ) -> [String: Tensor] {
        (fed, makesUpdates) = (feed, updates)
        defer { fed = [:] }
        let all = enableGrad { describe(self) }
        if let stranger = feed.keys.sorted().first(where: { placeholders[$0] == nil }) {
            fail("Graph", "there is no placeholder '\(stranger)'")
        }
        guard let results else { return all.mapValues { $0.detach() } }
        var chosen: [String: Tensor] = [:]
        for name in results {
            guard let tensor = all[name] else {
                fail("Graph", "there is no result '\(name)', only \(all.keys.sorted())")
            }
            chosen[name] = tensor.detach()
        }
        return chosen
    }

    /// The operations that lead to a result, for drawing.
    public func drawing(
        _ result: String, feeding feed: [String: Tensor],
        _ options: DrawingOptions = DrawingOptions()
    ) -> GraphDrawing {
        (fed, makesUpdates) = (feed, false)
        defer { fed = [:] }
        let all = enableGrad { describe(self) }
        for (name, variable) in variables { variable.label = name }
        for (name, tensor) in feed { tensor.label = tensor.label ?? name }
        guard let tensor = all[result] else { fail("Graph", "there is no result '\(result)'") }
        return tensor.drawing(options)
    }
}
