import Foundation

/// The outcome of a run as text.
struct Report {
    let tallies: [(name: String, tally: Tally)]
    let conventions: Conventions
    /// Every operator of PyTorch's database.
    let database: [String]
    /// Whether all entries were run.
    let isComplete: Bool

    /// A line an operator: cases, those the library has a form for, and passed of tried checks.
    var table: [String] {
        var total = Tally()
        for (_, tally) in tallies { total += tally }
        let names = Check.allCases.map(\.rawValue)
        let head = row(["operator", "cases", "here"] + names + ["traps"])
        return [head] + tallies.map { row($0.name, $0.tally) } + [row("total", total)]
    }

    var failures: [Failure] { tallies.flatMap(\.tally.failures) }

    /// What can't be said here: operator, reason, cases.
    var inexpressible: [String] {
        tallies.flatMap { name, tally in
            tally.inexpressible.sorted { $0.key < $1.key }.map { "\(name)\t\($0.key)\t\($0.value)" }
        }
    }

    /// Prints it all; the result tells whether every difference is explained.
    func write(to folder: String) throws -> Bool {
        for (name, lines) in [
            ("table", table), ("failures", failures.map(\.line)), ("inexpressible", inexpressible),
        ] {
            let text = lines.joined(separator: "\n") + "\n"
            try text.write(toFile: "\(folder)/\(name).txt", atomically: true, encoding: .utf8)
        }
        print(table.joined(separator: "\n"))
        print(
            "\ncoverage: \(covered.all) of \(database.count) entries of the database, "
                + "\(covered.composed) of them as compositions")
        let isExplained = explain()
        print("details: \(folder)/table.txt, failures.txt, inexpressible.txt")
        return isExplained
    }

    /// Entries of which at least one case has a form here.
    private var covered: (all: Int, composed: Int) {
        let composed = Set(Entry.compositions.flatMap(\.names))
        let found = tallies.filter { $0.tally.expressed > 0 }.map(\.name)
        return (found.count, found.filter { composed.contains($0) }.count)
    }

    private func explain() -> Bool {
        var counts: [String: Int] = [:]
        var used: Set<Int> = []
        var unexplained: [Failure] = []
        for failure in failures {
            if let place = conventions.explanation(of: failure) {
                counts[conventions.rules[place].reason, default: 0] += 1
                used.insert(place)
            } else {
                unexplained.append(failure)
            }
        }
        print("\(failures.count) differences, \(failures.count - unexplained.count) by convention")
        for (reason, count) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            print("  \(count)  \(reason)")
        }
        print("\(unexplained.count) unexplained")
        for group in Dictionary(grouping: unexplained, by: { "\($0.name) \($0.check)" })
            .sorted(by: { $0.key < $1.key })
        {
            print("  \(group.value.count)  \(group.value[0].line)")
        }
        if isComplete {
            for place in conventions.rules.indices where !used.contains(place) {
                let rule = conventions.rules[place]
                print(
                    "  unused convention: \(rule.reason) (\(rule.operators.joined(separator: ",")))"
                )
            }
        }
        return unexplained.isEmpty
    }

    private func row(_ name: String, _ tally: Tally) -> String {
        let checks = Check.allCases.map { check in
            tally.tried[check].map { "\(tally.passed[check] ?? 0)/\($0)" } ?? "-"
        }
        return row(
            [name, "\(tally.cases)", "\(tally.expressed)"] + checks
                + [tally.traps == 0 ? "" : "\(tally.traps)"])
    }

    private func row(_ words: [String]) -> String {
        let widths = [46, 7, 7] + Check.allCases.map { _ in 12 } + [5]
        let columns = Swift.zip(words, widths).map { word, width in
            word.padding(toLength: max(width, word.count + 1), withPad: " ", startingAt: 0)
        }
        var line = columns.joined()
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }
}
