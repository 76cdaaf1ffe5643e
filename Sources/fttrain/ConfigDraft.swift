import Datasets
import FTJSON
import FTSupport
import Tensor
import Training

/// A config for data that were looked at, and the reasons for what it says.
struct ConfigDraft {
    /// What is to be predicted.
    enum Task {
        case classes(count: Int, names: [String])
        case numbers(count: Int)
        /// Yes or no, several of them.
        case flags(count: Int)
    }

    let name: String
    var path: String
    /// The datasets of the file to train on.
    let train: (inputs: String, targets: String)
    /// Those to validate on; nil where a share of the training examples is taken.
    let validation: (inputs: String, targets: String)?
    /// That share.
    var share = 0.2
    /// Whether some channel of the images is the same everywhere.
    var hasFlatChannel = false
    /// A class that is rare.
    var rare: RareClass?
    /// A label of several with a rare answer.
    var rareLabel: RareLabel?
    /// What to know of a label that may be something else.
    var labelNote: String?
    let inputShape: [Int]
    let inputType: DType
    let count: Int
    let task: Task
    /// The mean and deviation of each input where they aren't near 0 and 1 already.
    var scaling: (mean: [Double], deviation: [Double])?
    /// Those of each number to predict.
    var targetScaling: (mean: [Double], deviation: [Double])?

    /// The network for images of channels; nil of other examples.
    private var network: ImageNetwork? {
        ImageNetwork(inputShape, inputType, units: units, hasFlatChannel: hasFlatChannel)
    }

    var isImage: Bool { inputType == .uint8 && inputShape.count > 1 }

    private var transforms: [JSONValue] {
        if let network { return network.transforms }
        var list: [JSONValue] = []
        if inputType == .uint8, scaling == nil {
            list.append(["type": "scale", "factor": .double(1.0 / 255)])
        }
        if inputShape.count != 1 { list.append(["type": "flatten"]) }
        if let scaling {
            list.append(ConfigDraft.normalize(scaling))
        }
        return list
    }

    private static func normalize(_ scaling: (mean: [Double], deviation: [Double])) -> JSONValue {
        [
            "type": "normalize", "mean": .array(scaling.mean.map { .double($0) }),
            "std": .array(scaling.deviation.map { .double($0) }),
        ]
    }

    private var hidden: [Int] {
        count < 5000 ? [64, 32] : count < 50_000 ? [256, 128] : [512, 256]
    }
    var batchSize: Int { count < 500 ? 16 : count < 5000 ? 32 : 128 }
    /// How many examples are left to train on.
    private var trained: Int {
        validation == nil ? count - Int((Double(count) * share).rounded()) : count
    }
    private var stepsPerEpoch: Int { (trained + batchSize - 1) / batchSize }
    private var epochs: Int {
        network != nil
            ? min(max(1500 / stepsPerEpoch, 8), 40) : min(max(3000 / stepsPerEpoch, 10), 100)
    }

    private var patience: Int { max(10, epochs / 4) }

    var units: Int {
        switch task {
        case .classes(let count, _): count
        case .numbers(let count), .flags(let count): count
        }
    }

    private var loss: String {
        switch task {
        case .classes: "crossEntropy"
        case .numbers: "meanSquaredError"
        case .flags: "binaryCrossEntropy"
        }
    }

    private var metrics: [JSONValue] {
        switch task {
        case .classes: rare?.metrics ?? ["accuracy", "f1"]
        case .numbers: ["r2", "meanAbsoluteError"]
        case .flags: rareLabel?.metrics ?? ["binaryAccuracy", "f1"]
        }
    }

    /// The config.
    var json: JSONValue {
        func datasets(_ part: (inputs: String, targets: String)) -> JSONValue {
            ["inputs": .string(part.inputs), "targets": .string(part.targets)]
        }
        var data: JSONObject = [
            "path": .string(path), "train": datasets(train),
        ]
        if let validation {
            data["validation"] = datasets(validation)
        } else {
            data["split"] = .double(share)
        }
        if !transforms.isEmpty { data["transforms"] = .array(transforms) }
        if case .numbers = task, let targetScaling {
            // One number is measured on what is trained on, once that is chosen.
            data["targetTransforms"] = [
                units == 1 ? ["type": "normalize"] : ConfigDraft.normalize(targetScaling)
            ]
        }
        data["batchSize"] = .int(batchSize)
        let layers = hidden.flatMap { units -> [JSONValue] in
            [["type": "linear", "units": .int(units)], ["type": "relu"]]
        }
        let last: JSONValue = ["type": "linear", "units": .int(units)]
        return [
            "name": .string(name), "data": .object(data),
            "model": ["layers": .array(network?.layers ?? layers + [last])],
            "loss": ["type": .string(loss)],
            "optimizer": ["type": "adamW", "learningRate": 0.002],
            "schedule": ["type": "cosine"],
            "training": ["epochs": .int(epochs), "patience": .int(patience)],
            "metrics": .array(metrics),
        ]
    }

    /// Why it says what it says, a line each.
    var reasons: [String] {
        var lines: [String] = []
        switch task {
        case .classes(let count, let names):
            let shown = names.prefix(8).map { $0.escapedForDisplay(limit: 30) }
                .joined(separator: ", ")
            let listed = names.isEmpty ? "" : ": \(shown)\(names.count > 8 ? ", …" : "")"
            lines.append("task       classification, \(count) classes\(listed)")
            lines.append(
                "loss       crossEntropy, for one class an example; measured by "
                    + (rare?.measured ?? "accuracy and f1"))
            lines += (labelNote.map { [$0] } ?? []) + (rare?.reasons ?? [])
        case .numbers(let count):
            lines.append(
                "task       regression, \(Format.count(count, "number")) an example")
            lines.append("loss       meanSquaredError; measured by r2 and meanAbsoluteError")
            if targetScaling != nil {
                lines.append(
                    "targets    to mean 0 and deviation 1, by the training examples; eval and predict "
                        + "give the data's units")
            }
        case .flags(let count):
            lines.append("task       \(count) answers an example, yes or no each")
            lines.append(
                "loss       binaryCrossEntropy, for each by itself; measured by "
                    + (rareLabel?.measured ?? "binaryAccuracy and f1"))
            lines += rareLabel?.reasons ?? []
        }
        lines += network?.reasons ?? rowReasons
        if validation == nil {
            lines.append(
                "validation a share of \(Format.number(share)) of the training examples, for the file "
                    + "has none to measure on")
        }
        lines.append(
            "batches    of \(batchSize), \(Format.grouped(stepsPerEpoch)) an epoch, "
                + (patience < epochs
                    ? "at most \(epochs) epochs, fewer where \(patience) in a row bring nothing "
                        + "better; the best is kept"
                    : "\(epochs) epochs; the best is kept"))
        return (lines + testRemark).flatMap { $0.wrapped(indent: 11) }
    }

    /// What to know where the file has no other part to validate on than one called test.
    private var testRemark: [String] {
        guard let validation, validation.inputs.hasPrefix("test/") else { return [] }
        return [
            "validation \(validation.inputs): the best epoch is chosen by it, so its figures flatter; "
                + "to keep it for a last test,",
            "           train with data.validation=null data.split=0.1, and measure with fttrain "
                + "eval RUN",
            "           data.validation.inputs=\(validation.inputs) "
                + "data.validation.targets=\(validation.targets)",
        ]
    }

    private var rowReasons: [String] {
        let sizes = hidden.map { "\($0)" }.joined(separator: " and ")
        var lines = [
            "model      two hidden layers of \(sizes), for \(Format.count(count, "example"))"
        ]
        if scaling != nil {
            lines.append("inputs     each to mean 0 and deviation 1, by the training examples")
        } else if isImage {
            lines.append("inputs     bytes from 0 to 255 become 0 to 1, an example one row")
        }
        return lines
    }

    /// What targets stand for, by their dtype and values.
    static func task(_ targets: NDArray, names: [String]) -> Task {
        let width = targets.shape.removing(at: 0).elementCount
        let values = targets.values(as: Double.self)
        if width > 1, values.allSatisfy({ $0 == 0 || $0 == 1 }) {
            let areOneHot = stride(from: 0, to: values.count, by: width).allSatisfy { row in
                values[row..<row + width].reduce(0, +) == 1
            }
            if !areOneHot { return .flags(count: width) }
        }
        guard names.isEmpty else { return .classes(count: names.count, names: names) }
        let (low, high) = (values.min() ?? 0, values.max() ?? 0)
        let areWhole = values.allSatisfy { $0 == $0.rounded() }
        let isTyped = targets.dtype.isInteger || targets.dtype == .bool
        let most = isTyped ? 1000.0 : 20
        let isClass = width == 1 && areWhole && low >= 0 && high < most && high >= 1
        let different = isClass ? Set(values).count : 0
        guard isClass, Double(different) * 2 > high, different * 3 < max(values.count, 7) else {
            return .numbers(count: width)
        }
        return .classes(count: Int(high) + 1, names: [])
    }

    /// The mean and deviation of each element of examples [N, …], nil where they are near 0 and 1.
    static func scaling(_ examples: NDArray) -> (mean: [Double], deviation: [Double])? {
        let count = examples.shape[0]
        let width = examples.shape.removing(at: 0).elementCount
        guard width > 0, width <= 65_536 else { return nil }
        let values = examples.values(as: Double.self)
        var (means, deviations) = ([Double](), [Double]())
        for column in 0..<width {
            let cells = stride(from: column, to: count * width, by: width).map { values[$0] }
            let mean = cells.reduce(0, +) / Double(count)
            let squares = cells.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let deviation = (squares / Double(count)).squareRoot()
            guard mean.isFinite, deviation.isFinite else { return nil }
            means.append(mean)
            deviations.append(deviation > 0 ? deviation : 1)
        }
        let isFine =
            means.allSatisfy { abs($0) < 0.5 } && deviations.allSatisfy { $0 > 0.5 && $0 < 2 }
        return isFine ? nil : (means, deviations)
    }
}
