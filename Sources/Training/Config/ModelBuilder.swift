import FTConfig
import FTSupport
import Glibc
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
    private let batchSize: Int
    private let inputs: [ModelInput]
    private var usedInputs: Set<String> = []
    private var parameterBytes = 0
    private var path: [Int] = []
    private var depth = 0
    private var outputShape = Shape()

    /// - Parameter inputs: what the model gets; several have names.
    init(seed: UInt64, batchSize: Int, inputs: [ModelInput]) {
        random = Random(seed: seed).fork("model")
        self.batchSize = batchSize
        self.inputs = inputs
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
                config.issue("no layer takes the input '\(unused.name)'", at: "layers")
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
        _ layers: [ConfigValue], _ place: LayerPlace, branch: Int? = nil
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
            path.append(index)
            let layer = try self.layer(layer, &shape, isFirst: index == 0)
            path.removeLast()
            made.append(layer)
        }
        outputShape = shape ?? []
        return Sequential(made)
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
        let name = path.map { String($0) }.joined(separator: ".")
        let row = rows.count
        do {
            rows.append(
                LayerRow(
                    name: name, type: value.type, outputShape: [], parameters: 0,
                    depth: depth))
            let layer = try Catalogs.layers.make(value, place)
            let output = try layer.outputShape(for: place.input)
            shape = output
            rows[row] = LayerRow(
                name: name, type: value.type, outputShape: Array(output),
                parameters: layer.parameterCount, depth: depth)
            try check(value, Array(output))
            return layer
        } catch let error as ShapeError {
            throw ConfigError([value.issue("layer \(name) (\(value.type)): \(error.problem)")])
        }
    }

    /// Counts the bytes of a weight, before it is made.
    ///
    /// Throws where the model would not fit into this machine's memory.
    func reserve(_ value: ConfigValue, _ key: String, _ sizes: Int...) throws(ConfigError) {
        let bytes = checkedProduct(sizes + [4]).map { $0 + parameterBytes }
        // A gradient beside each weight is the least that training needs.
        guard let bytes, bytes <= ModelBuilder.memory / 2 else {
            let shape = Format.shape(sizes)
            throw ConfigError([
                value.issue(
                    "the model does not fit into memory with a weight of \(shape); use fewer units",
                    at: key)
            ])
        }
        parameterBytes = bytes
    }

    /// Throws where a batch of such examples would not fit into memory.
    func check(
        _ value: ConfigValue, _ sizes: [Int], at key: String? = nil
    ) throws(ConfigError) {
        let bytes = checkedProduct(sizes + [4, batchSize])
        guard let bytes, bytes <= ModelBuilder.memory else {
            throw ConfigError([
                value.issue(
                    "a batch of \(batchSize) × \(Format.shape(sizes)) does not fit into memory",
                    at: key)
            ])
        }
    }

    private func checkedProduct(_ values: [Int]) -> Int? {
        var product = 1
        for value in values {
            let (next, overflow) = product.multipliedReportingOverflow(by: value)
            if overflow || next > 1 << 60 { return nil }
            product = next
        }
        return product
    }

    /// Bytes of memory of this machine.
    private static var memory: Int {
        let pages = sysconf(Int32(_SC_PHYS_PAGES))
        return pages > 0 ? pages * sysconf(Int32(_SC_PAGESIZE)) : 8 << 30
    }
}
