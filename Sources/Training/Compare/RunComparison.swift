import FTConfig
package import FTJSON
import FTSupport

/// Runs side by side: what they came to, and what differs in their configs.
///
/// Only numbers of one basis are ranked. Runs whose numbers are of another, such as losses of
/// another kind or of other data, are a group of their own.
package struct RunComparison {
    /// The runs, group after group, the best of each first; those without a value come last.
    let runs: [RunRecord]
    /// The number of each run's group, from 1; nil where it has no value.
    let groups: [Int?]
    /// What they are sorted by: `loss` or a metric.
    let by: String
    /// What most of the runs watch, where that would compare fewer of them with each other.
    let passedOver: String?
    let prefersHigher: Bool
    /// The keys of their configs that differ, a value for each run.
    let differences: [ConfigLeaves.Row]

    /// Compares by a measure, or by the one that most of the runs watch, or by another that all
    /// have, where more of them compare by that. Runs that don't have it come last.
    ///
    /// Throws where no run measures it.
    package init(_ records: [RunRecord], by name: String? = nil) throws(RunError) {
        var by: String
        var passedOver: String?
        if let name { by = name } else { by = try RunComparison.watched(records) }
        if name == nil, let other = RunComparison.fairer(than: by, records) {
            passedOver = by
            by = other
        }
        let measures = RunComparison.distinct(records.flatMap(\.measures))
        // What stands over a column of a run's table is its name, too.
        if !measures.contains(by),
            let named = measures.first(where: { MetricTitle.short(records.heading($0)) == by })
        {
            by = named
        }
        guard let judge = records.first(where: { $0.measures.contains(by) }) else {
            let near = Suggestion.question(by, among: measures)
            throw RunError(
                .usage,
                "--by \(by): no run measures it.\(near.isEmpty ? " There are " : near + " Of ")"
                    + measures.joined(separator: ", "))
        }
        let higher = judge.prefersHigher(by)
        let values = records.map { record in
            record.best(by: by, prefersHigher: higher)?.measured[by] ?? .nan
        }
        let bases = RunComparison.groups(records, by)
        func group(_ index: Int) -> Int { values[index].isNaN ? Int.max : bases[index] }
        let order = records.indices.sorted { a, b in
            if group(a) != group(b) { return group(a) < group(b) }
            return higher ? values[a] > values[b] : values[a] < values[b]
        }
        // Numbers without gaps, whichever runs have no value.
        let known = RunComparison.distinct(order.map(group).filter { $0 < Int.max })
        self.by = by
        self.passedOver = passedOver
        prefersHigher = higher
        runs = order.map { records[$0] }
        groups = order.map { index in known.firstIndex(of: group(index)).map { $0 + 1 } }
        let data = ConfigLeaves.Row(
            path: "data (hash)", values: runs.map { $0.dataHash.map { .string($0) } })
        let isOtherData = Set(runs.compactMap(\.dataHash)).count > 1
        differences =
            RunComparison.settings(runs.map(\.config.effective)) + (isOtherData ? [data] : [])
    }

    /// How many groups there are.
    var groupCount: Int { groups.compactMap(\.self).max() ?? 0 }

    /// For each run the place of its numbers' basis among those that there are.
    private static func groups(_ records: [RunRecord], _ by: String) -> [Int] {
        var known: [MeasureBasis?] = []
        return records.bases(of: by).map { basis in
            if let place = known.firstIndex(of: basis) { return place }
            known.append(basis)
            return known.count - 1
        }
    }

    /// A measure that all runs have and by which they fall into fewer groups; nil where none is.
    private static func fairer(than by: String, _ records: [RunRecord]) -> String? {
        func count(_ measure: String) -> Int {
            Set(groups(records.filter { $0.measures.contains(measure) }, measure)).count
        }
        let common = (records.first?.measures ?? []).filter { measure in
            measure != by && records.allSatisfy { $0.measures.contains(measure) }
        }
        let fewest = common.map { (name: $0, count: count($0)) }.min { $0.count < $1.count }
        return fewest.flatMap { $0.count < count(by) ? $0.name : nil }
    }

    private static let ofDatasets = ["data.train.", "data.validation."]

    /// What differs, but for keys that only some have, with what they are by default.
    private static func settings(_ configs: [JSONValue]) -> [ConfigLeaves.Row] {
        let usual = configs.map { Set(RunSchema.schema.defaults(in: $0)) }
        let areTexts = configs.map { config in
            if case .object? = config["data"]?["text"] { true } else { false }
        }
        let rows = ConfigLeaves.differing(configs).map { row in
            // A text is no pair of datasets: what these are called says nothing of it.
            guard RunComparison.ofDatasets.contains(where: row.path.hasPrefix) else { return row }
            let values = zip(row.values, areTexts).map { $1 ? nil : $0 }
            return ConfigLeaves.Row(path: row.path, values: values)
        }
        return rows.filter { row in
            guard row.values.contains(where: { $0 != nil }) else { return false }
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

    private static func distinct<T: Hashable>(_ values: [T]) -> [T] {
        var seen: Set<T> = []
        return values.filter { seen.insert($0).inserted }
    }

    /// The comparison for programs.
    package var json: JSONObject {
        [
            "by": .string(by), "title": .string(runs.heading(by)),
            "prefersHigher": .bool(prefersHigher),
            "runs": .array(zip(runs, groups).map(json)),
            "differences": .array(
                differences.map { row in
                    ["key": .string(row.path), "values": .array(row.values.map { $0 ?? .null })]
                }),
        ]
    }

    private func json(_ run: RunRecord, _ group: Int?) -> JSONValue {
        var object: JSONObject = ["run": .string(run.path), "status": .string(run.status)]
        if let group { object["group"] = .int(group) }
        if let reason = run.reason { object["reason"] = .string(reason) }
        if !run.damagedLines.isEmpty { object["damagedLines"] = .ints(run.damagedLines) }
        if let units = run.units?.scaling { object["units"] = units }
        if !run.changes.isEmpty { object["changes"] = ConfigChange.json(run.changes) }
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
