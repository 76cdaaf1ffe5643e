/// A device: its memory, and one entry that runs any kernel.
///
/// Kernels may run asynchronously in the order they were issued; `copyOut` and `synchronize` wait.
package protocol Backend: AnyObject, Sendable {
    var device: Device { get }
    /// One line for a run's header: the device, its libraries and threads.
    var summary: String { get }
    /// What decides the last bits of results: processors and libraries for which this is the same
    /// compute the same bits.
    var arithmetic: String { get }
    var memory: MemoryStatistics { get }
    func resetPeakMemory()
    /// Where new arrays go that are made beside one of this backend's: itself, except for the
    /// stand-ins of `vmap`, which hold no elements.
    var home: any Backend { get }

    func allocate(byteCount: Int) -> UnsafeMutableRawPointer
    func deallocate(_ pointer: UnsafeMutableRawPointer, byteCount: Int)
    func copyIn(
        from host: UnsafeRawPointer, to memory: UnsafeMutableRawPointer, byteCount: Int)
    func copyOut(
        from memory: UnsafeRawPointer, to host: UnsafeMutableRawPointer, byteCount: Int)
    func synchronize()

    /// What the addresses of `allocate` are multiples of. Libraries choose their ways by that, so
    /// the arrays of a captured step lie likewise.
    var alignment: Int { get }

    /// Memory with a copy of the host's bytes, which is on its way: what is computed from now on
    /// waits for it, and what was computed before goes on meanwhile. Nil where that is nothing
    /// else than `copyIn`.
    func send(_ host: UnsafeRawPointer, byteCount: Int) -> UnsafeMutableRawPointer?

    /// Begins to copy bytes to the host, as they are when all that was asked for before is done.
    /// Nil where that is nothing else than `copyOut`.
    func read(_ memory: UnsafeRawPointer, byteCount: Int) -> (any HostReading)?

    /// Computes `out`. Called by `Kernel.run` alone, which has checked the operands.
    func run(_ kernel: Kernel, _ a: NDArray, _ b: NDArray, _ c: NDArray, into out: NDArray)

    /// Has the device learn the calls of `run` and `copyIn` that `body` makes on this thread, none
    /// of which is done; nil where it learns none. Where it doesn't return a work, `body` did
    /// nothing that counts.
    ///
    /// - Parameter streams: those that the calls draw from and that go on from replay to replay.
    /// - Throws: what stood in the way of a device that learns such.
    func record(
        drawingFrom streams: [StreamName], _ body: () -> Void
    ) throws(Unrecorded) -> (any RecordedWork)?
}

extension Backend {
    package var home: any Backend { self }
    package var alignment: Int { 64 }
    package func send(_ host: UnsafeRawPointer, byteCount: Int) -> UnsafeMutableRawPointer? { nil }
    package func read(_ memory: UnsafeRawPointer, byteCount: Int) -> (any HostReading)? { nil }
    package func record(
        drawingFrom streams: [StreamName], _ body: () -> Void
    ) throws(Unrecorded) -> (any RecordedWork)? { nil }
}

/// Bytes on their way to the host.
package protocol HostReading: AnyObject, Sendable {
    /// Waits for them alone, and writes them to `host`. To be called once.
    func finish(into host: UnsafeMutableRawPointer)
}
