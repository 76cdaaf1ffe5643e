import Autograd
import NN
import Tensor

extension ONNXLayers {
    /// Layers of sequences, whose length is that of the model's input.
    func sequences(_ layer: Layer, _ x: Value) throws -> Value? {
        switch layer {
        case let layer as LearnedPositions:
            let (positions, table) = (x.shape[x.shape.rank - 2], graph.weight(layer.weight))
            let rows =
                positions == layer.weight.shape[0]
                ? table
                : graph.add(
                    "Slice",
                    [table, graph.integers([0]), graph.integers([positions]), graph.integers([0])],
                    [], outputs: 1)[0]
            return graph.add("Add", x, [rows])
        case is SinusoidalPositions:
            let waves = noGrad { layer(Tensor(NDArray.full(x.shape.inserting(1, at: 0), 0))) }
            return graph.add("Add", x, [graph.constant(waves.data)])
        case let layer as SelfAttention: return attention(layer, x)
        case let layer as TransformerBlock: return try block(layer, x)
        case let layer as TransformerEncoder: return try encoder(layer, x)
        case let layer as GPT:
            let placed = try inside("positions", layer.positions, inside("tokens", layer.tokens, x))
            let y = try inside("body", layer.body, placed)
            return graph.linear(y, layer.head?.weight ?? layer.tokens.weight, nil)
        case let layer as Recurrent: return try recurrent(layer, x)
        default: return nil
        }
    }

    private func encoder(_ layer: TransformerEncoder, _ x: Value) throws -> Value {
        var x = x
        for (index, block) in layer.blocks.enumerated() {
            x = try inside("blocks.\(index)", block, x)
        }
        return try layer.norm.map { try inside("norm", $0, x) } ?? x
    }

    private func block(_ layer: TransformerBlock, _ x: Value) throws -> Value {
        func added(_ x: Value, _ norm: Layer, _ part: Layer, _ name: String) throws -> Value {
            let input = layer.rule.isPreNorm ? try inside("\(name)Norm", norm, x) : x
            let sum = graph.add("Add", x, try inside(name, part, input))
            return layer.rule.isPreNorm ? sum : try inside("\(name)Norm", norm, sum)
        }
        let attended = try added(x, layer.attentionNorm, layer.attention, "attention")
        return try added(attended, layer.feedForwardNorm, layer.feedForward, "feedForward")
    }

    /// softmax(q kᵀ / √width) v for each head, positions before heads in the packed projection.
    private func attention(_ layer: SelfAttention, _ x: Value) -> Value {
        let (positions, width) = (x.shape[0], layer.width / layer.heads)
        let packed = graph.linear(x, layer.projection.weight, layer.projection.bias)
        var start = 0
        func part(_ heads: Int) -> Value {
            defer { start += heads * width }
            let columns = graph.slice(packed, axis: 2, start..<start + heads * width)
            return graph.transpose(
                graph.reshape(columns, [positions, heads, width]), [0, 2, 1, 3])
        }
        var (q, k, v) = (part(layer.heads), part(layer.keyHeads), part(layer.keyHeads))
        if let rotary = layer.rotary { (q, k) = (turned(q, rotary), turned(k, rotary)) }
        (k, v) = (shared(k, layer), shared(v, layer))
        let turnedKeys = graph.transpose(k, [0, 1, 3, 2])
        let scores = graph.add(
            "MatMul", [q.name, turnedKeys.name], shape: [layer.heads, positions, positions])
        var scaled = graph.add("Mul", scores, [graph.number(1 / Double(width).squareRoot())])
        if layer.isCausal {
            let mask = (0..<positions * positions).map { index -> Float in
                index % positions > index / positions ? -.infinity : 0
            }
            scaled = graph.add(
                "Add", scaled, [graph.constant(NDArray(mask, [positions, positions]))])
        }
        let shares = graph.add("Softmax", scaled, [], [("axis", .int(-1))])
        let taken = graph.add("MatMul", [shares.name, v.name], shape: q.shape)
        let joined = graph.reshape(
            graph.transpose(taken, [0, 2, 1, 3]), [positions, layer.width])
        return graph.linear(joined, layer.output.weight, layer.output.bias)
    }

    /// Heads of keys or values [heads, positions, width], each as often as queries share it.
    private func shared(_ x: Value, _ layer: SelfAttention) -> Value {
        guard layer.keyHeads < layer.heads else { return x }
        let places = (0..<layer.heads).map { $0 / (layer.heads / layer.keyHeads) }
        return graph.add(
            "Gather", [x.name, graph.integers(places)], [("axis", .int(1))],
            shape: x.shape.replacing(0, with: layer.heads))
    }

    /// Pairs of features of [heads, positions, width], turned by their positions.
    private func turned(_ x: Value, _ rotary: RotaryPositions) -> Value {
        let (positions, half) = (x.shape[1], x.shape[2] / 2)
        // Turning (1, 0) gives the cosines and sines.
        let ones = (0..<positions * 2 * half).map { $0 % (2 * half) < half ? Float(1) : 0 }
        let turned = noGrad { rotary(Tensor(NDArray(ones, [1, positions, 1, 2 * half]))) }
            .reshape([positions, 2 * half])
        func table(_ start: Int) -> String {
            graph.constant(turned.narrow(axis: 1, start: start, count: half).data.contiguous())
        }
        let (cosine, sine) = (table(0), table(half))
        let (low, high) = (
            graph.slice(x, axis: 3, 0..<half), graph.slice(x, axis: 3, half..<2 * half)
        )
        func times(_ x: Value, _ table: String) -> Value { graph.add("Mul", x, [table]) }
        return graph.concat(
            [
                graph.add("Sub", times(low, cosine), times(high, sine)),
                graph.add("Add", times(high, cosine), times(low, sine)),
            ], axis: 3)
    }
}
