/// A block of memory on a device, shared by the arrays that view it.
///
/// Released to its backend's allocator the moment the last array lets go.
public final class Storage: @unchecked Sendable {
    // Safe to share: the pointer and size never change, the bytes are written only by whoever holds
    // the one array being filled, and `version` is touched only by in-place changes of a tensor,
    // which stays on one thread.

    /// Where the bytes start: 64-byte aligned unless the storage wraps foreign memory.
    public let pointer: UnsafeMutableRawPointer
    public let byteCount: Int
    public let backend: any Backend
    private let owner: AnyObject?

    /// Counts in-place changes, so that autograd notices when a saved value was overwritten.
    @exclusivity(unchecked) public internal(set) var version: UInt32 = 0

    /// Uninitialized memory from the backend's allocator.
    public init(byteCount: Int, backend: any Backend) {
        self.byteCount = byteCount
        let home = backend.home
        self.backend = home
        pointer = home.allocate(byteCount: byteCount)
        owner = nil
    }

    /// Memory that belongs to `owner` (a memory-mapped file, say), kept alive with it.
    public init(
        wrapping pointer: UnsafeMutableRawPointer, byteCount: Int, backend: any Backend,
        owner: AnyObject
    ) {
        self.pointer = pointer
        self.byteCount = byteCount
        self.backend = backend
        self.owner = owner
    }

    deinit {
        if owner == nil { backend.deallocate(pointer, byteCount: byteCount) }
    }

    /// Whether the memory may be written: false for foreign memory.
    var isOwned: Bool { owner == nil }
}
