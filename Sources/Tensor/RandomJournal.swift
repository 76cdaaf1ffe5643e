import Synchronization

/// Notes where each draw from a random stream began in a scope, so that the scope can be run again
/// with the same numbers, whatever other threads draw from the streams meanwhile.
package final class RandomJournal {
    /// A draw, or a position that was set: where the stream stood before and after.
    private struct Move {
        let start: UInt64
        let end: UInt64
        var isSet = false
    }

    private struct Moves {
        let random: Random
        var all: [Move] = []
    }

    private var streams: [Moves] = []

    private func note(_ move: Move, of random: Random) {
        let known = index(of: random)
        if known == nil { streams.append(Moves(random: random)) }
        streams[known ?? streams.count - 1].all.append(move)
    }

    private func index(of random: Random) -> Int? {
        streams.firstIndex { $0.random === random }
    }

    /// A scope in which draws are noted, or repeated.
    private final class Scope {
        let journal: RandomJournal
        let outer: Scope?
        /// How many moves of each stream were repeated; nil where they are noted.
        var repeated: [Int]?

        init(_ journal: RandomJournal, repeats: Bool) {
            self.journal = journal
            outer = Scope.current
            if repeats { repeated = journal.streams.map { _ in 0 } }
        }

        @TaskLocal private static var innermost: ThreadScope<Scope>?

        /// The innermost scope of this thread.
        static var current: Scope? { innermost?.value }

        func run<R>(_ body: () throws -> R) rethrows -> R {
            RandomJournal.open.add(1, ordering: .relaxed)
            defer { RandomJournal.open.subtract(1, ordering: .relaxed) }
            return try ThreadScope.open(self, in: Scope.$innermost, body)
        }

        /// Where the stream stands in the repetition; nil if the scope repeats none of it.
        func place(of random: Random) -> UInt64? {
            guard let repeated, let index = journal.index(of: random) else { return nil }
            let (moves, next) = (journal.streams[index].all, repeated[index])
            return next < moves.count ? moves[next].start : moves[next - 1].end
        }

        /// The next draw, or position that is set; nil if the scope repeats none of the stream.
        func next(of random: Random, settingTo place: UInt64? = nil) -> Move? {
            guard let repeated, let index = journal.index(of: random) else { return nil }
            let (moves, next) = (journal.streams[index].all, repeated[index])
            let move = next < moves.count ? moves[next] : nil
            guard let move, move.isSet ? move.end == place : place == nil else {
                let doing = place.map { "set a random stream to position \($0)" }
                fail(
                    "checkpoint",
                    "the function \(doing ?? "drew more random numbers") when it was run again",
                    hint: "it must compute the same from the same input")
            }
            self.repeated?[index] += 1
            return move
        }
    }

    /// How many scopes are open in the process: while there are none, streams don't look for one.
    private static let open = Atomic(0)

    static var mayBeOpen: Bool { open.load(ordering: .relaxed) != 0 }

    /// Whether draws are noted or repeated in this scope, on this thread.
    package static var isOpen: Bool { mayBeOpen && Scope.current != nil }

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
        let move = follow(random) {
            let start = random.advance(by: blocks)
            return Move(start: start, end: start &+ UInt64(blocks))
        }
        return move.start
    }

    /// Sets where a stream stands; a repetition takes note of it, and leaves the stream alone.
    static func set(_ random: Random, to place: UInt64) {
        _ = follow(random, settingTo: place) {
            defer { random.place = place }
            return Move(start: random.place, end: place, isSet: true)
        }
    }

    /// The move that a scope around repeats, or a new one; noted by those in between.
    private static func follow(
        _ random: Random, settingTo place: UInt64? = nil, _ make: () -> Move
    ) -> Move {
        var noting: [RandomJournal] = []
        var repeated: Move?
        var scope = Scope.current
        while let each = scope, repeated == nil {
            repeated = each.next(of: random, settingTo: place)
            if each.repeated == nil { noting.append(each.journal) }
            scope = each.outer
        }
        let move = repeated ?? make()
        for journal in noting { journal.note(move, of: random) }
        return move
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
