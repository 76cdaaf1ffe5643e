import FTConfig
import FTSupport
import NN
import Tensor

/// An input of a model.
struct ModelInput {
    /// Its name; empty where it is the only one.
    let name: String
    /// The shape of one example.
    let shape: Shape
}

/// Makes the model of a config layer by layer, inferring sizes on the way.
final class ModelBuilder {
    /// The stream that parameters and dropout draw from.
    let random: Random
    /// The table of layers made so far.
    private(set) var rows: [LayerRow] = []
    /// The first layer that needs two examples of a batch, for each has one element a channel.
    var firstOverExamples: ConfigValue?
    /// How many tokens the data's text has; nil where they are none.
    let vocabulary: Int?
    private let inputs: [ModelInput]
    private var usedInputs: Set<String> = []
    private var memory: MemoryBudget
    private var path: [String] = []
    private var depth = 0
    private var outputShape = Shape()

    /// - Parameters:
    ///   - inputs: what the model gets; several have names.
    ///   - vocabulary: how many tokens the data's text has.
    ///   - memory: what is taken before the model is made.
    init(seed: UInt64, inputs: [ModelInput], vocabulary: Int? = nil, memory: MemoryBudget) {
        self.vocabulary = vocabulary
        random = Random(seed: seed).fork("model")
        self.inputs = inputs
        self.memory = memory
    }

    /// The model and the shape of one output.
    ///
    /// Throws a `ConfigError` at the first layer that its input doesn't fit, or where an input is
    /// left over.
    func build(_ config: ConfigValue) throws -> (model: Sequential, output: Shape) {
        let isOpen = inputs.contains { !$0.name.isEmpty }
        let shape = isOpen ? nil : inputs[0].shape
        let model = try sequence(config.children("layers"), shape)
        if isOpen, let unused = inputs.first(where: { !usedInputs.contains($0.name) }) {
            throw ConfigError([
                config.issue(
                    "no layer takes the input '\(unused.name)'; add {\"type\": \"input\", \"name\": "
                        + "\"\(unused.name)\"} where a branch begins, or leave it out of data",
                    at: "layers")
            ])
        }
        return (model, outputShape)
    }

    /// The input that a layer names.
    func input(_ value: ConfigValue) throws(ConfigError) -> Input {
        let name = value.string("name")
        if let input = inputs.first(where: { $0.name == name }), !name.isEmpty {
            usedInputs.insert(name)
            return Input(name, input.shape)
        }
        let names = inputs.map(\.name).filter { !$0.isEmpty }
        let hint =
            names.isEmpty
            ? "give data.train.inputs an object of names and datasets"
            : Suggestion.nearest(to: name, among: names).map { "Did you mean '\($0)'?" }
                ?? "there are \(names.joined(separator: ", "))"
        throw ConfigError([value.issue("there is no input '\(name)'; \(hint)", at: "name")])
    }

    /// Layers inside a layer, which may have several such lists.
    func nested(
        _ layers: [ConfigValue], _ place: LayerPlace, branch: String? = nil
    ) throws -> Sequential {
        depth += 1
        if let branch { path.append(branch) }
        defer {
            depth -= 1
            if branch != nil { path.removeLast() }
        }
        return try sequence(layers, place.isOpen ? nil : place.input)
    }

    private func sequence(_ layers: [ConfigValue], _ input: Shape?) throws -> Sequential {
        var shape = input
        var made: [Layer] = []
        for (index, layer) in layers.enumerated() {
            path.append(try name(layer, index, among: layers))
            let layer = try self.layer(layer, &shape, isFirst: index == 0)
            path.removeLast()
            made.append(layer)
        }
        outputShape = shape ?? []
        return Sequential(made)
    }

    /// What a layer is called in its list.
    private func name(
        _ layer: ConfigValue, _ index: Int, among layers: [ConfigValue]
    ) throws(ConfigError) -> String {
        guard layer.type == "block", let name = layer.optionalString("name") else {
            return String(index)
        }
        guard Block.isName(name) else {
            throw ConfigError([
                layer.issue("should be a letter, then letters, digits, - and _", at: "name")
            ])
        }
        let isTaken = layers.prefix(index).contains {
            $0.type == "block" && $0.optionalString("name") == name
        }
        if isTaken {
            throw ConfigError([layer.issue("another block of this list has it", at: "name")])
        }
        return name
    }

    private func layer(
        _ value: ConfigValue, _ shape: inout Shape?, isFirst: Bool
    ) throws -> Layer {
        let place = LayerPlace(
            input: shape ?? [], isOpen: shape == nil, isFirst: isFirst, builder: self)
        if place.isOpen, value.type != "input", value.type != "parallel" {
            let names = inputs.map { "'\($0.name)'" }.joined(separator: ", ")
            throw ConfigError([
                value.issue(
                    "gets no input yet: the model has \(names); start with an input layer, or with "
                        + "a parallel whose branches do")
            ])
        }
        try checkCount(value, rows.count + 1)
        let name = path.joined(separator: ".")
        let row = rows.count
        do {
            rows.append(
                LayerRow(
                    name: name, type: value.type, outputShape: [], parameters: 0,
                    depth: depth))
            let layer = try Catalogs.layers.make(value, place)
            let output = try layer.outputShape(for: place.input)
            if let problem = ModelBuilder.problem(with: output) {
                throw ConfigError([value.issue("layer \(name) (\(value.type)): \(problem)")])
            }
            shape = output
            rows[row] = LayerRow(
                name: name, type: value.type, outputShape: Array(output),
                parameters: layer.parameterCount, depth: depth)
            try check(value, output: Array(output), isKept: keepsOutput(layer))
            return layer
        } catch let error as ShapeError {
            throw ConfigError([value.issue("layer \(name) (\(value.type)): \(error.problem)")])
        }
    }

    /// Why nothing can follow a layer that gives examples of a shape; nil where something can.
    private static func problem(with output: Shape) -> String? {
        if output.contains(0) {
            return "it gives \(output), of which nothing is left; cut off less, or give it a "
                + "larger input"
        }
        guard output.rank >= Shape.maximumRank else { return nil }
        return "it gives \(output), \(output.rank) axes beside that of the batch, and "
            + "\(Shape.maximumRank - 1) are the most; flatten or reshape before it"
    }

    /// The most layers that a model may have.
    private static let mostLayers = 100_000

    /// Throws where a model would have too many layers.
    func checkCount(
        _ value: ConfigValue, _ count: Int, at key: String? = nil
    ) throws(ConfigError) {
        guard count > ModelBuilder.mostLayers else { return }
        let problem =
            "the model would have \(Format.grouped(count)) layers, of which "
            + "\(Format.grouped(ModelBuilder.mostLayers)) are the most; repeat fewer"
        throw ConfigError([key.map { value.issue(problem, at: $0) } ?? value.issue(problem)])
    }

    /// Whether a layer's output is an array of its own for certain: views are not, and what is
    /// computed element by element may take its input's place.
    private func keepsOutput(_ layer: Layer) -> Bool {
        !(layer is ShapePreservingLayer || layer is Flatten || layer is Reshape || layer is Input
            || layer is Sequential || layer is Parallel)
    }

    /// Counts a weight, before it is made.
    ///
    /// Throws where training would not fit into this machine's memory.
    ///
    /// - Parameter keys: the config's keys and what each contributes to the size; the larger one is
    ///   the one to lower.
    func reserve(
        _ value: ConfigValue, _ sizes: [Int], keys: [(name: String, size: Int)],
        isFrozen: Bool = false
    ) throws(ConfigError) {
        memory.addWeight(sizes, isTrained: !isFrozen)
        try memory.check(value, at: keys.max { $0.size < $1.size }?.name)
    }

    /// Counts a batch of such outputs and throws where it would not fit into memory.
    ///
    /// - Parameter isKept: whether it is an array of its own that the backward pass needs.
    func check(
        _ value: ConfigValue, output sizes: [Int], isKept: Bool = false, at key: String? = nil
    ) throws(ConfigError) {
        memory.addOutput(sizes, isKept: isKept)
        try memory.check(value, at: key)
    }

    /// Counts what a layer makes of each example for a moment, and throws as `check` does.
    func check(
        _ value: ConfigValue, scratch sizes: [Int], at key: String
    ) throws(ConfigError) {
        memory.addScratch(sizes, threads: CPUBackend.shared.threads)
        try memory.check(value, at: key)
    }
}
