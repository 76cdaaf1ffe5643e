import FTConfig
public import FTJSON
import FTSupport

extension Sweep {
    /// The table of all trials, the best first, or of all folds in their order, with means and
    /// deviations; in at most 80 columns.
    public var lines: [String] {
        kind == .fold ? FoldSummary(records).lines : trialLines
    }

    private var trialLines: [String] {
        let results = results
        guard let comparison else { return ["no trial was trained"] }
        let by = comparison.by
        let records = results.map(\.record)
        let varying = varying
        let keys = varying.map { String(trials[0][$0].prefix { $0 != "=" }) }
        let width = max(6, min(20, (80 - 38) / max(keys.count, 1) - 2))
        var table = TextTable(
            [.number("trial")]
                + keys.map { .number(Sweep.name($0, among: keys).cut(to: width, keepingEnd: true)) }
                + [
                    .number(MetricTitle.short(records.heading(by), from: 12).cut(to: 12)),
                    .number("epoch"), .text(""),
                ])
        for (index, record) in results {
            let higher = record.prefersHigher(by)
            let best = record.best(by: by, prefersHigher: higher)
            let values = varying.map { place in
                String(trials[index][place].drop { $0 != "=" }.dropFirst()).cut(to: width)
            }
            table.append(
                ["\(index + 1)"] + values
                    + [
                        best.map { Format.measure($0.measured[by] ?? .nan) } ?? "-",
                        (best.map { "\($0.epoch)" } ?? "-") + "/\(record.rows.last?.epoch ?? 0)",
                        record.status != "completed" ? record.status : hasStopped(record),
                    ])
        }
        return table.lines + unitLines(records, by) + comparison.rankingLines
    }

    /// What the trials' measures are of, and the best in the units of the data.
    private func unitLines(_ records: [RunRecord], _ by: String) -> [String] {
        let lines = records.unitLines
        guard !lines.isEmpty, let first = records.first else { return [] }
        let best = first.best(by: by, prefersHigher: first.prefersHigher(by))
        let values = first.measures.compactMap { name -> String? in
            best?.measured[name].flatMap { first.units?.value($0, of: name) }
                .map { "\(name) \(Format.short($0, digits: 6))" }
        }
        let note = "        the best in the units of the data: \(values.joined(separator: ", "))"
        return [""] + lines + (values.isEmpty ? [] : note.folded)
    }

    /// Whether a trial ended before all its epochs were done, as a word.
    private func hasStopped(_ record: RunRecord) -> String {
        record.rows.last?.epoch ?? 0 < record.config.epochs ? "stopped" : ""
    }

    /// The last part of a key, or all of it where another key ends the same.
    private static func name(_ key: String, among keys: [String]) -> String {
        func end(_ key: String) -> Substring { key.split(separator: ".").last ?? Substring(key) }
        return keys.count { end($0) == end(key) } == 1 ? String(end(key)) : key
    }

    /// The trials for programs, the best first, or the folds in their order.
    public var json: JSONObject {
        kind == .fold ? foldJSON : trialJSON
    }

    private var foldJSON: JSONObject {
        var object: JSONObject = ["sweep": .string(path)]
        object.append(contentsOf: FoldSummary(records).json)
        object["wanting"] = .ints(wanting)
        return object
    }

    private var trialJSON: JSONObject {
        let results = results
        let comparison = comparison
        let by = comparison?.by ?? "loss"
        let groups = comparison?.groups ?? []
        return [
            "sweep": .string(path), "by": .string(by), "trials": .int(trials.count),
            "results": .array(
                results.enumerated().map { place, result in
                    let (index, record) = result
                    let higher = record.prefersHigher(by)
                    let best = record.best(by: by, prefersHigher: higher)
                    var object: JSONObject = [
                        "trial": .int(index + 1), "run": .string(record.path),
                        "set": .strings(trials[index]), "status": .string(record.status),
                        "epoch": .int(best?.epoch ?? 0),
                        "value": JSONValue(number: best?.measured[by] ?? .nan),
                    ]
                    if let group = groups[place] { object["group"] = .int(group) }
                    if let units = record.units?.scaling { object["units"] = units }
                    return .object(object)
                }), "wanting": .ints(wanting),
        ]
    }
}
