import Synchronization

/// Notes where each random stream stood when it was first used in a scope, so that the scope can be
/// run again with the same numbers.
package final class RandomJournal: @unchecked Sendable {
    // Safe to share: a task-local value that is ignored when the scope has ended, and on other threads
    // than the one that opened it.
    private let home = HomeThread()
    private var starts: [(random: Random, position: UInt64)] = []
    private let outer: RandomJournal?

    private init(inside outer: RandomJournal?) { self.outer = outer }

    @TaskLocal private static var scoped: RandomJournal?

    /// The journal of this scope and thread.
    static var current: RandomJournal? { scoped.flatMap { $0.home.isCurrent ? $0 : nil } }

    /// How many journals are open in the process: while there are none, streams don't look for one.
    private static let open = Atomic(0)

    static var mayBeOpen: Bool { open.load(ordering: .relaxed) != 0 }

    /// Runs `body` and notes the streams it uses.
    package static func keeping<R>(_ body: () throws -> R) rethrows -> (R, RandomJournal) {
        let journal = RandomJournal(inside: current)
        open.add(1, ordering: .relaxed)
        defer {
            journal.home.close()
            open.subtract(1, ordering: .relaxed)
        }
        return (try $scoped.withValue(journal, operation: body), journal)
    }

    func note(_ random: Random) {
        var journal: RandomJournal? = self
        while let each = journal {
            if !each.starts.contains(where: { $0.random === random }) {
                each.starts.append((random, random.place))
            }
            journal = each.outer
        }
    }

    /// Runs `body` with the streams where they stood then, and puts them back to where they are.
    package func replaying<R>(_ body: () throws -> R) rethrows -> R {
        let positions = starts.map(\.random.place)
        for (random, start) in starts { random.place = start }
        defer {
            for ((random, _), position) in zip(starts, positions) { random.place = position }
        }
        return try body()
    }
}
