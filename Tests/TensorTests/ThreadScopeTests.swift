import FTSupport
import Synchronization
import Testing

@testable import Tensor

/// A scope's value, held where a task of the scope finds it too.
private enum Numbers {
    @TaskLocal static var scoped: ThreadScope<Int>?
}

@Suite("A value for the thread of a scope")
struct ThreadScopeTests {
    @Test("is found there, the innermost first, and nowhere else")
    func others() {
        #expect(Numbers.scoped?.value == nil)
        ThreadScope.open(1, in: Numbers.$scoped) {
            #expect(Numbers.scoped?.value == 1)
            ThreadScope.open(2, in: Numbers.$scoped) { #expect(Numbers.scoped?.value == 2) }
            #expect(Numbers.scoped?.value == 1)
            let scope = Numbers.scoped
            let there = Mutex<Int?>(0)
            POSIXThread {
                let value = scope?.value
                there.withLock { $0 = value }
            }.join()
            #expect(there.withLock { $0 } == nil)
        }
        #expect(Numbers.scoped?.value == nil)
    }

    @Test("is nobody's when the scope has ended, also by an error")
    func ended() {
        struct Stop: Error {}
        var scope: ThreadScope<Int>?
        #expect(throws: Stop.self) {
            try ThreadScope.open(1, in: Numbers.$scoped) {
                scope = Numbers.scoped
                throw Stop()
            }
        }
        #expect(scope != nil && scope?.value == nil)
    }

    @Test("a task started in a scope doesn't write to it, meanwhile or afterwards")
    func tasks() async {
        let random = Random(seed: 1)
        var late: Task<Bool, Never>?
        let (_, journal) = RandomJournal.keeping {
            late = Task { !RandomJournal.isOpen }
        }
        #expect(await late?.value == true)
        _ = random.uniform([4])
        // Nothing was noted: the stream stays where it is.
        journal.replaying { #expect(random.position == 1) }
        var captured: Task<Bool, Never>?
        _ = Recorder.record([], on: CPUBackend.shared) { _ in
            captured = Task { Recorder.current == nil }
            return ((), outputs: [])
        }
        // Another recorder is open while the task looks.
        let isAlone = await captured?.value
        #expect(isAlone == true)
    }
}
