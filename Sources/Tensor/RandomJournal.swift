import Synchronization

/// Notes where each draw from a random stream began in a scope, so that the scope can be run again
/// with the same numbers, whatever other threads draw from the streams meanwhile.
package final class RandomJournal {
    /// The draws from one stream, and where the last of them ended.
    private struct Draws {
        let random: Random
        var starts: [UInt64] = []
        var end: UInt64 = 0
    }

    private var draws: [Draws] = []

    private func note(_ start: UInt64, _ blocks: Int, of random: Random) {
        let known = position(of: random)
        if known == nil { draws.append(Draws(random: random)) }
        let index = known ?? draws.count - 1
        draws[index].starts.append(start)
        draws[index].end = start &+ UInt64(blocks)
    }

    private func position(of random: Random) -> Int? {
        draws.firstIndex { $0.random === random }
    }

    /// A scope in which draws are noted, or repeated.
    private final class Scope: @unchecked Sendable {
        // Safe to share: a task-local value that is ignored when the scope has ended, and on other
        // threads than the one that opened it.
        let home = HomeThread()
        let journal: RandomJournal
        let outer: Scope?
        /// How many draws of each stream were repeated; nil where they are noted.
        var repeated: [Int]?

        init(_ journal: RandomJournal, repeats: Bool) {
            self.journal = journal
            outer = Scope.current
            if repeats { repeated = journal.draws.map { _ in 0 } }
        }

        @TaskLocal static var innermost: Scope?

        /// The innermost scope of this thread.
        static var current: Scope? { innermost.flatMap { $0.home.isCurrent ? $0 : nil } }

        func run<R>(_ body: () throws -> R) rethrows -> R {
            RandomJournal.open.add(1, ordering: .relaxed)
            defer {
                home.close()
                RandomJournal.open.subtract(1, ordering: .relaxed)
            }
            return try Scope.$innermost.withValue(self, operation: body)
        }

        /// Where the stream stands in the repetition; nil if the scope repeats none of it.
        func place(of random: Random) -> UInt64? {
            guard let repeated, let index = journal.position(of: random) else { return nil }
            let (draws, next) = (journal.draws[index], repeated[index])
            return next < draws.starts.count ? draws.starts[next] : draws.end
        }

        /// Where the next draw begins; nil if the scope repeats none of the stream.
        func draw(of random: Random) -> UInt64? {
            guard let repeated, let index = journal.position(of: random) else { return nil }
            guard repeated[index] < journal.draws[index].starts.count else {
                fail(
                    "checkpoint", "the function drew more random numbers when it was run again",
                    hint: "it must compute the same from the same input")
            }
            self.repeated?[index] += 1
            return journal.draws[index].starts[repeated[index]]
        }
    }

    /// How many scopes are open in the process: while there are none, streams don't look for one.
    private static let open = Atomic(0)

    static var mayBeOpen: Bool { open.load(ordering: .relaxed) != 0 }

    /// Whether draws are noted or repeated in this scope, on this thread.
    static var isOpen: Bool { Scope.current != nil }

    /// Runs `body` and notes what it draws.
    package static func keeping<R>(_ body: () throws -> R) rethrows -> (R, RandomJournal) {
        let journal = RandomJournal()
        return (try Scope(journal, repeats: false).run(body), journal)
    }

    /// Runs `body`, which draws what was drawn then; the streams stay where they are.
    package func replaying<R>(_ body: () throws -> R) rethrows -> R {
        try Scope(self, repeats: true).run(body)
    }

    /// Where a draw of some blocks begins: the stream's place, or that of the draw it repeats.
    static func reserve(_ blocks: Int, of random: Random) -> UInt64 {
        var noting: [RandomJournal] = []
        var start: UInt64?
        var scope = Scope.current
        while let each = scope, start == nil {
            start = each.draw(of: random)
            if each.repeated == nil { noting.append(each.journal) }
            scope = each.outer
        }
        let begun = start ?? random.advance(by: blocks)
        for journal in noting { journal.note(begun, blocks, of: random) }
        return begun
    }

    /// Where a stream stands for this thread in a repetition; nil outside one.
    static func place(of random: Random) -> UInt64? {
        guard mayBeOpen else { return nil }
        var scope = Scope.current
        while let each = scope {
            if let place = each.place(of: random) { return place }
            scope = each.outer
        }
        return nil
    }
}
