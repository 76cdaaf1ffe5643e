internal import CCUDA

// What a GPU's memory holds, and how it comes there.
extension CUDAContext {
    /// What is in use, and what was.
    package var counts: CUDAMemoryCounts { allocator.counts }
    package func resetPeak() { allocator.resetPeak() }

    /// Gives back what is kept for batches that will be sent.
    package func trim() {
        makeCurrent()
        uploads.trim()
    }

    /// What addresses of memory are multiples of.
    package static let alignment = 512

    /// Memory of at least so many bytes.
    ///
    /// Throws where the device has no more, though all that was kept for reuse was given back.
    ///
    /// - Parameter isFilled: whether the host fills it, once for all replays of a recorded step.
    package func allocate(
        _ byteCount: Int, isFilled: Bool = false
    ) throws(CUDAProblem) -> UnsafeMutableRawPointer {
        makeCurrent()
        let recording = recorder.current
        return try withRelief { () throws(CUDAProblem) in
            if let recording {
                return try recording.allocate(byteCount, allocator, isFilled: isFilled)
            }
            return try allocator.allocate(byteCount)
        }
    }

    /// Memory for what isn't an array.
    func allocate(
        _ byteCount: Int, for owner: CUDAOwner
    ) throws(CUDAProblem) -> UnsafeMutableRawPointer {
        makeCurrent()
        return try withRelief { () throws(CUDAProblem) in
            try allocator.allocate(byteCount, for: owner)
        }
    }

    /// Tries once more without what is kept for batches.
    private func withRelief(
        _ ask: () throws(CUDAProblem) -> UnsafeMutableRawPointer
    ) throws(CUDAProblem) -> UnsafeMutableRawPointer {
        do throws(CUDAProblem) { return try ask() } catch {
            guard error.isLackOfMemory else { throw error }
            uploads.trim()
            return try ask()
        }
    }

    /// Gives memory back, which what was asked for before may still use.
    package func deallocate(_ pointer: UnsafeMutableRawPointer, _ byteCount: Int) {
        if recorder.current?.deallocate(pointer) == true { return }
        makeCurrent()
        if uploads.takeBack(pointer) { return }
        allocator.deallocate(pointer, byteCount)
    }

    /// Gives back what isn't an array.
    func release(_ pointer: UnsafeMutableRawPointer, _ byteCount: Int, of owner: CUDAOwner) {
        allocator.deallocate(pointer, byteCount, of: owner)
    }

    /// Copies from the host, whose bytes may change as soon as this returns.
    package func copyIn(
        from host: UnsafeRawPointer, to memory: UnsafeMutableRawPointer, byteCount: Int
    ) throws(CUDAProblem) {
        if byteCount == 0 { return }
        makeCurrent()
        try staging.copyIn(from: host, to: memory, byteCount: byteCount)
    }

    /// Memory with a copy of the host's bytes, which may change as soon as this returns. What was
    /// asked for before goes on meanwhile; what is asked for afterwards waits for the copy.
    package func send(
        _ host: UnsafeRawPointer, byteCount: Int
    ) throws(CUDAProblem) -> UnsafeMutableRawPointer {
        makeCurrent()
        let memory = try withRelief { () throws(CUDAProblem) in
            try uploads.send(host, byteCount: byteCount)
        }
        if waitsForEach { try synchronize() }
        return memory
    }

    /// Copies to the host, and waits for it unless told not to.
    package func copyOut(
        from memory: UnsafeRawPointer, to host: UnsafeMutableRawPointer, byteCount: Int,
        waits: Bool = true
    ) throws(CUDAProblem) {
        makeCurrent()
        if byteCount > 0 {
            try driver.check(
                driver.api.cuMemcpyDtoHAsync_v2(host, address(memory), byteCount, stream),
                "copying \(byteCount) bytes to the host")
        }
        if waits { try synchronize() }
    }

    /// Begins to copy some parts of the device's memory to the host; what is asked for afterwards
    /// needn't be done when it is waited for.
    package func read(
        _ parts: [(memory: UnsafeRawPointer, byteCount: Int)]
    ) throws(CUDAProblem) -> CUDAReading {
        makeCurrent()
        let reading = try readings.begin(parts)
        if waitsForEach { try synchronize() }
        return reading
    }

    /// Copies within the device.
    package func copy(
        from source: UnsafeRawPointer, to memory: UnsafeMutableRawPointer, byteCount: Int
    ) throws(CUDAProblem) {
        makeCurrent()
        try driver.check(
            driver.api.cuMemcpyDtoDAsync_v2(address(memory), address(source), byteCount, target),
            "copying \(byteCount) bytes")
    }

    /// Sets all bytes.
    package func set(
        _ memory: UnsafeMutableRawPointer, to byte: UInt8, byteCount: Int
    ) throws(CUDAProblem) {
        makeCurrent()
        try driver.check(
            driver.api.cuMemsetD8Async(address(memory), byte, byteCount, target),
            "setting \(byteCount) bytes")
    }

    /// Waits until everything is done that was asked for.
    package func synchronize() throws(CUDAProblem) {
        makeCurrent()
        try driver.check(
            driver.api.cuStreamSynchronize(stream), "waiting for \(info.name)")
    }
}
