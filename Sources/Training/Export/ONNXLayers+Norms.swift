import NN
import Tensor

extension ONNXLayers {
    /// Normalizations.
    func norms(_ layer: Layer, _ x: Value) -> Value? {
        switch layer {
        case let layer as BatchNorm:
            let channels = layer.runningMean.shape
            let terms = [
                layer.weight.map { graph.weight($0) } ?? filled(channels, 1),
                layer.bias.map { graph.weight($0) } ?? filled(channels, 0),
                graph.weight(layer.runningMean), graph.weight(layer.runningVariance),
            ]
            return graph.add(
                "BatchNormalization", x, terms, [("epsilon", .float(layer.epsilon))])
        case let layer as GroupNorm: return groupNorm(layer, x)
        case let layer as LayerNorm:
            let scale = layer.weight.map { graph.weight($0) } ?? filled(layer.shape, 1)
            return graph.add(
                "LayerNormalization", x, [scale] + (layer.bias.map { [graph.weight($0)] } ?? []),
                [("axis", .int(-layer.shape.rank)), ("epsilon", .float(layer.epsilon))])
        case let layer as RMSNorm:
            let axes = Array(x.rank - layer.shape.rank..<x.rank)
            let mean = graph.add(
                "ReduceMean", graph.add("Mul", x, x), [],
                [("axes", .ints(axes)), ("keepdims", .int(1))])
            let root = graph.add("Sqrt", graph.add("Add", mean, [graph.number(layer.epsilon)]))
            let y = graph.add("Div", x, root)
            return layer.weight.map { graph.add("Mul", y, [graph.weight($0)]) } ?? y
        default: return nil
        }
    }

    /// By the normalization of instances, which groups are under another shape.
    private func groupNorm(_ layer: GroupNorm, _ x: Value) -> Value {
        let size = x.shape.elementCount / layer.groups
        let parts = graph.reshape(x, [layer.groups, size])
        let normal = graph.add(
            "InstanceNormalization", parts,
            [filled([layer.groups], 1), filled([layer.groups], 0)],
            [("epsilon", .float(layer.epsilon))])
        var y = graph.reshape(normal, x.shape)
        if let weight = layer.weight { y = graph.add("Mul", y, [graph.channelwise(weight, x)]) }
        if let bias = layer.bias { y = graph.add("Add", y, [graph.channelwise(bias, x)]) }
        return y
    }

    private func filled(_ shape: Shape, _ value: Double) -> String {
        graph.constant(NDArray.full(shape, Scalar(value), .float32))
    }
}
