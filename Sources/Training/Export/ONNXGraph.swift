import FTSupport
import NN
import Tensor

/// A graph of ONNX operators while it is made: github.com/onnx/onnx/blob/main/docs/Operators.md.
final class ONNXGraph {
    /// What an operator gives: its name, and its shape without the batch axis, which has any size.
    struct Value {
        let name: String
        let shape: Shape

        /// Axes, that of the batch included.
        var rank: Int { shape.rank + 1 }
    }

    /// A setting of an operator.
    enum Attribute {
        case int(Int)
        case ints([Int])
        case float(Double)
        case text(String)
        case texts([String])
    }

    /// An operator, its inputs and outputs by name.
    struct Node {
        let name: String
        let type: String
        let inputs: [String]
        let outputs: [String]
        let attributes: [(name: String, value: Attribute)]
    }

    private(set) var nodes: [Node] = []
    /// Weights and numbers in the graph, each once.
    private(set) var constants: [(name: String, array: NDArray)] = []
    /// What the model is given.
    private(set) var inputs: [Value] = []
    /// Where the operator being added belongs: names of layers around it.
    var path: [String] = []

    private let names: [ObjectIdentifier: String]
    private var weights: [ObjectIdentifier: String] = [:]
    private var taken: Set<String> = []
    private var integers: [[Int]: String] = [:]
    private var numbers: [Double: String] = [:]

    /// A graph of a model, whose weights keep their names in it.
    init(_ model: Module) {
        var names: [ObjectIdentifier: String] = [:]
        for (name, parameter) in model.namedParameters { names[ObjectIdentifier(parameter)] = name }
        for (name, buffer) in model.namedBuffers { names[ObjectIdentifier(buffer)] = name }
        self.names = names
    }

    /// An input of the model.
    func input(_ name: String, _ shape: Shape) -> Value {
        if let known = inputs.first(where: { $0.name == name }) { return known }
        let value = Value(name: unique(name), shape: shape)
        inputs.append(value)
        return value
    }

    /// Gives a value the name that callers ask for it by.
    func output(_ x: Value) -> Value {
        let value = Value(name: unique("output"), shape: x.shape)
        nodes.append(
            Node(
                name: value.name, type: "Identity", inputs: [x.name], outputs: [value.name],
                attributes: []))
        return value
    }

    /// Adds an operator with one output of a shape.
    func add(
        _ type: String, _ inputs: [String], _ attributes: [(String, Attribute)] = [],
        shape: Shape
    ) -> Value {
        Value(name: add(type, inputs, attributes, outputs: 1)[0], shape: shape)
    }

    /// Adds an operator that keeps the shape of its first input.
    func add(
        _ type: String, _ x: Value, _ others: [String] = [],
        _ attributes: [(String, Attribute)] = []
    ) -> Value {
        add(type, [x.name] + others, attributes, shape: x.shape)
    }

    /// Adds an operator and gives the names of its outputs.
    func add(
        _ type: String, _ inputs: [String], _ attributes: [(String, Attribute)], outputs: Int
    ) -> [String] {
        let name = unique((path + ["\(type)_\(nodes.count)"]).joined(separator: "/"))
        let results = (0..<outputs).map { outputs == 1 ? name : "\(name):\($0)" }
        nodes.append(
            Node(
                name: name, type: type, inputs: inputs, outputs: results,
                attributes: attributes.map { (name: $0.0, value: $0.1) }))
        return results
    }

    /// A parameter or buffer by its name in the model.
    func weight(_ tensor: Tensor) -> String {
        let id = ObjectIdentifier(tensor)
        if let name = weights[id] { return name }
        let name = store(names[id] ?? "weight", tensor.data)
        weights[id] = name
        return name
    }

    /// Has another array stand for a weight from here on.
    func use(_ array: NDArray, for weight: Tensor) {
        weights[ObjectIdentifier(weight)] = store((path + ["weight"]).joined(separator: "."), array)
    }

    /// An array of the graph's own.
    func constant(_ array: NDArray) -> String { store("constant_\(constants.count)", array) }

    /// Integers, as shapes and axes are given.
    func integers(_ values: [Int]) -> String {
        if let name = integers[values] { return name }
        let name = constant(NDArray(values.map { Int64($0) }))
        integers[values] = name
        return name
    }

    /// A number.
    func number(_ value: Double) -> String {
        if let name = numbers[value] { return name }
        let name = constant(NDArray([Float(value)], []))
        numbers[value] = name
        return name
    }

    private func unique(_ wish: String) -> String {
        var name = wish
        while !taken.insert(name).inserted { name += "_" }
        return name
    }

    private func store(_ wish: String, _ array: NDArray) -> String {
        let name = unique(wish)
        constants.append((name, array))
        return name
    }
}

extension ONNXGraph {
    /// a ∘ b for an operator of two.
    func add(_ type: String, _ x: Value, _ y: Value) -> Value {
        add(type, [x.name, y.name], shape: x.shape)
    }

    /// Each example under another shape.
    func reshape(_ x: Value, _ shape: Shape) -> Value {
        add("Reshape", [x.name, integers([-1] + Array(shape))], shape: shape)
    }

    /// The axes, that of the batch included, in another order.
    func transpose(_ x: Value, _ order: [Int]) -> Value {
        let sizes = [0] + Array(x.shape)
        return add(
            "Transpose", [x.name], [("perm", .ints(order))],
            shape: Shape(order.map { sizes[$0] }.dropFirst()))
    }

    /// Part of an axis, that of the batch counted as 0.
    func slice(_ x: Value, axis: Int, _ range: Range<Int>) -> Value {
        add(
            "Slice",
            [
                x.name, integers([range.lowerBound]), integers([range.upperBound]),
                integers([axis]),
            ], shape: x.shape.replacing(axis - 1, with: range.count))
    }

    /// One after the other along an axis, that of the batch counted as 0.
    func concat(_ parts: [Value], axis: Int) -> Value {
        let size = parts.reduce(0) { $0 + $1.shape[axis - 1] }
        return add(
            "Concat", parts.map(\.name), [("axis", .int(axis))],
            shape: parts[0].shape.replacing(axis - 1, with: size))
    }

    /// x · Wᵀ + b over the last axis.
    func linear(_ x: Value, _ weight: Tensor, _ bias: Tensor?) -> Value {
        let shape = x.shape.replacing(x.shape.rank - 1, with: weight.shape[0])
        let matrix = self.weight(weight)
        if x.rank == 2 {
            let terms = [x.name, matrix] + (bias.map { [self.weight($0)] } ?? [])
            return add("Gemm", terms, [("transB", .int(1))], shape: shape)
        }
        let turned = add("Transpose", [matrix], [("perm", .ints([1, 0]))], outputs: 1)[0]
        let product = add("MatMul", [x.name, turned], shape: shape)
        return bias.map { add("Add", product, [self.weight($0)]) } ?? product
    }

    /// A weight of one number a channel, to be used on inputs with axes behind the channels.
    func channelwise(_ weight: Tensor, _ x: Value) -> String {
        let name = self.weight(weight)
        let sizes = [weight.shape[0]] + Array(repeating: 1, count: x.shape.rank - 1)
        return sizes.count == 1 ? name : add("Reshape", [name, integers(sizes)], [], outputs: 1)[0]
    }
}
