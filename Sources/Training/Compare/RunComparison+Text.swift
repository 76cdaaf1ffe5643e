import FTConfig
import FTJSON
import FTSupport

extension RunComparison {
    private static let width = 80
    private static let curveWidth = 12
    private static let maximumKeys = 40

    /// The comparison for people, in lines of at most 80 columns.
    package var lines: [String] {
        results + unitLines + notes + rankingLines + differenceLines
    }

    private var unitLines: [String] {
        let lines = runs.unitLines
        return lines.isEmpty ? [] : [""] + lines
    }

    /// One line a run, the best first.
    private var results: [String] {
        let isLoss = by == "loss"
        let heading = [
            "", "run", MetricTitle.short(runs.heading(by), from: 12).cut(to: 12), "data's unit",
            isLoss ? "" : "loss", "train", "epoch",
            "curve",
        ]
        var rows = [heading]
        for (index, run) in runs.enumerated() {
            let best = run.best(by: by, prefersHigher: prefersHigher)
            func text(_ value: Double?) -> String {
                value.flatMap { $0.isNaN ? nil : Format.measure($0) } ?? "-"
            }
            rows.append([
                "\(index + 1)", "", text(best?.measured[by]),
                best?.measured[by].flatMap { run.units?.value($0, of: by) }
                    .map { Format.measure($0) } ?? "",
                isLoss ? "" : text(best?.measured["loss"]), text(best?.trainLoss),
                best.map { "\($0.epoch)/\(run.rows.last?.epoch ?? 0)" } ?? "-",
                Sparkline.text(
                    run.rows.map { $0.measured[by] ?? .nan }, width: RunComparison.curveWidth),
            ])
        }
        let columns = heading.indices.filter { column in
            column == 1 || rows.dropFirst().contains { !$0[column].isEmpty }
        }
        let others = columns.map { column in rows.map { $0[column].unicodeScalars.count }.max() ?? 0
        }
        let taken = others.reduce(0, +) - "run".count + 2 * (columns.count - 1)
        for (index, run) in runs.enumerated() {
            rows[index + 1][1] = run.path.cut(to: RunComparison.width - taken, keepingEnd: true)
        }
        let shown = rows.map { row in columns.map { row[$0] } }
        let lines = TextTable.aligned(shown) { [1, 7].contains(columns[$0]) }
        return lines.enumerated().flatMap { index, line in
            let isFirst = index > 1 && groups[index - 1] != groups[index - 2]
            return isFirst && groupCount > 1 ? ["", line] : [line]
        }
    }

    /// What doesn't compare, and why.
    var rankingLines: [String] {
        var sentences: [String] = []
        let losses = kinds(of: "loss")
        if let passedOver {
            let why =
                passedOver == "loss" && losses.count > 1
                ? "losses are of several kinds (\(losses.joined(separator: ", ")))"
                : "\(passedOver) isn't computed alike in all"
            sentences.append("sorted by \(by), for \(why)")
        } else if by != "loss", losses.count > 1 {
            sentences.append(
                "losses are of several kinds (\(losses.joined(separator: ", "))): compare \(by), "
                    + "not loss or train")
        }
        if groupCount > 1 {
            sentences.append(
                "compare within a group of lines, not across: \(reasons.joined(separator: "; "))")
        } else if Set(runs.compactMap(\.measuredPart)).count > 1 {
            sentences.append(
                "each is measured on a part of its own of the data (data.split, data.folds, seed), "
                    + "so small differences say little")
        }
        let lines = sentences.flatMap { "note    \($0)".wrapped(indent: 8) }
        return lines.isEmpty ? [] : [""] + lines
    }

    /// Why there is more than one group.
    private var reasons: [String] {
        let ranked = zip(runs, groups).compactMap { $1 == nil ? nil : $0 }
        let bases = ranked.bases(of: by).compactMap(\.self)
        let tasks = ranked.tasks
        guard tasks.count < 2 else {
            return ["their tasks differ (\(tasks.joined(separator: "; ")))"]
        }
        var reasons: [String] = []
        if Set(bases.map(\.data)).count > 1 { reasons.append("they are measured on other data") }
        if Set(bases.map(\.measure)).count > 1 {
            let names = kinds(of: by)
            reasons.append(
                names.count > 1
                    ? "their losses are of several kinds (\(names.joined(separator: ", ")))"
                    : "\(by) is computed otherwise")
        }
        if Set(bases.map(\.units)).count > 1 {
            reasons.append("their targets are scaled in other ways")
        }
        return reasons
    }

    /// The types of the runs' losses, each once; of a metric none.
    private func kinds(of measure: String) -> [String] {
        guard measure == "loss" else { return [] }
        var seen: Set<String> = []
        let ranked = zip(runs, groups).compactMap { $1 == nil ? nil : $0 }
        return ranked.map { $0.config.value.child("loss").type }.filter { seen.insert($0).inserted }
    }

    /// A line on each run that didn't complete, or doesn't measure what the others do.
    private var notes: [String] {
        let notes = runs.enumerated().compactMap { index, run -> String? in
            var parts: [String] = []
            if run.status != RunSummary.Status.completed.rawValue { parts.append(run.status) }
            if let reason = run.reason { parts.append(reason) }
            if !run.measures.contains(by) {
                parts.append("doesn't measure \(by)")
            } else if run.best(by: by, prefersHigher: prefersHigher) == nil {
                parts.append("has no value of \(by)")
            }
            guard !parts.isEmpty else { return nil }
            return "\(index + 1)  \(parts.joined(separator: ": "))".cut(to: RunComparison.width)
        }
        let changes = runs.enumerated().flatMap { index, run in
            ConfigChange.sentence(run.changes).map { "\(index + 1)  \($0)".wrapped(indent: 3) }
                ?? []
        }
        return notes.isEmpty && changes.isEmpty ? [] : [""] + notes + changes
    }

    /// A line a key, a column a run; as many tables as it takes.
    private var differenceLines: [String] {
        guard runs.count > 1 else { return [] }
        guard !differences.isEmpty else { return ["", "their configs are the same"] }
        let all = mainDifferences
        let shown = all.prefix(RunComparison.maximumKeys)
        let keys = shown.map { $0.path.cut(to: 34, keepingEnd: true) }
        let keyWidth = keys.map(\.unicodeScalars.count).max() ?? 0
        var lines: [String] = []
        var next = 0
        while next < runs.count {
            var columns: [[String]] = []
            var width = keyWidth
            while next < runs.count {
                let values = shown.map { $0.values[next]?.text() ?? "-" }
                let column = ["\(next + 1)"] + values.map { $0.cut(to: 22) }
                let columnWidth = column.map(\.unicodeScalars.count).max() ?? 0
                if !columns.isEmpty, width + 2 + columnWidth > RunComparison.width { break }
                width += 2 + columnWidth
                columns.append(column)
                next += 1
            }
            let rows = (["differs"] + keys).enumerated().map { index, key in
                [key] + columns.map { $0[index] }
            }
            lines += [""] + TextTable.aligned(rows) { $0 == 0 }
        }
        let left = all.count - shown.count
        return lines + (left > 0 ? ["… and \(Format.count(left, "key")) more; --json has all"] : [])
    }
}

extension String {
    /// The text with everything that could steer a terminal escaped, in at most `width` columns of
    /// it; `…` stands for what is cut off.
    func cut(to width: Int, keepingEnd: Bool = false) -> String {
        let scalars = Array(onOneLine.unicodeScalars)
        guard scalars.count > width else { return String(String.UnicodeScalarView(scalars)) }
        let kept = max(width - 1, 0)
        let part = keepingEnd ? scalars.suffix(kept) : scalars.prefix(kept)
        let text = String(String.UnicodeScalarView(part))
        return keepingEnd ? "…" + text : text + "…"
    }
}
