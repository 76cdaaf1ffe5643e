public import Tensor

/// A function whose kernels are recorded once and then replayed on other inputs of the same shapes:
/// each replay gives the bits of the function itself, without building a graph and without
/// allocating.
///
///     let step = capture { (images: Tensor, labels: Tensor) in
///         optimizer.zeroGrad()
///         let value = loss(model(images), labels)
///         value.backward()
///         optimizer.step()
///         return value
///     }
///     for (images, labels) in batches { losses.append(step(images, labels)) }
///
/// The first call with inputs of new shapes, dtypes or structure runs the function as it is (so that what it
/// makes once, such as an optimizer's state, exists); the second records it; from then on it is
/// replayed. Parameters, gradients, optimizer states, learning rates and random streams go on as if
/// the function had run.
///
/// Steps of at most eight combinations of shapes and structures are kept; others run as they are.
///
/// All that is not an input, state that is written in place, or a random stream is what it was when
/// the step was recorded: a Swift `if` is not asked again, and a tensor that the function leaves in a
/// variable changes with each replay. A parameter whose `data` is replaced, as `Module.load` does, is
/// noticed where an optimizer takes part; capture other functions anew. Results carry no history. A
/// function that can't be replayed, since it reads the values of what it computes for instance, runs
/// as it is every time; `refusal` says why.
public final class Captured<each Input: TensorTree, Output: TensorTree>
where repeat (each Input).Mapped == each Input, Output.Mapped == Output {
    private let body: (repeat each Input) -> Output
    private var entries: [CapturedEntry] = []
    /// The structure of what each entry gives.
    private var outputs: [Output?] = []
    /// What was recorded or replayed last.
    private var lastStep: CapturedStep?

    /// Why the function isn't replayed; nil if it is, or wasn't recorded yet.
    public private(set) var refusal: String?

    init(_ body: @escaping (repeat each Input) -> Output) { self.body = body }

    /// How many kernels the step runs that was recorded or replayed last; nil where inputs of new
    /// shapes came since, or there was none.
    public var kernelCount: Int? { lastStep?.kernelCount }

    /// How many the function itself runs: neighbours are joined, and what is constant or never used
    /// drops out.
    public var recordedKernelCount: Int? { lastStep?.recordedCount }

    /// The bytes of memory that all arrays of that step share; nil where there is none.
    public var byteCount: Int? { lastStep?.byteCount }

    /// The function on these inputs.
    public func callAsFunction(_ input: repeat each Input) -> Output {
        let isWatched = Recorder.current != nil || Recording.current.observer != nil
        if refusal != nil || isWatched { return body(repeat each input) }
        var tensors: [Tensor] = []
        var structure = ""
        for tree in repeat each input {
            tensors += tree.leaves
            tree.describeStructure(to: &structure)
        }
        if tensors.contains(where: { $0.trace != nil || $0.requiresGrad }) {
            return body(repeat each input)
        }
        guard let index = entries.firstIndex(where: { $0.fits(tensors, structure) }) else {
            lastStep = nil
            // Each recorded step has memory of its own.
            if entries.count == 8 { return body(repeat each input) }
            entries.append(CapturedEntry(tensors, structure))
            outputs.append(nil)
            return body(repeat each input)
        }
        if let step = entries[index].step, step.isValid, let output = outputs[index] {
            lastStep = step
            let arrays = step.replay(tensors.map(\.data))
            return output.replacingLeaves(arrays.map { Tensor($0) })
        }
        return record(tensors, index, repeat each input)
    }

    private func record(_ tensors: [Tensor], _ index: Int, _ input: repeat each Input) -> Output {
        let backend = tensors.first?.data.backend ?? Device.currentBackend
        let (output, leaves, step) = Recorder.record(tensors.map(\.data), on: backend) { arrays in
            var rest = arrays[...]
            func take<T: TensorTree>(_ tree: T) -> T where T.Mapped == T {
                tree.mapLeaves { _ in Tensor(rest.removeFirst()) }
            }
            let output = body(repeat take(each input))
            return (output, outputs: output.leaves.map(\.data))
        }
        switch step {
        case .success(let step):
            entries[index].step = step
            lastStep = step
            outputs[index] = output.mapLeaves { $0.detach() }
        case .failure(let refused): refusal = refused.reason
        }
        return output.replacingLeaves(leaves.map { Tensor($0.copy()) })
    }
}

/// A recorded step and the inputs that it is for.
private struct CapturedEntry {
    private let inputs: [Input]
    private let structure: String
    var step: CapturedStep?

    private struct Input {
        let shape: Shape
        let dtype: DType
        let device: Device
    }

    init(_ tensors: [Tensor], _ structure: String) {
        self.structure = structure
        inputs = tensors.map { Input(shape: $0.shape, dtype: $0.dtype, device: $0.device) }
    }

    func fits(_ tensors: [Tensor], _ structure: String) -> Bool {
        guard inputs.count == tensors.count, self.structure == structure else { return false }
        for (input, tensor) in zip(inputs, tensors) {
            if input.shape != tensor.shape || input.dtype != tensor.dtype { return false }
            if input.device != tensor.device { return false }
        }
        return true
    }
}

/// The function, recorded and replayed: see `Captured`.
public func capture<each Input: TensorTree, Output: TensorTree>(
    _ body: @escaping (repeat each Input) -> Output
) -> Captured<repeat each Input, Output>
where repeat (each Input).Mapped == each Input, Output.Mapped == Output {
    Captured(body)
}

/// As above, for a function that returns nothing.
public func capture<each Input: TensorTree>(
    _ body: @escaping (repeat each Input) -> Void
) -> Captured<repeat each Input, [Tensor]> where repeat (each Input).Mapped == each Input {
    Captured { (input: repeat each Input) in
        body(repeat each input)
        return []
    }
}
