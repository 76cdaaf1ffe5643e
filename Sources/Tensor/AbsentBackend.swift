/// Where the elements of arrays lie that have only a shape and a dtype: nowhere. Whoever reads or
/// writes them stops the program with a sentence, so that nothing is ever computed from elements
/// that aren't there. New arrays beside such a one are real, on its `home`.
package final class AbsentBackend: Backend {
    /// Why there are no elements.
    package enum Reason: Sendable {
        /// `backward(graph: .destroy)` gave them back.
        case released
        /// The array stands for one example of a batch inside `vmap`.
        case example
    }

    package let home: any Backend
    package let reason: Reason

    init(_ reason: Reason, home: any Backend) {
        self.reason = reason
        self.home = home
    }

    func refuse() -> Never {
        switch reason {
        case .released:
            fail(
                "Tensor",
                "the elements of this tensor were given back by backward(graph: .destroy)",
                hint: "use .prune to keep the elements of tensors that you hold")
        case .example:
            fail(
                "vmap",
                "the elements of a single example were asked for, which only exist in the batch",
                hint: "inside vmap use tensor operations only; read values, item and sizes that "
                    + "depend on values outside")
        }
    }

    package var device: Device { home.device }
    package var summary: String { home.summary }
    package var arithmetic: String { home.arithmetic }
    package var memory: MemoryStatistics { home.memory }
    package func resetPeakMemory() { home.resetPeakMemory() }
    package func synchronize() { home.synchronize() }

    // Making an array needs no elements that exist.
    package func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
        home.allocate(byteCount: byteCount)
    }
    package func deallocate(_ pointer: UnsafeMutableRawPointer, byteCount: Int) {
        home.deallocate(pointer, byteCount: byteCount)
    }
    package func copyIn(
        from host: UnsafeRawPointer, to memory: UnsafeMutableRawPointer, byteCount: Int
    ) { home.copyIn(from: host, to: memory, byteCount: byteCount) }

    package func copyOut(
        from memory: UnsafeRawPointer, to host: UnsafeMutableRawPointer, byteCount: Int
    ) { refuse() }
    package func run(
        _ kernel: Kernel, _ a: NDArray, _ b: NDArray, _ c: NDArray, into out: NDArray
    ) { refuse() }
}

extension NDArray {
    /// Why this array has no elements; nil if it has.
    package var absence: AbsentBackend.Reason? {
        storage.isAbsent ? (storage.backend as? AbsentBackend)?.reason : nil
    }

    /// Traps if there are no elements. An array of several elements is then not contiguous, so only
    /// the paths for strided operands have to ask.
    func requireElements() {
        if storage.isAbsent, let absent = storage.backend as? AbsentBackend { absent.refuse() }
    }
}
