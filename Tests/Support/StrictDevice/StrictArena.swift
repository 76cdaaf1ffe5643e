import Glibc
import Tensor

/// Address space whose pages nobody can touch unless they are opened.
///
/// Each block starts on a page of its own, and between blocks lies a page that is never opened, so
/// that whoever runs past the last page of a block is stopped.
final class StrictArena: @unchecked Sendable {
    // Safe to share: blocks are reserved under the backend's lock; pages are opened by the device's
    // thread alone.

    /// Whole pages of the arena.
    struct Block {
        let pointer: UnsafeMutableRawPointer
        let byteCount: Int
    }

    private static let size = 64 << 30
    private static let page = Int(sysconf(Int32(_SC_PAGESIZE)))

    private let base: UnsafeMutableRawPointer
    private var used = 0

    init() {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        guard let base = mmap(nil, StrictArena.size, PROT_NONE, flags, -1, 0), base != MAP_FAILED
        else { fail("StrictDevice", "the system gives no address space (error \(errno))") }
        self.base = base
    }

    /// How many bytes a block for so many has.
    static func rounded(_ byteCount: Int) -> Int {
        max(page, (byteCount + page - 1) / page * page)
    }

    /// A block that nobody had before, closed.
    func reserve(byteCount: Int) -> Block {
        let size = StrictArena.rounded(byteCount)
        guard used + size + StrictArena.page <= StrictArena.size else {
            fail("memory", "the strict device has no \(size) bytes left; \(used) are in use")
        }
        defer { used += size + StrictArena.page }
        return Block(pointer: base + used, byteCount: size)
    }

    /// Whether an address lies in here.
    func contains(_ pointer: UnsafeRawPointer) -> Bool {
        pointer >= UnsafeRawPointer(base) && pointer < UnsafeRawPointer(base + StrictArena.size)
    }

    /// Runs `body` with the pages of these ranges open.
    func opening<R>(_ ranges: [Block], _ body: () -> R) -> R {
        for range in ranges { protect(range, PROT_READ | PROT_WRITE) }
        // Closed together at the end: ranges may share pages.
        defer { for range in ranges { protect(range, PROT_NONE) } }
        return body()
    }

    private func protect(_ range: Block, _ access: Int32) {
        let page = UInt(StrictArena.page)
        let start = UInt(bitPattern: range.pointer) / page * page
        let end = UInt(bitPattern: range.pointer) + UInt(max(1, range.byteCount))
        let first = UnsafeMutableRawPointer(bitPattern: start)
        guard mprotect(first, Int(end - start), access) == 0 else {
            fail("StrictDevice", "pages can't be opened or closed (error \(errno))")
        }
    }
}
