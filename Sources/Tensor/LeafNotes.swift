import Glibc
import Synchronization

/// What the passes of one thread note on leaves that other threads are using at the same time, such
/// as the parameters of a module.
///
/// Tensors that a pass meets carry its notes themselves. Those that other threads can reach,
/// leaves, do so for one thread at a time, which has claimed them; the others write here meanwhile.
final class LeafNotes {
    /// What a pass notes on a tensor.
    struct Note {
        var mark: UInt16 = 0
        var target: Int32 = 0
        var pendingUses: Int32 = 0
        var cotangent: Tensor?

        fileprivate var isBlank: Bool {
            mark == 0 && target == 0 && pendingUses == 0 && cotangent == nil
        }
    }

    private var notes: [ObjectIdentifier: Note] = [:]
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
        guard let current, !current.notes.isEmpty else { return false }
        return current.notes[ObjectIdentifier(leaf)] != nil
    }

    static func note(on leaf: Tensor) -> Note {
        guard let current, !current.notes.isEmpty else { return Note() }
        return current.notes[ObjectIdentifier(leaf)] ?? Note()
    }

    /// Has `change` change the note on a leaf.
    static func write(on leaf: Tensor, _ change: (inout Note) -> Void) {
        let thread = current ?? start()
        var note = thread.notes[ObjectIdentifier(leaf)] ?? Note()
        change(&note)
        thread.notes[ObjectIdentifier(leaf)] = note.isBlank ? nil : note
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

// The engine's notes during one backward pass; zero and nil outside it.
extension Tensor {
    /// Whether other threads may be using this tensor: a leaf that no function made for itself.
    private final var isShared: Bool { ctx == nil && segment == 0 && !isFreed }

    /// Whether the notes on the tensor itself are this thread's.
    private final var carriesNotes: Bool {
        !isShared || noteTaker.load(ordering: .acquiring) == UInt(pthread_self())
    }

    /// Whether the notes on a shared tensor are this thread's now.
    private final func claimNotes() -> Bool {
        let thread = UInt(pthread_self())
        if noteTaker.load(ordering: .acquiring) == thread { return true }
        if LeafNotes.hasNote(on: self) { return false }
        return noteTaker.compareExchange(expected: 0, desired: thread, ordering: .acquiring)
            .exchanged
    }

    /// Leaves a shared tensor to other threads once nothing is noted on it.
    private final func releaseNotes() {
        guard ownUses == 0, ownCotangent == nil, ownMark == 0, ownTarget == 0 else { return }
        noteTaker.store(0, ordering: .releasing)
    }

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

    /// See `PassMarks`.
    package final var mark: UInt16 {
        get { carriesNotes ? ownMark : LeafNotes.note(on: self).mark }
        set {
            if !isShared {
                ownMark = newValue
            } else if claimNotes() {
                ownMark = newValue
                releaseNotes()
            } else {
                LeafNotes.write(on: self) { $0.mark = newValue }
            }
        }
    }

    /// The position among the targets of a pass, from 1.
    package final var target: Int32 {
        get { carriesNotes ? ownTarget : LeafNotes.note(on: self).target }
        set {
            if !isShared {
                ownTarget = newValue
            } else if claimNotes() {
                ownTarget = newValue
                releaseNotes()
            } else {
                LeafNotes.write(on: self) { $0.target = newValue }
            }
        }
    }

    /// The uses that haven't contributed to the gradient yet.
    package final var pendingUses: Int32 {
        get { carriesNotes ? ownUses : LeafNotes.note(on: self).pendingUses }
        set {
            if !isShared {
                ownUses = newValue
            } else if claimNotes() {
                ownUses = newValue
                releaseNotes()
            } else {
                LeafNotes.write(on: self) { $0.pendingUses = newValue }
            }
        }
    }

    /// The gradient that has come together so far.
    package final var cotangent: Tensor? {
        get { carriesNotes ? ownCotangent : LeafNotes.note(on: self).cotangent }
        _modify {
            if !isShared {
                yield &ownCotangent
            } else if claimNotes() {
                defer { releaseNotes() }
                yield &ownCotangent
            } else {
                var gradient = LeafNotes.note(on: self).cotangent
                defer { LeafNotes.write(on: self) { $0.cotangent = gradient } }
                yield &gradient
            }
        }
    }
}
