import Tensor

/// A segment of computation that backward runs again: the node between the segment's inputs and a
/// `CheckpointResult` for each output. It has no elements itself.
final class Checkpoint: NaryOp {
    private let inputCount: Int
    private let journal: RandomJournal
    private let run: ([Tensor]) -> [Tensor]
    private let outputCount: Int
    /// That of the first run.
    private let precision = Autocast.precision

    init(
        inputCount: Int, outputCount: Int, _ journal: RandomJournal,
        run: @escaping ([Tensor]) -> [Tensor]
    ) {
        self.inputCount = inputCount
        self.outputCount = outputCount
        self.journal = journal
        self.run = run
        super.init()
        mayOmitGradients = true
    }

    override var saves: Saved { .inputs }

    /// The outputs of the first run as results of this op, whose parents are the inputs and what
    /// the function captured.
    func results(_ outputs: [Tensor], parents: [Tensor]) -> [Tensor] {
        guard !outputs.isEmpty, let first = parents.first else { return [] }
        let hub = Tensor.zeros([0])
        let mode = Recording.current
        let second = parents.count > 1 ? parents[1] : nil
        record(hub, mode, first, second, Array(parents.dropFirst(2)))
        return outputs.enumerated().map { index, output in
            let result = Tensor(output.data, label: output.label)
            result.trace = output.trace
            let op = CheckpointResult(of: self, index)
            op.record(result, mode, hub)
            return result
        }
    }

    /// Keeps what a result was sent with the pass under way, for one inside it may come by too.
    fileprivate func note(_ upstream: Tensor, ofResult index: Int) {
        let none = [Tensor?](repeating: nil, count: outputCount)
        BackwardPass.current?.upstreams[ObjectIdentifier(self), default: none][index] = upstream
    }

    override func backward(_ dy: Tensor, inputs: [Tensor], y: Tensor) -> [Tensor?] {
        let outer = BackwardPass.current
        let upstreams = outer?.upstreams.removeValue(forKey: ObjectIdentifier(self)) ?? []
        let isNeeded = inputs.map(\.needsGradient)
        let records = GradMode.isEnabled
        let segment = Recording.newSegment()
        let variables = inputs.prefix(inputCount).map { input in
            guard input.requiresGrad else { return input }
            let variable = input.variable
            variable.segment = segment
            return variable
        }
        let captured = Array(inputs.dropFirst(inputCount))
        // Asked before the pass inside leaves its marks on what was captured.
        let takers = variables.map { _ in nil } + captured.map { outer?.taker(for: $0) }
        let outputs = runAgain(variables, segment, captured)
        let roots = zip(outputs, upstreams).compactMap { output, upstream in
            upstream.map { (tensor: output, seed: $0) }
        }
        let targets = variables + captured
        let needed = targets.indices.filter { isNeeded[$0] }
        let found = gradients(
            of: roots, by: needed.map { targets[$0] }, graph: .prune, records: records,
            within: segment, takers: needed.map { takers[$0] })
        var result: [Tensor?] = Array(repeating: nil, count: inputs.count)
        for (index, gradient) in zip(needed, found) where takers[index] == nil {
            result[index] = gradient ?? .zeros(like: inputs[index])
        }
        return result
    }

    private func runAgain(
        _ variables: [Tensor], _ segment: UInt32, _ captured: [Tensor]
    ) -> [Tensor] {
        let scope = { [precision] (recording: inout Recording) in
            recording.isEnabled = true
            recording.segment = segment
            recording.precision = precision
        }
        let outputs = journal.replaying {
            Checkpointing.$isRunningAgain.withValue(true) {
                Recording.with(scope) { run(variables) }
            }
        }
        let now = Checkpoint.captured(by: outputs, segment, inputs: variables)
        guard Set(now.map(ObjectIdentifier.init)) == Set(captured.map(ObjectIdentifier.init)) else {
            fail(
                "checkpoint", "the function used other tensors when it was run again",
                hint: "it must compute the same from the same input, and make no leaves of its own")
        }
        return outputs
    }

    /// The tensors that require a gradient and that `outputs` were computed from, recorded before
    /// the segment, other than its inputs.
    static func captured(by outputs: [Tensor], _ segment: UInt32, inputs: [Tensor]) -> [Tensor] {
        var known = Set(inputs.map(ObjectIdentifier.init))
        var seen: [Tensor] = []
        var found: [Tensor] = []
        var stack = outputs
        while let node = stack.popLast() {
            if !node.requiresGrad || node.mark == walked { continue }
            if known.contains(ObjectIdentifier(node)) { continue }
            let isInside = Recording.isInside(segment, node.segment)
            // A variable of a function that was differentiated inside.
            if node.isLeaf && isInside { continue }
            guard isInside else {
                known.insert(ObjectIdentifier(node))
                found.append(node)
                continue
            }
            node.mark = walked
            seen.append(node)
            if let first = node.firstParent { stack.append(first) }
            if let second = node.secondParent { stack.append(second) }
            stack.append(contentsOf: node.otherParents)
        }
        for node in seen { node.mark = 0 }
        return found
    }

    /// No pass leaves this mark, and none is under way in a segment that was only just recorded.
    private static let walked: UInt16 = 1
}

/// One output of a checkpointed function.
private final class CheckpointResult: UnaryOp {
    private let checkpoint: Checkpoint
    private let index: Int

    init(of checkpoint: Checkpoint, _ index: Int) {
        self.checkpoint = checkpoint
        self.index = index
    }

    override var saves: Saved { .nothing }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        checkpoint.note(dy, ofResult: index)
        return .zeros(like: x)
    }
}
