public import Tensor

/// The gradient of the sum of `output`'s elements by `target`, through the graph that `output` was
/// computed with; nil if it doesn't depend on it. See `gradients(of:by:)`.
public func gradient(
    of output: Tensor, by target: Tensor, upstream: Tensor? = nil, retainGraph: Bool = false,
    createGraph: Bool = false
) -> Tensor? {
    gradients(
        of: [output], by: [target], upstreams: [upstream], retainGraph: retainGraph,
        createGraph: createGraph)[0]
}

/// The gradients of the sum of all outputs' elements by each target, through the graph that the
/// outputs were computed with; nil for targets that no output depends on. Unlike `backward()` it
/// leaves nobody's `grad` changed. PyTorch's `autograd.grad`.
///
///     let x = Tensor([1, 2, 3], requiresGrad: true)
///     let slope = gradient(of: (x ** 3).sum(), by: x, createGraph: true)!
///     let penalty = (slope.square().sum() - 1).square()
///
/// An output that requires no gradient traps, and so does a target that requires none: what was
/// computed from it is not known.
///
/// - Parameters:
///   - upstreams: for each output weights of its elements, of its shape; ones where nil.
///   - retainGraph: keep the graph for another pass. Otherwise it is freed on the way.
///   - createGraph: record the pass itself, so that the gradients have gradients; implies
///     `retainGraph`.
public func gradients(
    of outputs: [Tensor], by targets: [Tensor], upstreams: [Tensor?]? = nil,
    retainGraph: Bool = false, createGraph: Bool = false
) -> [Tensor?] {
    let name = "gradients(of:by:)"
    let upstreams = upstreams ?? outputs.map { _ in nil }
    guard upstreams.count == outputs.count else {
        fail(
            name, "\(upstreams.count) upstream gradients, \(outputs.count) outputs",
            hint: "give one for each output, nil for ones")
    }
    for (kind, tensors) in [("output", outputs), ("target", targets)] {
        guard let index = tensors.firstIndex(where: { !$0.requiresGrad }) else { continue }
        fail(
            name,
            "\(kind) \(index), \(tensors[index].dtype) \(tensors[index].shape), requires no gradient",
            hint: "make leaves with requiresGrad: true and compute outside noGrad; unfreeze() what "
                + "was frozen")
    }
    return gradients(
        of: zip(outputs, upstreams).map { (tensor: $0, seed: $0.seed($1, name)) }, by: targets,
        graph: retainGraph || createGraph ? .keep : .prune, records: createGraph)
}
