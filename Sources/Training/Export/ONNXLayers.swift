import NN
import Tensor

/// Turns layers into operators of ONNX, as they compute in evaluation.
struct ONNXLayers {
    let graph: ONNXGraph

    typealias Value = ONNXGraph.Value

    /// The output of a layer.
    ///
    /// Throws where ONNX has no form for it.
    func callAsFunction(_ layer: Layer, _ x: Value) throws -> Value {
        if let value = try containers(layer, x) ?? linearAlgebra(layer, x) { return value }
        if let value = activations(layer, x) ?? gates(layer, x) { return value }
        if let value = norms(layer, x) ?? pools(layer, x) ?? windows(layer, x) { return value }
        if let value = try sequences(layer, x) ?? images(layer, x) { return value }
        throw RunError(
            .data,
            "layer \(graph.path.joined(separator: ".")): ONNX has no form for \(layer.describe) here; "
                + "export the weights with --format safetensors")
    }

    /// A layer inside another, under its name.
    func inside(_ name: String, _ layer: Layer, _ x: Value) throws -> Value {
        graph.path.append(name)
        defer { graph.path.removeLast() }
        return try self(layer, x)
    }

    /// Layers of layers.
    private func containers(_ layer: Layer, _ x: Value) throws -> Value? {
        switch layer {
        case let layer as Sequential:
            var x = x
            for (index, inner) in layer.layers.enumerated() {
                x = try inside((inner as? Block)?.name ?? String(index), inner, x)
            }
            return x
        case let layer as Residual:
            let base = try layer.shortcut.map { try inside("shortcut", $0, x) } ?? x
            return graph.add("Add", base, try inside("module", layer.module, x))
        case let layer as Parallel:
            let parts = try layer.branches.enumerated().map { try inside(String($0), $1, x) }
            switch layer.join {
            case .add: return parts.dropFirst().reduce(parts[0]) { graph.add("Add", $0, $1) }
            case .multiply: return parts.dropFirst().reduce(parts[0]) { graph.add("Mul", $0, $1) }
            case .concat(let axis):
                return graph.concat(parts, axis: axis < 0 ? axis + parts[0].rank : axis)
            }
        case let layer as Checkpointed: return try self(layer.module, x)
        case let layer as Input: return graph.input(layer.name, layer.shape)
        case is Dropout, is PartDropout, is Identity: return x
        default: return nil
        }
    }

    /// Products, tables and shapes.
    private func linearAlgebra(_ layer: Layer, _ x: Value) throws -> Value? {
        switch layer {
        case let layer as Linear: return graph.linear(x, layer.weight, layer.bias)
        case let layer as Embedding: return try embedding(layer, x)
        case is Flatten:
            return graph.add(
                "Flatten", [x.name], [("axis", .int(1))], shape: [x.shape.elementCount])
        case is Reshape: return graph.reshape(x, try layer.outputShape(for: x.shape))
        case let layer as FeedForward: return feedForward(layer, x)
        default: return nil
        }
    }

    /// Rows of a table, shortened where they are longer than allowed.
    private func embedding(_ layer: Embedding, _ x: Value) throws -> Value {
        let index = graph.add("Cast", x, [], [("to", .int(7))])
        let shape = try layer.outputShape(for: x.shape)
        let rows = graph.add(
            "Gather", [graph.weight(layer.weight), index.name], [("axis", .int(0))], shape: shape)
        guard let longest = layer.maxNorm else { return rows }
        guard layer.normOrder == 2 else {
            throw RunError(
                .data,
                "layer \(graph.path.joined(separator: ".")): ONNX has no norm of order "
                    + "\(layer.normOrder); export the weights with --format safetensors")
        }
        let norm = graph.add(
            "ReduceL2", rows, [], [("axes", .ints([-1])), ("keepdims", .int(1))])
        let isLong = graph.add("Greater", norm, [graph.number(longest)])
        let more = graph.add("Add", norm, [graph.number(1e-7)])
        let share = graph.add("Div", [graph.number(longest), more.name], shape: norm.shape)
        let factor = graph.add(
            "Where", [isLong.name, share.name, graph.number(1)], shape: norm.shape)
        return graph.add("Mul", rows, factor)
    }

    private func feedForward(_ layer: FeedForward, _ x: Value) -> Value {
        let up = graph.linear(x, layer.up.weight, layer.up.bias)
        let half = layer.down.inputs
        let gate = layer.activation.isGated ? graph.slice(up, axis: up.rank - 1, 0..<half) : up
        let active: Value
        switch layer.activation {
        case .relu: active = graph.add("Relu", gate)
        case .gelu, .geGLU: active = gelu(gate)
        case .silu, .swiGLU: active = silu(gate)
        }
        let inner =
            layer.activation.isGated
            ? graph.add("Mul", active, graph.slice(up, axis: up.rank - 1, half..<2 * half)) : active
        return graph.linear(inner, layer.down.weight, layer.down.bias)
    }
}
