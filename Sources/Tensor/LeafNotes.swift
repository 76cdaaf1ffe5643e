import Glibc

/// What the passes of one thread note on leaves that other threads may be using too, such as the
/// parameters of a module: each thread has notes of its own.
///
/// Everything else that a pass meets was made on its thread and carries its notes itself.
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

    /// See `PassMarks`.
    package final var mark: UInt16 {
        get { isShared ? LeafNotes.note(on: self).mark : ownMark }
        set {
            if isShared {
                LeafNotes.write(on: self) { $0.mark = newValue }
            } else {
                ownMark = newValue
            }
        }
    }

    /// The position among the targets of a pass, from 1.
    package final var target: Int32 {
        get { isShared ? LeafNotes.note(on: self).target : ownTarget }
        set {
            if isShared {
                LeafNotes.write(on: self) { $0.target = newValue }
            } else {
                ownTarget = newValue
            }
        }
    }

    /// The uses that haven't contributed to the gradient yet.
    package final var pendingUses: Int32 {
        get { isShared ? LeafNotes.note(on: self).pendingUses : ownUses }
        set {
            if isShared {
                LeafNotes.write(on: self) { $0.pendingUses = newValue }
            } else {
                ownUses = newValue
            }
        }
    }

    /// The gradient that has come together so far.
    package final var cotangent: Tensor? {
        get { isShared ? LeafNotes.note(on: self).cotangent : ownCotangent }
        _modify {
            if isShared {
                var gradient = LeafNotes.note(on: self).cotangent
                defer { LeafNotes.write(on: self) { $0.cotangent = gradient } }
                yield &gradient
            } else {
                yield &ownCotangent
            }
        }
    }
}
