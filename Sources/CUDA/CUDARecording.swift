internal import CCUDA

/// What one thread asks for while a graph is made of it: it goes to a stream of its own and works in
/// memory that the graph keeps.
final class CUDARecording: @unchecked Sendable {
    // Safe to share: only the thread that records uses it, and whoever made it when that is done.
    let stream: cuda_stream
    /// What else belongs to it.
    let companion: AnyObject
    private var free: [Int: [UInt]] = [:]
    private(set) var blocks: [UInt: Int] = [:]

    init(on stream: cuda_stream, _ companion: AnyObject) {
        self.stream = stream
        self.companion = companion
    }

    /// Memory for what follows in the graph: a block that came back, or one of `allocator`.
    ///
    /// - Parameter isFilled: whether it is filled now, once for all replays: then it is fresh, for
    ///   what the graph did before in another block would be done there again.
    func allocate(
        _ byteCount: Int, _ allocator: CUDAAllocator, isFilled: Bool
    ) throws(CUDAProblem) -> UnsafeMutableRawPointer {
        let size = CUDAAllocator.size(byteCount)
        if !isFilled,
            let known = free[size]?.popLast().flatMap(UnsafeMutableRawPointer.init(bitPattern:))
        {
            return known
        }
        let fresh = try allocator.allocate(byteCount, for: .steps)
        blocks[UInt(bitPattern: fresh)] = size
        return fresh
    }

    /// Takes a block back for what follows in the graph; false for one that isn't the graph's.
    func deallocate(_ pointer: UnsafeMutableRawPointer) -> Bool {
        let place = UInt(bitPattern: pointer)
        guard let size = blocks[place] else { return false }
        free[size, default: []].append(place)
        return true
    }
}
