/// A block of memory on a device, shared by the arrays that view it.
///
/// Released to its backend's allocator the moment the last array lets go.
package final class Storage: @unchecked Sendable {
    // Safe to share: the pointer and size never change (but for stand-ins, which stay with one
    // captured step). Bytes and `version` are written by whoever fills the one array that there is,
    // by the tensor that changes it in place, which stays on one thread, and in
    // `withUnsafeMutableBytes`, whose caller vouches for it; `witness` is set by who made it.

    /// Where the bytes start: 64-byte aligned unless the storage wraps foreign memory.
    @exclusivity(unchecked) package internal(set) var pointer: UnsafeMutableRawPointer
    /// The size of the memory.
    package let byteCount: Int
    package let backend: any Backend
    /// The step that the memory belongs to, if it was made while one was captured.
    let pool: CapturePool?
    /// Tells apart the storages of a pool, which share memory; 0 outside.
    let serial: UInt32
    /// Whether there is no memory at all: see `AbsentBackend`.
    let isAbsent: Bool
    /// Whether the memory is the backend's and may be written: false for foreign memory.
    package let isOwned: Bool
    /// Kept alive with the memory: the owner of foreign memory, or a witness.
    private var companion: AnyObject?

    /// Counts in-place changes, so that autograd notices when a saved value was overwritten.
    @exclusivity(unchecked) package internal(set) var version: UInt32 = 0

    /// Lives exactly as long as the memory: how the profiler learns that it was given back. Foreign
    /// memory takes none.
    package var witness: AnyObject? {
        get { isOwned ? companion : nil }
        set { if isOwned { companion = newValue } }
    }

    /// Uninitialized memory from the backend's allocator.
    package init(byteCount: Int, backend: any Backend) {
        self.byteCount = byteCount
        let home = backend.home
        self.backend = home
        pool = Recorder.mayBeOpen ? Recorder.pool(on: home) : nil
        let block = pool?.allocate(byteCount: byteCount)
        pointer = block?.pointer ?? home.allocate(byteCount: byteCount)
        serial = block?.serial ?? 0
        isOwned = true
        isAbsent = false
        companion = nil
    }

    /// Memory of the backend's allocator that was filled already.
    init(adopting pointer: UnsafeMutableRawPointer, byteCount: Int, backend: any Backend) {
        self.pointer = pointer
        self.byteCount = byteCount
        self.backend = backend
        pool = nil
        serial = 0
        isOwned = true
        isAbsent = false
        companion = nil
    }

    /// Memory that belongs to `owner` (a memory-mapped file, say), kept alive with it.
    package init(
        wrapping pointer: UnsafeMutableRawPointer, byteCount: Int, backend: any Backend,
        owner: AnyObject
    ) {
        self.pointer = pointer
        self.byteCount = byteCount
        self.backend = backend
        pool = nil
        serial = 0
        isOwned = false
        isAbsent = backend is AbsentBackend
        companion = owner
    }

    /// The same memory without keeping it alive.
    init(standingFor storage: Storage) {
        pointer = storage.pointer
        byteCount = storage.byteCount
        backend = storage.backend
        pool = nil
        serial = 0
        isOwned = false
        isAbsent = storage.isAbsent
        companion = nil
    }

    deinit {
        guard isOwned else { return }
        if let pool {
            pool.deallocate(pointer, byteCount: byteCount, serial)
        } else {
            backend.deallocate(pointer, byteCount: byteCount)
        }
    }
}
