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
    private var cutData: MeasuredData {
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
