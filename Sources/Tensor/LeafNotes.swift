import Glibc
import Synchronization

/// What a backward pass notes on a tensor; blank outside it.
struct TensorNote {
    var mark: UInt16 = 0
    var target: Int32 = 0
    var pendingUses: Int32 = 0
    var cotangent: Tensor?

    var isBlank: Bool { mark == 0 && target == 0 && pendingUses == 0 && cotangent == nil }
}

/// What the passes of one thread note on leaves that other threads are using at the same time, such
/// as the parameters of a module.
///
/// Tensors that a pass meets carry its notes themselves. Those that other threads can reach,
/// leaves, do so for one thread at a time, which has claimed them; the others write here meanwhile.
final class LeafNotes {
    private var notes: [ObjectIdentifier: TensorNote] = [:]
    /// What derivatives under way on the thread have hung on tensors that they move where they are.
    private var traces: [ObjectIdentifier: any Trace] = [:]

    /// Where a thread keeps its notes.
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let status = pthread_key_create(&key) { notes in
            if let notes { Unmanaged<LeafNotes>.fromOpaque(notes).release() }
        }
        if status != 0 { fail("backward", "the system has no room for notes of a thread") }
        return key
    }()

    /// Those of this thread, if it ever made any.
    private static var current: LeafNotes? {
        pthread_getspecific(key).map { Unmanaged.fromOpaque($0).takeUnretainedValue() }
    }

    /// Whether this thread has noted something on a leaf here.
    static func hasNote(on leaf: Tensor) -> Bool {
        leaf.isNotedElsewhere && current?.notes[ObjectIdentifier(leaf)] != nil
    }

    static func note(on leaf: Tensor) -> TensorNote {
        current?.notes[ObjectIdentifier(leaf)] ?? TensorNote()
    }

    /// Has `change` change the note on a leaf.
    static func write(on leaf: Tensor, _ change: (inout TensorNote) -> Void) {
        let thread = current ?? start()
        let previous = thread.notes[ObjectIdentifier(leaf)]
        var note = previous ?? TensorNote()
        change(&note)
        let kept = note.isBlank ? nil : note
        thread.notes[ObjectIdentifier(leaf)] = kept
        if previous == nil, kept != nil { leaf.notedElsewhere.add(1, ordering: .relaxed) }
        if previous != nil, kept == nil { leaf.notedElsewhere.subtract(1, ordering: .relaxed) }
    }

    static func trace(on leaf: Tensor) -> (any Trace)? { current?.traces[ObjectIdentifier(leaf)] }

    /// Hangs `trace` on a leaf, for this thread; gives what hung there.
    fileprivate static func exchangeTrace(
        _ trace: (any Trace)?, on leaf: Tensor
    ) -> (any Trace)? {
        let thread = current ?? start()
        let previous = thread.traces[ObjectIdentifier(leaf)]
        thread.traces[ObjectIdentifier(leaf)] = trace
        return previous
    }

    private static func start() -> LeafNotes {
        let notes = LeafNotes()
        pthread_setspecific(key, Unmanaged.passRetained(notes).toOpaque())
        return notes
    }
}

// The engine's notes during one backward pass.
extension Tensor {
    /// Whether other threads may be using this tensor: a leaf that no function made for itself.
    private final var isShared: Bool { ctx == nil && segment == 0 && !isFreed }

    /// What this thread has noted on a shared tensor.
    @inline(never) private final var sharedNote: TensorNote {
        if noteTaker.load(ordering: .acquiring) == UInt(pthread_self()) { return ownNote }
        return isNotedElsewhere ? LeafNotes.note(on: self) : TensorNote()
    }

    /// Whether a thread notes something on a shared tensor in notes of its own.
    fileprivate final var isNotedElsewhere: Bool { notedElsewhere.load(ordering: .relaxed) > 0 }

    /// Has `change` change what this thread has noted on a shared tensor: on the tensor itself for
    /// the thread that comes first, which leaves it to others once nothing is noted on it.
    @inline(never) private final func noteShared(_ change: (inout TensorNote) -> Void) {
        guard claimNotes() else { return LeafNotes.write(on: self, change) }
        change(&ownNote)
        if ownNote.isBlank { noteTaker.store(0, ordering: .releasing) }
    }

    /// Whether the notes on a shared tensor are this thread's now.
    private final func claimNotes() -> Bool {
        let thread = UInt(pthread_self())
        if noteTaker.load(ordering: .acquiring) == thread { return true }
        if LeafNotes.hasNote(on: self) { return false }
        return noteTaker.compareExchange(expected: 0, desired: thread, ordering: .acquiring)
            .exchanged
    }

    /// See `PassMarks`.
    package final var mark: UInt16 {
        get { isShared ? sharedNote.mark : ownNote.mark }
        set {
            if isShared { noteShared { $0.mark = newValue } } else { ownNote.mark = newValue }
        }
    }

    /// The position among the targets of a pass, from 1.
    package final var target: Int32 {
        get { isShared ? sharedNote.target : ownNote.target }
        set {
            if isShared { noteShared { $0.target = newValue } } else { ownNote.target = newValue }
        }
    }

    /// The uses that haven't contributed to the gradient yet.
    package final var pendingUses: Int32 {
        get { isShared ? sharedNote.pendingUses : ownNote.pendingUses }
        set {
            if isShared {
                noteShared { $0.pendingUses = newValue }
            } else {
                ownNote.pendingUses = newValue
            }
        }
    }

    /// The gradient that has come together so far.
    package final var cotangent: Tensor? {
        get { isShared ? sharedNote.cotangent : ownNote.cotangent }
        set {
            if isShared {
                noteShared { $0.cotangent = newValue }
            } else {
                ownNote.cotangent = newValue
            }
        }
    }

    /// The gradient that has come together, which is taken away.
    package final func takeCotangent() -> Tensor? {
        guard isShared else { return ownNote.cotangent.take() }
        let cotangent = sharedNote.cotangent
        if cotangent != nil { noteShared { $0.cotangent = nil } }
        return cotangent
    }
}

// What forward derivatives and batches hang on a tensor.
extension Tensor {
    /// What `jvp` or `vmap` hangs on the tensor while it runs.
    package final var trace: (any Trace)? {
        get {
            movers.load(ordering: .relaxed) == 0
                ? ownTrace : LeafNotes.trace(on: self) ?? ownTrace
        }
        set { ownTrace = newValue }
    }

    /// Has this thread, and no other, see `trace` on the tensor, or what was there before: nil.
    ///
    /// - Returns: what this function hung on it before.
    package final func exchangeTrace(_ trace: (any Trace)?) -> (any Trace)? {
        let previous = LeafNotes.exchangeTrace(trace, on: self)
        if previous == nil, trace != nil { movers.add(1, ordering: .relaxed) }
        if previous != nil, trace == nil { movers.subtract(1, ordering: .relaxed) }
        return previous
    }
}
