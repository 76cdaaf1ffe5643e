package import Tensor

/// The gradients of Σ seedᵢ · outputᵢ by each target, nil for targets that the outputs don't depend
/// on. Nobody's `grad` changes.
///
/// - Parameters:
///   - records: whether the gradients carry a graph of their own; by default if they depend on more
///     than the targets, so that no derivative is lost.
///   - segment: the scope that the outputs were computed in, if the targets are its inputs: then
///     nothing above the scope is looked at.
package func gradients(
    of outputs: [(tensor: Tensor, seed: Tensor)], by targets: [Tensor],
    graph: GraphPolicy = .prune, records: Bool? = nil, within segment: UInt32? = nil
) -> [Tensor?] {
    gradients(of: outputs, by: targets, graph: graph, records: records, within: segment, takers: [])
}

/// As above; of targets that have one of the `takers`, the gradients go there as they come.
func gradients(
    of outputs: [(tensor: Tensor, seed: Tensor)], by targets: [Tensor], graph: GraphPolicy,
    records: Bool?, within segment: UInt32?, takers: [GradientTaker?]
) -> [Tensor?] {
    let reach = TargetReach(from: outputs.map(\.tensor), to: targets, within: segment)
    defer { reach.reset() }
    let dependsOnMore = reach.hasOtherSources || outputs.contains { $0.seed.hasHistory }
    let records = records ?? (GradMode.isEnabled && dependsOnMore)
    let pass = BackwardPass(
        graph: records ? .keep : graph, records: records, capturing: targets.count,
        takers: takers)
    pass.run(from: outputs.filter(\.tensor.leadsToTarget))
    // By `target`, since a tensor may be listed twice.
    return targets.map { pass.captured[Int($0.target) - 1] }
}
