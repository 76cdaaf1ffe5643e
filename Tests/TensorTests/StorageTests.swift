import CKernels
import Tensor
import Testing

// Counters are those of the process, so each test has one of its own.
@Suite("Storage")
struct StorageTests {
    @Test("is released the moment the last array lets go, and used again")
    func release() async {
        await #expect(processExitsWith: .success) {
            func check(_ isTrue: Bool, _ what: String) { if !isTrue { fatalError(what) } }
            let backend = CPUBackend.shared
            let start = backend.memory
            var x: NDArray? = NDArray.full([1000], 1)
            var view = x?.reshape([10, 100])
            check(backend.memory.live == start.live + 4096, "4000 bytes take a block of 4096")
            x = nil
            check(backend.memory.live == start.live + 4096, "a view keeps its storage")
            check(view?.shape == [10, 100], "a view keeps its shape")
            view = nil
            check(backend.memory.live == start.live, "nothing keeps it any more")
            let reused = backend.memory.reused
            let again = NDArray.full([1020], 2)
            check(backend.memory.reused == reused + 1, "a block of the same size is used again")
            check(backend.memory.peak >= start.live + 4096, "the peak is kept")
            _ = again
            backend.resetPeakMemory()
            check(backend.memory.peak == backend.memory.live, "the peak can be reset")
        }
    }

    @Test("is aligned to 64 bytes")
    func alignment() {
        for count in [1, 3, 17, 1000, 100_000] {
            let x = NDArray.full([count], 0, .uint8)
            #expect(Int(bitPattern: x.pointer) % 64 == 0)
        }
    }

    @Test("is overwritten only when nobody else holds it")
    func reuse() {
        let x = NDArray([1, 2, 3] as [Float])
        let pointer = x.pointer
        let minusOne = NDArray.full([], -1)
        let y = (consume x).zipReusing(.mul, minusOne)
        #expect(y.pointer == pointer)
        let held = y
        let z = (consume y).zipReusing(.mul, minusOne)
        #expect(z.pointer != pointer)
        #expect(held.values(as: Float.self) == [-1, -2, -3])
        #expect(z.values(as: Float.self) == [1, 2, 3])
    }

    private final class Owner: @unchecked Sendable {
        // Only ever touched by the test that makes it.
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
        let onEnd: () -> Void
        init(_ onEnd: @escaping () -> Void) {
            self.onEnd = onEnd
            memory.initializeMemory(as: Float.self, repeating: 2, count: 16)
        }
        deinit {
            memory.deallocate()
            onEnd()
        }
    }

    @Test("of somebody else keeps them alive and is never written")
    func foreign() {
        var ended = false
        do {
            let owner = Owner { ended = true }
            let storage = Storage(
                wrapping: owner.memory, byteCount: 64, backend: CPUBackend.shared, owner: owner)
            let x = NDArray(
                storage: storage, dtype: .float32, shape: [16], strides: [1], offset: 0)
            #expect(x.reduce(.sum, axes: nil).scalar == 32)
            let doubled = x.zipReusing(.add, x)
            #expect(doubled.scalarSum == 64)
            #expect(doubled.storage !== storage)
        }
        #expect(ended)
    }
}

extension NDArray {
    fileprivate var scalarSum: Double { reduce(.sum, axes: nil).scalar }
}
