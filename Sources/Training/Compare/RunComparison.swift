import FTConfig
package import FTJSON
import FTSupport

/// Runs side by side: what they came to, and what differs in their configs.
package struct RunComparison {
    /// The runs, the best first.
    let runs: [RunRecord]
    /// What they are sorted by: `loss` or a metric.
    let by: String
    let prefersHigher: Bool
    /// The keys of their configs that differ, a value for each run.
    let differences: [ConfigLeaves.Row]

    /// Compares by a measure, or by the one that most of the runs watch. Runs that don't have it
    /// come last.
    ///
    /// Throws where no run measures it.
    package init(_ records: [RunRecord], by name: String? = nil) throws(RunError) {
        let by: String
        if let name { by = name } else { by = try RunComparison.watched(records) }
        guard let judge = records.first(where: { $0.measures.contains(by) }) else {
            let all = RunComparison.distinct(records.flatMap(\.measures))
            let near = Suggestion.question(by, among: all)
            throw RunError(
                .usage,
                "--by \(by): no run measures it.\(near.isEmpty ? " There are " : near + " Of ")"
                    + all.joined(separator: ", "))
        }
        let higher = judge.prefersHigher(by)
        let values = records.map { record in
            record.best(by: by, prefersHigher: higher)?.measured[by] ?? .nan
        }
        let order = records.indices.sorted { a, b in
            if values[a].isNaN || values[b].isNaN { return !values[a].isNaN && values[b].isNaN }
            return higher ? values[a] > values[b] : values[a] < values[b]
        }
        self.by = by
        prefersHigher = higher
        runs = order.map { records[$0] }
        let data = ConfigLeaves.Row(
            path: "data (hash)", values: runs.map { $0.dataHash.map { .string($0) } })
        let isOtherData = Set(runs.compactMap(\.dataHash)).count > 1
        differences =
            RunComparison.settings(runs.map(\.config.effective)) + (isOtherData ? [data] : [])
    }

    /// What differs, but for keys that only some have, with what they are by default.
    private static func settings(_ configs: [JSONValue]) -> [ConfigLeaves.Row] {
        let usual = configs.map { Set(RunSchema.schema.defaults(in: $0)) }
        return ConfigLeaves.differing(configs).filter { row in
            guard row.values.contains(nil) else { return true }
            return !zip(row.values, usual).allSatisfy { $0 == nil || $1.contains(row.path) }
        }
    }

    /// The same for people: layers that differ in kind and number are one row, not each key of each.
    var mainDifferences: [ConfigLeaves.Row] {
        let inLayers = differences.filter { $0.path.hasPrefix("model.layers[") }
        let isOtherModel = inLayers.count > 8 && inLayers.contains { $0.values.contains(nil) }
        guard isOtherModel, let first = differences.firstIndex(where: { inLayers.contains($0) })
        else { return differences }
        var rows = differences
        rows[first] = ConfigLeaves.Row(path: "model.layers", values: runs.map(\.layerKinds))
        return rows.filter { !inLayers.contains($0) }
    }

    /// What most runs watch, of equally many the first one's.
    private static func watched(_ records: [RunRecord]) throws(RunError) -> String {
        let names = records.map(\.watched)
        let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
        let most = counts.values.max() ?? 0
        guard let name = names.first(where: { counts[$0] == most }) else {
            throw RunError(.usage, "there is no run to compare; name run folders, as in runs/*")
        }
        return name
    }

    private static func distinct(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }

    /// The comparison for programs.
    package var json: JSONObject {
        [
            "by": .string(by), "prefersHigher": .bool(prefersHigher),
            "runs": .array(runs.map(json)),
            "differences": .array(
                differences.map { row in
                    ["key": .string(row.path), "values": .array(row.values.map { $0 ?? .null })]
                }),
        ]
    }

    private func json(_ run: RunRecord) -> JSONValue {
        var object: JSONObject = ["run": .string(run.path), "status": .string(run.status)]
        if let reason = run.reason { object["reason"] = .string(reason) }
        if !run.damagedLines.isEmpty { object["damagedLines"] = .ints(run.damagedLines) }
        if let units = run.units?.scaling { object["units"] = units }
        object["epochs"] = .int(run.rows.last?.epoch ?? 0)
        object["seconds"] = JSONValue(number: run.rows.last?.seconds ?? 0)
        func json(_ row: RunRecord.Row?) -> JSONValue {
            guard let row else { return .null }
            var object: JSONObject = [
                "epoch": .int(row.epoch), "step": .int(row.step),
                "trainLoss": JSONValue(number: row.trainLoss),
            ]
            for name in run.measures {
                if let value = row.measured[name] { object[name] = JSONValue(number: value) }
            }
            return .object(object)
        }
        object["best"] = json(run.best(by: by, prefersHigher: prefersHigher))
        object["last"] = json(run.rows.last)
        object["curve"] = .array(
            run.rows.map { JSONValue(number: $0.measured[by] ?? .nan) })
        return .object(object)
    }
}

extension RunRecord {
    /// The types of the model's layers, such as "2: linear, relu"; nil where it has no list of them.
    fileprivate var layerKinds: JSONValue? {
        guard case .array(let layers) = config.effective["model"]?["layers"] else { return nil }
        let kinds = layers.map { layer in
            if case .string(let kind) = layer["type"] { kind } else { "?" }
        }
        return .string("\(kinds.count): \(kinds.joined(separator: ", "))")
    }
}
