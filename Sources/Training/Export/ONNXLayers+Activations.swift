import NN
import Tensor

extension ONNXLayers {
    /// Activations that are one operator each.
    func activations(_ layer: Layer, _ x: Value) -> Value? {
        switch layer {
        case is ReLU: graph.add("Relu", x)
        case is Sigmoid: graph.add("Sigmoid", x)
        case is Tanh: graph.add("Tanh", x)
        case is Softsign: graph.add("Softsign", x)
        case is Hardswish: graph.add("HardSwish", x)
        case is Hardsigmoid:
            graph.add("HardSigmoid", x, [], [("alpha", .float(1.0 / 6)), ("beta", .float(0.5))])
        case let layer as LeakyReLU:
            graph.add("LeakyRelu", x, [], [("alpha", .float(layer.slope))])
        case let layer as ELU: graph.add("Elu", x, [], [("alpha", .float(layer.alpha))])
        case let layer as CELU: graph.add("Celu", x, [], [("alpha", .float(layer.alpha))])
        case is SELU:
            graph.add(
                "Selu", x, [],
                [("alpha", .float(1.6732632423543772)), ("gamma", .float(1.0507009873554805))])
        case is ReLU6: clip(x, 0, 6)
        case let layer as Hardtanh: clip(x, layer.lower, layer.upper)
        case let layer as Hardshrink: shrink(x, layer.lambda, 0)
        case let layer as Softshrink: shrink(x, layer.lambda, layer.lambda)
        case let layer as Softmax: graph.add("Softmax", x, [], [("axis", .int(layer.axis))])
        case is LogSoftmax: graph.add("LogSoftmax", x, [], [("axis", .int(-1))])
        case is Softmin:
            graph.add("Softmax", graph.add("Neg", x), [], [("axis", .int(-1))])
        default: nil
        }
    }

    /// Activations that are several.
    func gates(_ layer: Layer, _ x: Value) -> Value? {
        switch layer {
        case let layer as GELU:
            return layer.approximation == .tanh ? geluTanh(x) : gelu(x)
        case is SiLU: return silu(x)
        case is Mish: return graph.add("Mul", x, graph.add("Tanh", graph.add("Softplus", x)))
        case is Tanhshrink: return graph.add("Sub", x, graph.add("Tanh", x))
        case is LogSigmoid:
            return graph.add("Neg", graph.add("Softplus", graph.add("Neg", x)))
        case let layer as Softplus: return softplus(layer, x)
        case let layer as PReLU:
            let slope =
                layer.weight.shape[0] == 1
                ? graph.weight(layer.weight) : graph.channelwise(layer.weight, x)
            return graph.add("PRelu", x, [slope])
        case let layer as Threshold:
            let isAbove = graph.add("Greater", x, [graph.number(layer.threshold)])
            return graph.add(
                "Where", [isAbove.name, x.name, graph.number(layer.value)], shape: x.shape)
        case is GLU:
            let (last, half) = (x.rank - 1, x.shape[x.shape.rank - 1] / 2)
            let gate = graph.add("Sigmoid", graph.slice(x, axis: last, half..<2 * half))
            return graph.add("Mul", graph.slice(x, axis: last, 0..<half), gate)
        default: return nil
        }
    }

    /// x Φ(x) by the error function.
    func gelu(_ x: Value) -> Value {
        let scaled = graph.add("Mul", x, [graph.number(0.5.squareRoot())])
        let sum = graph.add("Add", graph.add("Erf", scaled), [graph.number(1)])
        return graph.add("Mul", graph.add("Mul", x, sum), [graph.number(0.5)])
    }

    /// ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))).
    private func geluTanh(_ x: Value) -> Value {
        let cube = graph.add("Mul", graph.add("Mul", x, x), x)
        let sum = graph.add("Add", x, graph.add("Mul", cube, [graph.number(0.044715)]))
        let bent = graph.add(
            "Tanh", graph.add("Mul", sum, [graph.number((2 / Double.pi).squareRoot())]))
        let share = graph.add("Add", bent, [graph.number(1)])
        return graph.add("Mul", graph.add("Mul", x, share), [graph.number(0.5)])
    }

    /// x σ(x).
    func silu(_ x: Value) -> Value { graph.add("Mul", x, graph.add("Sigmoid", x)) }

    private func softplus(_ layer: Softplus, _ x: Value) -> Value {
        if layer.beta == 1, layer.threshold == nil { return graph.add("Softplus", x) }
        let scaled = graph.add("Mul", x, [graph.number(layer.beta)])
        let curve = graph.add("Div", graph.add("Softplus", scaled), [graph.number(layer.beta)])
        guard let threshold = layer.threshold else { return curve }
        let isLine = graph.add("Greater", scaled, [graph.number(threshold)])
        return graph.add("Where", [isLine.name, x.name, curve.name], shape: x.shape)
    }

    private func clip(_ x: Value, _ low: Double, _ high: Double) -> Value {
        graph.add("Clip", x, [graph.number(low), graph.number(high)])
    }

    private func shrink(_ x: Value, _ lambda: Double, _ bias: Double) -> Value {
        graph.add("Shrink", x, [], [("lambd", .float(lambda)), ("bias", .float(bias))])
    }
}
