internal import FTSupport
public import Tensor

/// A function whose kernels are recorded once and then replayed on other inputs of the same shapes:
/// each replay gives the bits of the function itself, without building a graph and without
/// allocating results: those lie where the recording planned them. (Products, convolutions,
/// attention and sorting take working memory from the cache, as they always do.)
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
/// The first call with inputs of new shapes, dtypes or structure runs the function as it is (so
/// that what it makes once, such as an optimizer's state, exists); the second records it; from then
/// on it is replayed. Parameters, gradients, optimizer states, learning rates and random streams go
/// on as if the function had run.
///
/// Steps of at most eight combinations of shapes and structures are kept; others run as they are.
///
/// What the function uses beside its inputs is watched: where `data`, `requiresGrad` or hooks of a
/// tensor were changed, a module was switched between training and evaluation, or gradients from
/// before the call are others, the step is recorded anew. What can't be watched is what it was when
/// the step was recorded: a Swift `if` is not asked again, a tensor that the function leaves in a
/// variable changes with each replay, and what it has other threads compute stays what it was.
///
/// A function that can't be replayed runs as it is every time, and `refusal` says why. It reads
/// values of what it computes, random numbers, or how many steps an optimizer made; writes into an
/// input or gives a tensor other elements; sets a learning rate; adds to gradients from before; has
/// results that a derivative flows through (return them detached, or call it inside `noGrad`); or
/// what is watched changes with every call. Inputs that require a gradient, and tensors that a
/// transformation carries, have it run as it is that time.
///
/// A replay reads inputs that aren't contiguous from contiguous copies. Sums are added in the order
/// in which their terms lie, so with such inputs their last bits may differ from the function's.
///
/// Results have elements of their own. One thread at a time calls a captured function: others wait,
/// so two captured functions that call each other must not be called from two threads.
public final class Captured<each Input: TensorTree, Output: TensorTree>
where repeat (each Input).Mapped == each Input, Output.Mapped == Output {
    private let body: (repeat each Input) -> Output
    private var entries: [CapturedEntry] = []
    /// The structure of what each entry gives.
    private var outputs: [Output?] = []
    /// What was recorded or replayed last.
    private var lastStep: CapturedStep?

    private let gate = Monitor(isReentrant: true)
    /// Why the function is never replayed.
    private var lastingRefusal: String?
    /// Why it isn't replayed outside `noGrad`.
    private var historyRefusal: String?

    /// Why the function isn't replayed; nil if it is, or wasn't recorded yet.
    public var refusal: String? { lastingRefusal ?? historyRefusal }

    init(_ body: @escaping (repeat each Input) -> Output) { self.body = body }

    /// How many kernels the step runs that was recorded or replayed last; nil where inputs of new
    /// shapes came since, or there was none.
    public var kernelCount: Int? { lastStep?.kernelCount }

    /// How many the function itself runs: neighbours are joined, and what is constant or never used
    /// drops out.
    public var recordedKernelCount: Int? { lastStep?.recordedCount }

    /// Why a GPU launches the kernels of that step one by one, though it knows CUDA graphs; nil
    /// where it doesn't.
    public var launchProblem: String? { lastStep?.launchProblem }

    /// The bytes of memory that all arrays of that step share; nil where there is none.
    public var byteCount: Int? { lastStep?.byteCount }

    /// The function on these inputs.
    public func callAsFunction(_ input: repeat each Input) -> Output {
        gate.locked { call(repeat each input) }
    }

    private func call(_ input: repeat each Input) -> Output {
        // A checkpoint repeats draws, and inside vmap they may differ from example to example.
        let isWatched =
            Recorder.current != nil || Recording.current.observer != nil || RandomJournal.isOpen
            || DrawScope.isOpen
        if lastingRefusal != nil || isWatched { return run(repeat each input) }
        if historyRefusal != nil, GradMode.isEnabled {
            let output = body(repeat each input)
            // It was called where a derivative was taken, and isn't any more.
            if !output.leaves.contains(where: \.leadsOn) { historyRefusal = nil }
            return output.mapLeaves(\.ownResult)
        }
        var tensors: [Tensor] = []
        var structure = ""
        for tree in repeat each input {
            tensors += tree.leaves
            tree.describeStructure(to: &structure)
        }
        if tensors.contains(where: { $0.trace != nil || $0.requiresGrad }) {
            return run(repeat each input)
        }
        guard let index = entries.firstIndex(where: { $0.fits(tensors, structure) }) else {
            lastStep = nil
            // Each recorded step has memory of its own.
            if entries.count == 8 { return run(repeat each input) }
            entries.append(CapturedEntry(tensors, structure))
            outputs.append(nil)
            return prepare(tensors, repeat each input)
        }
        guard let step = entries[index].step, let output = outputs[index] else {
            return record(tensors, index, repeat each input)
        }
        let arrays = tensors.map(\.data)
        switch step.standing(on: arrays) {
        case .holds:
            lastStep = step
            return output.replacingLeaves(step.replay(arrays).map { Tensor($0) })
        case .elsewhere:
            return run(repeat each input)
        case .changed(let change):
            if entries[index].isInVain(step) {
                lastingRefusal = "with every call, \(change)"
                return run(repeat each input)
            }
            return record(tensors, index, repeat each input)
        }
    }

    /// The function as it is.
    private func run(_ input: repeat each Input) -> Output {
        body(repeat each input).mapLeaves(\.ownResult)
    }

    /// The function as it is, for the first time with such inputs.
    private func prepare(_ tensors: [Tensor], _ input: repeat each Input) -> Output {
        let versions = tensors.map(\.version)
        let output = body(repeat each input)
        if tensors.map(\.version) != versions {
            lastingRefusal = Recorder.writesInput
        } else if output.leaves.contains(where: { $0.trace == nil && $0.leadsOn }) {
            historyRefusal = historyReason
        }
        return output.mapLeaves(\.ownResult)
    }

    private func record(_ tensors: [Tensor], _ index: Int, _ input: repeat each Input) -> Output {
        let backend = tensors.first?.data.backend ?? Device.currentBackend
        entries[index].step = nil
        let (output, leaves, step) = Recorder.record(tensors.map(\.data), on: backend) { arrays in
            var rest = arrays[...]
            func take<T: TensorTree>(_ tree: T) -> T where T.Mapped == T {
                tree.mapLeaves { _ in Tensor(rest.removeFirst()) }
            }
            let output = body(repeat take(each input))
            if output.leaves.contains(where: \.leadsOn) {
                Recorder.current?.postpone(historyReason)
            }
            return (output, outputs: output.leaves.map(\.data))
        }
        switch step {
        case .success(let step):
            entries[index].step = step
            lastStep = step
            outputs[index] = output.mapLeaves { $0.detach() }
            return output.replacingLeaves(leaves.map { Tensor($0.copy()) })
        case .failure(let refused):
            if refused.isLasting || entries[index].isInVain() { lastingRefusal = refused.reason }
            if output.leaves.contains(where: { $0.trace == nil && $0.leadsOn }) {
                historyRefusal = historyReason
            }
            return output.mapLeaves(\.ownResult)
        }
    }
}

private let historyReason =
    "a derivative may flow through its result, which a replay cuts off; return it detached, or call "
    + "it inside noGrad"

/// A recorded step and the inputs that it is for.
private struct CapturedEntry {
    private let inputs: [Input]
    private let structure: String
    /// Whether operations were recorded for differentiation.
    private let isRecording = GradMode.isEnabled
    /// In which numbers products were computed.
    private let precision = Autocast.precision
    /// Where tensors are made that name no device.
    private let backend = Device.currentBackend
    /// How many steps were recorded in a row that were never replayed.
    private var vainCount = 0
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
        guard inputs.count == tensors.count, self.structure == structure,
            isRecording == GradMode.isEnabled, precision == Autocast.precision,
            backend === Device.currentBackend
        else { return false }
        for (input, tensor) in zip(inputs, tensors) {
            if input.shape != tensor.shape || input.dtype != tensor.dtype { return false }
            if input.device != tensor.device { return false }
        }
        return true
    }

    /// Whether recording anew is useless, now that `step` can't be replayed, or there is none:
    /// three recordings in a row came to no replay.
    mutating func isInVain(_ step: CapturedStep? = nil) -> Bool {
        vainCount = step?.wasReplayed == true ? 0 : vainCount + 1
        return vainCount == 3
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
