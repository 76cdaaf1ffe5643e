import Checkpoint
package import Datasets
import FTJSON
package import Tensor

/// What happened to a run's data before its model saw them: kept in each checkpoint, so that it can
/// happen again to new data.
package struct Preprocessing: Sendable {
    /// One input of the model.
    package struct Input: Sendable, Equatable {
        /// Its name; empty where it is the only one.
        package let name: String
        /// The shape of one example as it is stored.
        package let shape: [Int]
        /// The dtype as it is stored.
        package let dtype: DType
        /// What happens to it, in order.
        package var transforms: [Transform]
    }

    /// The inputs in the order of the config.
    package var inputs: [Input]
    /// The targets, which new data may lack.
    package var target: Input
    /// The names of the classes that targets are the numbers of; empty without.
    package var classes: [String]
    /// How tables become inputs; nil where the data came from no table.
    package var table: TableEncoding?
    /// What the tokens of a text stand for; nil where the data is no text.
    package var tokens: TextTokens?
    /// Whether the inputs are images that were scaled until they covered their size, as new ones
    /// then are.
    package var scalesImages = false
    /// How much each class weighs in the loss, where that follows from how often it is among the
    /// training examples; empty else.
    var classWeights: [Double] = []

    /// The names of the classes, of those of a table's label too; empty without.
    package var classNames: [String] {
        let named = table?.label?.classes ?? []
        return named.isEmpty ? classes : named
    }

    /// What the several outputs of an example are called; empty where there is one, or no name.
    var outputNames: [String] {
        if let labels = table?.labels, labels.count > 1 { return labels.map(\.name) }
        return []
    }

    /// The words for 0 and 1 of each of several labels; empty where these have none.
    var answerWords: [[String]] {
        let labels = table?.labels ?? []
        return labels.count > 1 && labels[0].kind == .answers ? labels.map(\.classes) : []
    }

    /// Has the decimals of numbers in tables stand after a mark, whatever those of the training table
    /// did.
    ///
    /// - Parameter model: what messages call the model.
    mutating func readDecimals(after mark: DecimalMark, of model: String) throws(RunError) {
        guard table != nil else {
            throw RunError(
                .usage,
                "--decimal: says how tables are read, and \(model) wasn't trained on one; leave it "
                    + "out")
        }
        table?.readDecimals(after: mark)
    }

    /// The attribute of a dataset of targets that holds the names of their classes.
    package static let classesKey = "classes"
    /// The key in the state of a checkpoint.
    static let key = "preprocessing"

    /// The names of the classes that a dataset keeps; empty without.
    package static func classes(_ file: HDF5File, on name: String) -> [String] {
        guard let text = file.attribute(classesKey, on: name),
            let node = try? JSONNode(parsing: text)
        else { return [] }
        return node.elements?.compactMap(\.string) ?? []
    }
}

extension Preprocessing {
    /// What a checkpoint keeps; nil where it is of a version that kept nothing.
    init?(of state: TrainingState) {
        guard let text = state.extra[Preprocessing.key] else { return nil }
        self.init(text)
    }

    /// As a checkpoint keeps it.
    var text: String {
        var object: JSONObject = [
            "inputs": .array(inputs.map(\.json)), "target": target.json,
            "classes": .strings(classes),
        ]
        if let table { object["table"] = table.json }
        if let tokens { object["text"] = tokens.json }
        if !classWeights.isEmpty {
            object["classWeights"] = .array(classWeights.map { .double($0) })
        }
        if scalesImages { object["scalesImages"] = .bool(true) }
        return JSONValue.object(object).text()
    }

    /// Reads what `text` wrote; nil where it is something else.
    init?(_ text: String) {
        guard let node = try? JSONNode(parsing: text),
            let inputs = node["inputs"]?.elements?.map({ Input($0) }), !inputs.isEmpty,
            !inputs.contains(nil), let target = node["target"].flatMap({ Input($0) })
        else { return nil }
        self.inputs = inputs.compactMap { $0 }
        self.target = target
        classes = node["classes"]?.elements?.compactMap(\.string) ?? []
        classWeights = node["classWeights"]?.elements?.compactMap(\.double) ?? []
        scalesImages = node["scalesImages"]?.bool ?? false
        if let table = node["table"] {
            guard let table = TableEncoding(JSONValue(table).text()) else { return nil }
            self.table = table
        }
        if let text = node["text"] {
            guard let tokens = TextTokens(text) else { return nil }
            self.tokens = tokens
        }
    }
}

extension TextTokens {
    fileprivate var json: JSONValue {
        ["unit": .string(unit.rawValue), "vocabulary": .ints(vocabulary.map { Int($0) })]
    }

    fileprivate init?(_ node: JSONNode) {
        guard let unit = node["unit"]?.string.flatMap(Unit.init),
            let codes = node["vocabulary"]?.elements?.map(\.int), !codes.isEmpty,
            !codes.contains(where: { code in !(0...0x10_FFFF).contains(code ?? -1) })
        else { return nil }
        self.init(unit, vocabulary: codes.compactMap { $0 }.map { UInt32($0) })
    }
}

extension Preprocessing.Input {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "shape": .ints(shape), "dtype": .string(dtype.name),
            "transforms": .array(transforms.map(\.json)),
        ]
    }

    fileprivate init?(_ node: JSONNode) {
        guard let name = node["name"]?.string,
            let dtype = node["dtype"]?.string.flatMap(DType.init(name:)),
            let shape = node["shape"]?.elements?.compactMap(\.int),
            shape.count < Shape.maximumRank, shape.allSatisfy({ $0 >= 0 }),
            let transforms = node["transforms"]?.elements?.map({ Transform($0) }),
            !transforms.contains(nil)
        else { return nil }
        self.init(
            name: name, shape: shape, dtype: dtype, transforms: transforms.compactMap { $0 })
    }
}

extension Transform {
    var json: JSONValue {
        var object: JSONObject = ["type": .string(name)]
        switch self {
        case .scale(let factor): object["factor"] = .double(factor)
        case .normalize(let mean, let std, let axis):
            object["mean"] = .array(mean.map { .double($0) })
            object["std"] = .array(std.map { .double($0) })
            if axis != 0 { object["axis"] = .int(axis) }
        case .flatten: break
        case .reshape(let shape): object["shape"] = .ints(shape)
        case .oneHot(let classes): object["classes"] = .int(classes)
        case .cast(let dtype): object["dtype"] = .string(dtype.name)
        // These happen in training alone.
        case .randomCrop, .randomFlip, .randomRotation, .cutout: break
        }
        return .object(object)
    }

    fileprivate init?(_ node: JSONNode) {
        func doubles(_ key: String) -> [Double]? { node[key]?.elements?.compactMap(\.double) }
        switch node["type"]?.string {
        case "scale":
            guard let factor = node["factor"]?.double else { return nil }
            self = .scale(factor)
        case "normalize":
            guard let mean = doubles("mean"), let std = doubles("std") else { return nil }
            self = .normalize(mean: mean, std: std, axis: node["axis"]?.int ?? 0)
        case "flatten": self = .flatten
        case "reshape":
            guard let shape = node["shape"]?.elements?.compactMap(\.int) else { return nil }
            self = .reshape(shape)
        case "oneHot":
            guard let classes = node["classes"]?.int else { return nil }
            self = .oneHot(classes: classes)
        case "cast":
            guard let dtype = node["dtype"]?.string.flatMap(DType.init(name:)) else { return nil }
            self = .cast(dtype)
        default: return nil
        }
    }
}

extension Preprocessing {
    /// What inputs are multiplied by and moved by, as a config says it, in order; an input that is
    /// as it is stored says `nothing`.
    var scaling: String {
        let lists = inputs.map { input in
            let scales = input.transforms.filter(\.isScale)
            return scales.isEmpty
                ? "nothing"
                : scales.map { $0.json.text() }.joined(separator: " and ").cut(to: 200)
        }
        return lists.joined(separator: ", ")
    }

    /// What turns stored inputs into those that the model sees.
    var inputPipelines: [TransformPipeline] {
        get throws {
            try inputs.map {
                try TransformPipeline($0.transforms, shape: Shape($0.shape), $0.dtype)
            }
        }
    }

    /// What turns stored targets into those that the loss sees.
    var targetPipeline: TransformPipeline {
        get throws {
            try TransformPipeline(target.transforms, shape: Shape(target.shape), target.dtype)
        }
    }
}
