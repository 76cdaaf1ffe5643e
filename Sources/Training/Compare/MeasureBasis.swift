import Checkpoint
import Datasets
import FTConfig
import FTJSON
import FTSupport

/// What a number of a run is of. Numbers of one basis compare; others don't, whatever they are
/// called.
struct MeasureBasis: Hashable {
    /// The loss or the metric with all its settings, as JSON.
    let measure: String
    /// How the targets are scaled, where the measure has their unit.
    let units: String?
    let data: MeasuredData?
}

/// The examples that a run was measured on, by what its checkpoint says. Parts that are cut off the
/// training data are of one kind, whichever examples they have.
struct MeasuredData: Hashable {
    /// Shapes and types of all data.
    let fingerprint: String?
    /// A digest of each dataset that is measured on.
    let digests: [String]
    /// Whether digests are of samples, so that others of the same data are none of theirs.
    let isSampled: Bool

    init(_ state: TrainingState, isSampled: Bool) {
        func digests(_ part: String) -> [String] {
            let start = "digest.\(part)."
            return state.extra.filter { $0.key.hasPrefix(start) }
                .map { "\($0.key.dropFirst(start.count))=\(XXHash64.padded($0.value))" }.sorted()
        }
        let held = digests("validation")
        fingerprint = state.extra["data"]
        self.digests = held.isEmpty ? digests("train") : held
        self.isSampled = isSampled
    }

    private init(fingerprint: String?) {
        (self.fingerprint, digests, isSampled) = (fingerprint, [], false)
    }

    /// Any part of the data of a name.
    init(cutFrom name: String) { self.init(fingerprint: name) }

    /// The same by shapes and types alone.
    var withoutDigests: MeasuredData { MeasuredData(fingerprint: fingerprint) }
}

extension RunRecord {
    /// What a measure of this run is of; nil where it has none of that name.
    func basis(of measure: String) -> MeasureBasis? {
        let value = config.effective
        let metrics = config.value.children("metrics")
        let text: String
        let hasUnit: Bool
        if measure == "loss" {
            text = value["loss"]?.text() ?? ""
            hasUnit = true
        } else {
            guard let place = metrics.firstIndex(where: { Catalogs.metricName($0) == measure }),
                case .array(let all)? = value["metrics"], all.indices.contains(place)
            else { return nil }
            text = all[place].text()
            hasUnit = TargetUnits.hasUnit(metrics[place].type)
        }
        return MeasureBasis(
            measure: text, units: hasUnit ? units?.scaling?.text() : nil,
            data: measuredPart == nil ? measuredData : measuredData.map { _ in cutData })
    }

    /// What parts are cut off of.
    fileprivate var cutData: MeasuredData {
        let train = config.effective["data"]?["train"]?.text() ?? ""
        return MeasuredData(cutFrom: "\(config.dataPath) \(train)")
    }

    /// Which part of the data is measured on, where the config cuts it off; nil where it doesn't.
    var measuredPart: String? {
        let data = config.data
        let keys = ["split", "folds", "fold", DataPlan.splitOrderKey]
        guard ["split", "folds"].contains(where: { data.optional($0) != nil }) else { return nil }
        let values = keys.map { config.effective["data"]?[$0]?.text() ?? "" }
        return (values + ["\(config.seed)"]).joined(separator: " ")
    }
}

extension [RunRecord] {
    /// What a measure of each run is of; nil where it has none of that name.
    func bases(of measure: String) -> [MeasureBasis?] {
        // Digests of samples and of all elements don't compare: shapes and types have to do.
        let isMixed = Set(compactMap { $0.measuredData?.isSampled }).count > 1
        let replaced = isMixed ? [] : replacedData
        return map { run in
            guard let basis = run.basis(of: measure) else { return nil }
            var data = basis.data
            if isMixed {
                data = data?.withoutDigests
            } else if let cut = data, replaced.contains(cut) {
                data = run.measuredData
            }
            return MeasureBasis(measure: basis.measure, units: basis.units, data: data)
        }
    }

    /// What parts were cut off of that held something else in some runs: the same part has other
    /// digests there.
    private var replacedData: Set<MeasuredData> {
        var digests: [String: [String]] = [:]
        var replaced: Set<MeasuredData> = []
        for run in self {
            guard let part = run.measuredPart, let data = run.measuredData else { continue }
            let text = run.config.effective["data"]?["text"]?.text() ?? ""
            let key = "\(run.cutData.fingerprint ?? "") \(text) \(part)"
            if digests[key, default: data.digests] != data.digests { replaced.insert(run.cutData) }
            digests[key] = data.digests
        }
        return replaced
    }
}
