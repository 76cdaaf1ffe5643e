import Synchronization

/// Who holds memory: the bytes of results that are alive, by the operation that made them.
final class MemoryLedger: Sendable {
    private struct State {
        var held: [Profiler.Key: Int] = [:]
        var live = 0
        var peak = 0
        var heldAtPeak: [Profiler.Key: Int] = [:]
    }

    private let state = Mutex(State())

    /// The bytes alive now.
    var live: Int { state.withLock { $0.live } }
    /// The bytes alive now, by who made them.
    var held: [Profiler.Key: Int] { state.withLock { $0.held } }
    /// The most that was alive at one time.
    var peak: (bytes: Int, held: [Profiler.Key: Int]) {
        state.withLock { ($0.peak, $0.heldAtPeak) }
    }

    /// Books bytes for as long as what is returned lives.
    func book(_ bytes: Int, _ key: Profiler.Key) -> AnyObject {
        state.withLock { state in
            state.held[key, default: 0] += bytes
            state.live += bytes
            if state.live > state.peak {
                state.peak = state.live
                state.heldAtPeak = state.held
            }
        }
        return Entry(self, bytes, key)
    }

    private func giveBack(_ bytes: Int, _ key: Profiler.Key) {
        state.withLock { state in
            state.held[key, default: 0] -= bytes
            state.live -= bytes
        }
    }

    /// Storage holds it, and dies with it.
    private final class Entry {
        let ledger: MemoryLedger
        let bytes: Int
        let key: Profiler.Key

        init(_ ledger: MemoryLedger, _ bytes: Int, _ key: Profiler.Key) {
            self.ledger = ledger
            self.bytes = bytes
            self.key = key
        }

        deinit { ledger.giveBack(bytes, key) }
    }
}
