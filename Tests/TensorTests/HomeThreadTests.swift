import FTSupport
import Synchronization
import Testing

@testable import Tensor

@Suite("The thread of a scope")
struct HomeThreadTests {
    @Test("is told from every other thread")
    func others() {
        let home = HomeThread()
        #expect(home.isCurrent)
        let isCurrentThere = Mutex(true)
        POSIXThread {
            let here = home.isCurrent
            isCurrentThere.withLock { $0 = here || !HomeThread().isCurrent }
        }.join()
        #expect(!isCurrentThere.withLock { $0 })
    }

    @Test("is nobody's when the scope has ended")
    func ended() {
        let home = HomeThread()
        home.close()
        #expect(!home.isCurrent)
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
