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
}
