import Synchronization

/// Notes the kernels of a step as they run, so that they can be run again without what called them.
///
/// While it is open, new arrays of its backend lie in a pool of the step, and everything that a
/// replay could not do again makes it refuse, with a reason.
package final class Recorder {
    private let backend: any Backend
    let pool: CapturePool

    private var calls: [CaptureProgram.Call] = []
    /// Stand-ins for storages, those of the step by their number: they hold no reference, so that
    /// reuse in place is decided as if nobody recorded.
    private var inner: [UInt32: Storage] = [:]
    private var outer: [ObjectIdentifier: Storage] = [:]
    /// What was made outside and is used inside, kept alive.
    private var outside: [ObjectIdentifier: Storage] = [:]
    private var changed: [ObjectIdentifier: Storage] = [:]
    private var randoms: [(random: Random, start: UInt64)] = []
    private var feeds: [any StepInput] = []
    private var conditions: [CapturedStep.Condition] = []
    private var results: [() -> Void] = []
    private var reads: [ObjectIdentifier: (storage: Storage, version: UInt32)] = [:]
    /// The inputs, and the copies that the step is given of them.
    var inputs: [(original: NDArray, copy: NDArray)] = []
    /// Whether an input was changed since, which its copy doesn't know yet.
    var isInputStale = false
    var notes = OutsideTensors()
    /// Why the step can't be replayed; nil if it can.
    package private(set) var refusal: String?
    /// Why this time can't be replayed, though another might.
    private var postponement: String?

    @TaskLocal private static var scoped: ThreadScope<Recorder>?
    private static let open = Atomic(0)

    /// Whether any recorder is open in the process: while none is, nobody looks for one.
    @inline(__always)
    package static var mayBeOpen: Bool { open.load(ordering: .relaxed) != 0 }

    /// The recorder of this scope and thread.
    package static var current: Recorder? {
        mayBeOpen ? scoped?.value : nil
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
        KernelWatch.open.add(1, ordering: .relaxed)
        Recording.beginNotes()
        let (result, outputs, given) = ThreadScope.open(recorder, in: $scoped) {
            let given = inputs.map { $0.copy() }
            recorder.forgetInputs()
            recorder.inputs = zip(inputs, given).map { ($0, $1) }
            let (result, outputs) = body(given)
            recorder.refreshInputs()
            return (result, outputs, given)
        }
        open.subtract(1, ordering: .relaxed)
        KernelWatch.open.subtract(1, ordering: .relaxed)
        Recording.endNotes()
        recorder.writeBack()
        return (result, outputs, recorder.finish(given, outputs))
    }

    /// Copying the inputs into the step is no part of it.
    private func forgetInputs() {
        calls = []
        inner = [:]
        outer = [:]
        outside = [:]
        changed = [:]
    }

    /// Why a step can't be replayed, and whether that will be so the next time.
    package struct Refusal: Error {
        package let reason: String
        package var isLasting = true
    }

    private func finish(_ inputs: [NDArray], _ outputs: [NDArray]) -> Result<CapturedStep, Refusal>
    {
        refuseStaleness()
        let live = pool.seal()
        if let refusal { return .failure(Refusal(reason: refusal)) }
        if let postponement {
            return .failure(Refusal(reason: postponement, isLasting: false))
        }
        let nobody = Random(seed: 0)
        let stateful = randoms.indices.filter { index in
            // One that the step made itself starts anew in each.
            let start = randoms[index].start
            var random = randoms[index].random
            randoms[index].random = nobody
            defer { randoms[index] = (random, start) }
            return !isKnownUniquelyReferenced(&random)
        }
        let advances = stateful.map { index in
            CapturedStep.Advance(
                random: randoms[index].random, start: randoms[index].start,
                end: randoms[index].random.place)
        }
        if let ambiguity = ambiguity(of: advances) { return .failure(ambiguity) }
        let outputs = outputs.map { standIn($0) }
        let inputs = inputs.map { (memory: $0, alias: standIn($0).storage) }
        var program = CaptureProgram(
            calls: calls,
            temporary: Set(
                inner.filter { !live.contains($0.key) }.map { ObjectIdentifier($0.value) }),
            own: Set(inner.values.map(ObjectIdentifier.init))
                .subtracting(inputs.map { ObjectIdentifier($0.alias) }))
        program.improve()
        let step = CapturedStep(
            program, on: backend, pool: pool, inputs: inputs, outputs: outputs,
            surroundings: surroundings(advances))
        return .success(step)
    }

    /// Where two streams draw by the same keys, which then don't say whose they are.
    private func ambiguity(of advances: [CapturedStep.Advance]) -> Refusal? {
        let isAmbiguous = advances.contains { advance in
            randoms.contains {
                $0.random !== advance.random && $0.random.seed == advance.random.seed
                    && $0.random.stream == advance.random.stream
            }
        }
        guard isAmbiguous else { return nil }
        return Refusal(
            reason:
                "it draws from two random streams of one seed, whose numbers are the same; give "
                + "them other seeds, or fork(_:) them under other names")
    }

    /// What shows at the end only.
    private func refuseStaleness() {
        refuseInputsLeft()
        if notes.hasReplaced {
            refuse(
                "a tensor that outlives the step is given other elements; write into the old ones")
        }
        if reads.keys.contains(where: { changed[$0] != nil }) {
            refuse("it reads the values of a tensor that it changes")
        }
    }

    private func surroundings(_ advances: [CapturedStep.Advance]) -> CapturedStep.Surroundings {
        let reliances = notes.reliances
        return CapturedStep.Surroundings(
            outside: Array(outside.values), changed: Array(changed.values),
            changedKeys: Set(changed.keys), advances: advances, feeds: feeds,
            found: reliances.tensors, foundGradients: reliances.gradients,
            reads: Array(reads.values), conditions: conditions, gradients: notes.gradients,
            results: results)
    }

    // What the step tells.

    /// A kernel that is about to run.
    func note(_ kernel: Kernel, _ a: NDArray, _ b: NDArray, _ c: NDArray, _ out: NDArray) {
        refreshInputs()
        noteChange(of: out.storage)
        if kernel.traits.changesList {
            for array in kernel.changedInList { noteChange(of: array.storage) }
        }
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
            CaptureProgram.Call(
                kernel: kernel, a: standIn(a), b: standIn(b), c: standIn(c), out: standIn(out)))
    }

    /// Bytes of the host that are written into `storage`: the same in every replay.
    func noteUpload(_ bytes: UnsafeRawBufferPointer, into array: NDArray) {
        guard array.backend === backend else { return }
        let out = standIn(array)
        calls.append(
            CaptureProgram.Call(
                kernel: .copy, a: out, b: out, c: out, out: out, bytes: Array(bytes)))
    }

    /// Elements are read on the host. What the step computes is not there when it is replayed.
    func noteRead(of array: NDArray) {
        if isInside(array.storage) || changed[ObjectIdentifier(array.storage)] != nil {
            refuse("it reads the values of a tensor that it computes")
        } else if reads[ObjectIdentifier(array.storage)] == nil {
            reads[ObjectIdentifier(array.storage)] = (array.storage, array.storage.version)
        }
    }

    /// Has a step that is being recorded know that elements are read on the host, and nothing of
    /// how `copy` brings them there.
    static func reading(_ array: NDArray, _ copy: () -> NDArray) -> NDArray {
        guard mayBeOpen, let current else { return copy() }
        current.refreshInputs()
        current.noteRead(of: array)
        return unrecorded(copy)
    }

    /// Runs `body` as if nobody recorded.
    package static func unrecorded<R>(_ body: () throws -> R) rethrows -> R {
        try $scoped.withValue(nil, operation: body)
    }

    func noteMove(_ array: NDArray) {
        refuse("it moves a tensor of shape \(array.shape) to another device")
    }

    func note(_ random: Random) {
        if randoms.contains(where: { $0.random === random }) { return }
        randoms.append((random, random.place))
    }

    /// What the host gives anew before each step.
    package func note(_ feed: any StepInput) {
        if feeds.contains(where: { $0 === feed }) {
            refuse("it makes two steps of one optimizer")
        } else {
            feeds.append(feed)
        }
    }

    /// Something that the recorded step takes for granted: where it no longer holds, since there
    /// was a `change`, the step is recorded anew.
    package func require(_ change: String, _ condition: @escaping () -> Bool) {
        conditions.append(CapturedStep.Condition(change: change, holds: condition))
    }

    /// What else is to be done after each replay.
    package func afterwards(_ action: @escaping () -> Void) { results.append(action) }

    package func refuse(_ reason: String) { refusal = refusal ?? reason }

    /// Has the step recorded another time, not this one.
    package func postpone(_ reason: String) { postponement = postponement ?? reason }

    /// Whether the step made this storage.
    package func isInside(_ storage: Storage) -> Bool { storage.pool === pool }

    private func standIn(_ array: NDArray) -> NDArray {
        let storage = array.storage
        if isInside(storage) {
            let known = inner[storage.serial] ?? Storage(standingFor: storage)
            inner[storage.serial] = known
            return array.placed(in: known)
        }
        let key = ObjectIdentifier(storage)
        outside[key] = storage
        let known = outer[key] ?? Storage(standingFor: storage)
        outer[key] = known
        return array.placed(in: known)
    }
}

/// Numbers that the host computes anew before each step and uploads.
package protocol StepInput: AnyObject {
    /// Advances what is counted and uploads the numbers of the next step.
    func advance()
}
