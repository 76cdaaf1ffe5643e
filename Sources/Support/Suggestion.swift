/// Guesses what a mistyped word was meant to be.
package enum Suggestion {
    /// The nearest of the candidates, or nil when none is near enough.
    ///
    /// Near is: the same but for case, `_` and `-`; the initials (`lr` for `learningRate`); or at
    /// most three edits, in words from twelve letters a third of them, that touch no more than half
    /// of the longer word. Of equals the first wins.
    package static func nearest(to word: String, among candidates: [String]) -> String? {
        let plain = folded(word)
        guard !plain.isEmpty else { return nil }
        if let same = candidates.first(where: { folded($0) == plain }) { return same }
        let limit = max(4, plain.count / 3 + 1)
        var best: (distance: Int, candidate: String)?
        // What is longer than any name, and more names than anyone sees, only cost time.
        for candidate in candidates.prefix(1000) where plain.count < 256 {
            let other = folded(candidate)
            let longest = max(plain.count, other.count)
            guard abs(plain.count - other.count) < limit else { continue }
            let distance = editDistance(plain, other)
            if distance < best?.distance ?? limit, distance * 2 <= longest {
                best = (distance, candidate)
            }
        }
        return best?.candidate ?? candidates.first { initials($0) == plain }
    }

    /// ` Did you mean 'x'?` with a leading space, or nothing.
    package static func question(_ word: String, among candidates: [String]) -> String {
        nearest(to: word, among: candidates).map { " Did you mean '\($0)'?" } ?? ""
    }

    private static func folded(_ word: String) -> [UInt8] {
        word.lowercased().utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }
    }

    private static func initials(_ word: String) -> [UInt8] {
        let capitals = word.dropFirst().filter(\.isUppercase)
        guard let first = word.first, !capitals.isEmpty else { return [] }
        return Array("\(first)\(capitals)".lowercased().utf8)
    }

    /// Levenshtein's distance on two rows, after the common ends are cut off.
    static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var a = a[...]
        var b = b[...]
        while let first = a.first, first == b.first {
            a.removeFirst()
            b.removeFirst()
        }
        while let last = a.last, last == b.last {
            a.removeLast()
            b.removeLast()
        }
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var previous = Array(0...b.count)
        var row = previous
        for (i, x) in a.enumerated() {
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let change = previous[j] + (x == y ? 0 : 1)
                row[j + 1] = min(change, previous[j + 1] + 1, row[j] + 1)
            }
            swap(&row, &previous)
        }
        return previous[b.count]
    }
}
