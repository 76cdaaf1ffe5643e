public import Tensor

/// A function with a gradient of its own: `f` gives its value and the pullback, which turns the
/// gradient by the value into that by the argument.
///
///     let softplus = customGradient { (x: Tensor) in
///         let e = x.exp()
///         return ((e + 1).log(), { dy in dy * e / (e + 1) })
///     }
///
/// The pullback is made of tensor operations and may use the argument and what was computed from
/// it: it can be differentiated further. Other tensors that require a gradient must be arguments,
/// for no gradient would reach them; using one stops the program.
public func customGradient<Input: TensorTree>(
    _ f: @escaping (Input) -> (value: Tensor, pullback: (Tensor) -> Input)
) -> (Input) -> Tensor where Input.Mapped == Input {
    { input in
        let leaves = input.leaves
        let empty = Tensor.zeros([0])
        let skeleton = input.mapLeaves { _ in empty }
        let function = { (inputs: [Tensor]) in
            let (value, pullback) = f(skeleton.replacingLeaves(inputs))
            return (value, { pullback($0).leaves })
        }
        guard !leaves.isEmpty else { return function([]).0.detach() }
        return PullbackOp(function).apply(recording: leaves)
    }
}

/// A function with a pullback as an operation.
private final class PullbackOp: NaryOp {
    typealias Pullback = (Tensor) -> [Tensor]
    private let function: ([Tensor]) -> (Tensor, Pullback)
    /// That of the call which recorded this op, if it was an ordinary one.
    private var pullback: Pullback?

    init(_ function: @escaping ([Tensor]) -> (Tensor, Pullback)) {
        let precision = Autocast.precision
        self.function = { inputs in
            Recording.with({ $0.precision = precision }) { function(inputs) }
        }
    }

    override var name: String { "customGradient" }
    override var saves: Saved { .inputs }

    /// Runs the function once and keeps its pullback. For traced inputs the pullback is made anew
    /// where it is needed, since it must be of the traced values.
    func apply(recording inputs: [Tensor]) -> Tensor {
        let isRecorded = GradMode.isEnabled && inputs.contains(where: \.requiresGrad)
        guard isRecorded, inputs.allSatisfy({ $0.trace == nil }), let first = inputs.first else {
            return self(inputs)
        }
        let (value, pullback) = checked(inputs)
        self.pullback = pullback
        let y = Tensor(value.data)
        let second = inputs.count > 1 ? inputs[1] : nil
        record(y, Recording.current, first, second, Array(inputs.dropFirst(2)))
        return y
    }

    /// Runs the function with recording on, so that what the pullback uses has a history.
    private func checked(_ inputs: [Tensor]) -> (Tensor, Pullback) {
        let segment = Recording.newSegment()
        let scope = { (recording: inout Recording) in
            recording.isEnabled = true
            recording.segment = segment
        }
        let (value, pullback) = Recording.with(scope) { function(inputs) }
        let strangers = Checkpoint.captured(by: [value], segment, inputs: inputs)
        if let stranger = strangers.first {
            fail(
                "customGradient",
                "the function uses a tensor \(stranger.shape) that requires a gradient "
                    + "and is no argument",
                hint: "make it an argument, or detach() it")
        }
        return (value, pullback)
    }

    override func forward(_ inputs: [NDArray]) -> NDArray {
        noGrad { function(inputs.map { Tensor($0) }).0.data }
    }

    override func backward(_ dy: Tensor, inputs: [Tensor], y: Tensor) -> [Tensor?] {
        let gradients = (pullback ?? checked(inputs).1)(dy)
        guard gradients.count == inputs.count else {
            fail(
                "customGradient",
                "the pullback gave \(gradients.count) gradients for \(inputs.count) tensors")
        }
        return gradients
    }

    /// The function on one example, with its pullback, mapped over the batch.
    override func batched(_ inputs: [Tensor], isBatched: [Bool]) -> Tensor? {
        let function = function
        let mapped = { (inputs: [Tensor]) -> (Tensor, Pullback) in
            let scope = BatchScope()
            let examples = scope.lift(inputs, where: isBatched)
            let (value, pullback) = function(examples)
            let pullbackOfAll = { (dy: Tensor) in
                scope.collect(
                    pullback(scope.lift(dy, 0)), by: examples, where: isBatched, in: value.shape,
                    "customGradient"
                ).compactMap { $0 }
            }
            return (scope.collect(value, 0), pullbackOfAll)
        }
        return PullbackOp(mapped).apply(recording: inputs)
    }
}
