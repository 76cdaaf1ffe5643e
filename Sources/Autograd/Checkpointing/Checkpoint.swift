import Tensor

/// `f`, keeping only its input and output for the backward pass, which runs `f` again.
///
///     let y = checkpoint { x in block(x) }(x)
///
/// Gradients are the same to the bit, those of captured weights included: random streams such as
/// dropout's are set back for the second run. `f` must compute the same from the same input, and
/// leave things outside alone (see `Checkpointing.isRecomputing`). May be nested and differentiated
/// to any order; where nothing is recorded it is just `f`.
public func checkpoint<Input: TensorTree, Output: TensorTree>(
    _ f: @escaping (Input) -> Output
) -> (Input) -> Output where Input.Mapped == Input, Output.Mapped == Output {
    { checkpoint(f, $0) }
}

/// The value of `f` at `input`, computed again in the backward pass instead of kept.
public func checkpoint<Input: TensorTree, Output: TensorTree>(
    _ f: @escaping (Input) -> Output, _ input: Input
) -> Output where Input.Mapped == Input, Output.Mapped == Output {
    guard GradMode.isEnabled else { return f(input) }
    // Stand-ins for the input: what leads elsewhere was captured.
    let leaves = input.leaves
    let standIns = leaves.map(\.standIn)
    let segment = Recording.newSegment()
    let (output, journal) = RandomJournal.keeping {
        Recording.with({ $0.segment = segment }) { f(input.replacingLeaves(standIns)) }
    }
    let outputs = output.leaves
    let isInside = outputs.map { $0.ctx != nil && Recording.isInside(segment, $0.segment) }
    let recorded = zip(outputs, isInside).filter(\.1).map(\.0)

    // The tree without its tensors, which the graph holds.
    let empty = Tensor.zeros([0])
    let skeleton = input.mapLeaves { _ in empty }
    let op = Checkpoint(inputCount: leaves.count, outputCount: recorded.count, journal) { inputs in
        zip(f(skeleton.replacingLeaves(inputs)).leaves, isInside).filter(\.1).map(\.0)
    }
    let captured = Checkpoint.captured(by: recorded, segment, inputs: standIns)
    var results = op.results(recorded, parents: leaves + captured)[...]
    let originals = zip(standIns, leaves).map { (ObjectIdentifier($0), $1) }
    let inputs = Dictionary(originals, uniquingKeysWith: { first, _ in first })
    return output.replacingLeaves(
        zip(outputs, isInside).map { tensor, isInside in
            if isInside, let result = results.popFirst() { return result }
            return inputs[ObjectIdentifier(tensor)] ?? tensor
        })
}

/// Where a checkpointed function is being run.
public enum Checkpointing {
    @TaskLocal static var isRunningAgain = false

    /// Whether a checkpointed function is being run for the second time, so that a layer can leave
    /// what it counts or averages alone.
    public static var isRecomputing: Bool { isRunningAgain }
}

extension Tensor {
    /// A leaf with this tensor's value that takes its place.
    fileprivate final var standIn: Tensor {
        guard requiresGrad else { return self }
        let leaf = Tensor(data, requiresGrad: true, label: label)
        leaf.trace = trace
        return leaf
    }
}
