import Glibc
import Synchronization

/// Notes the kernels of a step as they run, so that they can be run again without what called them.
///
/// While it is open, new arrays of its backend lie in a pool of the step, and everything that a
/// replay could not do again makes it refuse, with a reason.
package final class Recorder: @unchecked Sendable {
    // Safe to share: a task-local value, used only by the thread that opened the scope.
    private let thread = pthread_self()
    private let backend: any Backend
    let pool: CapturePool

    private var calls: [CapturedCall] = []
    private var uploads: [(before: Int, bytes: [UInt8], into: Storage)] = []
    /// Stand-ins for storages by address: they hold no reference, so that reuse in place is decided as
    /// if nobody recorded.
    private var standIns: [UnsafeMutableRawPointer: Storage] = [:]
    /// What was made outside and is used inside, kept alive.
    private var outside: [ObjectIdentifier: Storage] = [:]
    private var changed: [ObjectIdentifier: Storage] = [:]
    private var randoms: [(random: Random, start: UInt64)] = []
    private var feeds: [any StepInput] = []
    private var conditions: [() -> Bool] = []
    private var results: [() -> Void] = []
    private var replaced: [WeakTensor] = []
    /// The tensors whose gradients the step leaves.
    private var graded: [ObjectIdentifier: Tensor] = [:]
    /// Why the step can't be replayed; nil if it can.
    package private(set) var refusal: String?

    private struct WeakTensor { weak var tensor: Tensor? }

    @TaskLocal private static var scoped: Recorder?
    private static let open = Atomic(0)

    /// Whether any recorder is open in the process: while none is, nobody looks for one.
    @inline(__always)
    package static var mayBeOpen: Bool { open.load(ordering: .relaxed) != 0 }

    /// The recorder of this scope and thread.
    package static var current: Recorder? {
        guard mayBeOpen, let recorder = scoped, pthread_equal(recorder.thread, pthread_self()) != 0
        else { return nil }
        return recorder
    }

    /// Where a storage made in this scope goes; nil for the backend's own memory.
    static func pool(on backend: any Backend) -> CapturePool? {
        guard let recorder = current, recorder.backend === backend else { return nil }
        return recorder.pool
    }

    private init(on backend: any Backend) {
        self.backend = backend
        pool = CapturePool(on: backend)
    }

    /// Runs `body` on contiguous copies of `inputs` and records it. `body` gives its outputs.
    package static func record<R>(
        _ inputs: [NDArray], on backend: any Backend, _ body: ([NDArray]) -> (R, outputs: [NDArray])
    ) -> (result: R, outputs: [NDArray], step: Result<CapturedStep, Refusal>) {
        let recorder = Recorder(on: backend)
        open.add(1, ordering: .relaxed)
        let (result, outputs, given) = $scoped.withValue(recorder) {
            let given = inputs.map { $0.copy() }
            recorder.forgetInputs()
            let (result, outputs) = body(given)
            return (result, outputs, given)
        }
        open.subtract(1, ordering: .relaxed)
        return (result, outputs, recorder.finish(given, outputs))
    }

    /// Copying the inputs into the step is no part of it.
    private func forgetInputs() {
        calls = []
        standIns = [:]
        outside = [:]
        changed = [:]
    }

    /// Why a step can't be replayed.
    package struct Refusal: Error { package let reason: String }

    private func finish(_ inputs: [NDArray], _ outputs: [NDArray]) -> Result<CapturedStep, Refusal>
    {
        if replaced.contains(where: { $0.tensor.map { isInside($0.data.storage) } ?? false }) {
            refuse(
                "a tensor that outlives the step was given other elements; write into the old ones")
        }
        pool.seal()
        if let refusal { return .failure(Refusal(reason: refusal)) }
        for tensor in graded.values {
            let grad = tensor.grad
            results.append { tensor.grad = grad }
        }
        let inputIns = inputs.map { standIn($0) }
        let writes = Set(calls.map { $0.out.storage.pointer })
        let advances = randoms.compactMap { entry -> CapturedStep.Advance? in
            // One that the step made itself starts anew in each.
            var random = entry.random
            let start = entry.start
            randoms.removeAll { $0.random === random }
            if isKnownUniquelyReferenced(&random) { return nil }
            return CapturedStep.Advance(random: random, start: start, end: random.position)
        }
        return .success(
            CapturedStep(
                backend: backend, pool: pool, calls: calls, uploads: uploads,
                inputs: zip(inputs, inputIns).map { array, alias in
                    CapturedStep.Input(
                        memory: array, alias: alias.storage,
                        isWritten: writes.contains(array.storage.pointer))
                }, outputs: outputs.map { standIn($0) }, outside: Array(outside.values),
                changed: Array(changed.values), advances: advances, feeds: feeds,
                conditions: conditions, results: results))
    }

    // What the step tells.

    /// A kernel that is about to run.
    func note(_ kernel: Kernel, _ a: NDArray, _ b: NDArray, _ c: NDArray, _ out: NDArray) {
        guard refusal == nil else { return }
        guard out.backend === backend else {
            return refuse("it computes on \(out.device) and on \(backend.device)")
        }
        if !isInside(out.storage) { changed[ObjectIdentifier(out.storage)] = out.storage }
        var kernel = kernel
        if let list = kernel.list {
            for array in kernel.changedInList where !isInside(array.storage) {
                changed[ObjectIdentifier(array.storage)] = array.storage
            }
            kernel = kernel.with(ArrayList(list.arrays.map { standIn($0) }))
        }
        calls.append(
            CapturedCall(
                kernel: kernel, a: standIn(a), b: standIn(b), c: standIn(c), out: standIn(out)))
    }

    /// Bytes of the host that are written into `storage`: the same in every replay.
    func noteUpload(_ bytes: UnsafeRawBufferPointer, into storage: Storage) {
        uploads.append((calls.count, Array(bytes), standIn(storage)))
    }

    /// Elements are read on the host. What the step computes is not there when it is replayed.
    func noteRead(of array: NDArray) {
        if isInside(array.storage) || changed[ObjectIdentifier(array.storage)] != nil {
            refuse("it reads the values of a tensor that it computes")
        }
    }

    func noteMove(_ array: NDArray) {
        refuse("it moves a tensor of shape \(array.shape) to another device")
    }

    func note(_ random: Random) {
        if randoms.contains(where: { $0.random === random }) { return }
        randoms.append((random, random.position))
    }

    /// What the host gives anew before each step.
    package func note(_ feed: any StepInput) {
        if feeds.contains(where: { $0 === feed }) {
            refuse("it makes two steps of one optimizer")
        } else {
            feeds.append(feed)
        }
    }

    /// Something that the recorded step took for granted: where it no longer holds, the step is
    /// recorded anew.
    package func require(_ condition: @escaping () -> Bool) { conditions.append(condition) }

    /// What else is to be done after each replay.
    package func afterwards(_ action: @escaping () -> Void) { results.append(action) }

    /// `tensor.grad` is about to be set or added to.
    package func noteGradient(of tensor: Tensor) {
        if let grad = tensor.grad, !isInside(grad.data.storage) {
            return refuse("it adds to gradients from before the step; call zeroGrad() at its start")
        }
        graded[ObjectIdentifier(tensor)] = tensor
    }

    /// `tensor.data` was replaced: a replay would go on reading what it was before.
    func noteAssignment(to tensor: Tensor) {
        if tensor is Parameter || tensor is Buffer { replaced.append(WeakTensor(tensor: tensor)) }
    }

    package func refuse(_ reason: String) { refusal = refusal ?? reason }

    /// Whether the step made this storage.
    package func isInside(_ storage: Storage) -> Bool { storage.pool === pool }

    private func standIn(_ array: NDArray) -> NDArray {
        if !isInside(array.storage) { outside[ObjectIdentifier(array.storage)] = array.storage }
        return array.placed(in: standIn(array.storage))
    }

    private func standIn(_ storage: Storage) -> Storage {
        if let known = standIns[storage.pointer] { return known }
        let fresh = Storage(standingFor: storage)
        standIns[storage.pointer] = fresh
        return fresh
    }
}

/// Numbers that the host computes anew before each step and uploads.
package protocol StepInput: AnyObject {
    /// Advances what is counted and uploads the numbers of the next step.
    func update()
}
