import Autograd
import NN
import Tensor

extension ONNXLayers {
    /// Networks that take a sequence step by step, layer by layer.
    func recurrent(_ layer: Recurrent, _ x: Value) throws -> Value {
        let kind = try RecurrentForm(layer)
        let sides = layer.directionCount
        let weights = Dictionary(uniqueKeysWithValues: layer.namedParameters.map { ($0, $1) })
        var x = x
        for index in 0..<layer.layers {
            // ONNX wants [steps, batch, width].
            let (steps, width) = (x.shape[0], layer.width)
            let turned = graph.add(
                "Transpose", [x.name], [("perm", .ints([1, 0, 2]))], outputs: 1)[0]
            let suffixes = ["_l\(index)", "_l\(index)_reverse"].prefix(sides)
            func stacked(_ names: [String]) -> String? {
                let parts = suffixes.map { suffix in
                    names.compactMap { weights[$0 + suffix] }.map { kind.ordered($0, width) }
                }
                guard parts.allSatisfy({ $0.count == names.count }) else { return nil }
                return graph.constant(
                    Tensor.stack(parts.map { Tensor.concat($0, axis: 0) }, axis: 0).data)
            }
            let inputs = [stacked(["weight_ih"]), stacked(["weight_hh"])].map { $0 ?? "" }
            let outputs = graph.add(
                kind.type,
                [turned] + inputs + (stacked(["bias_ih", "bias_hh"]).map { [$0] } ?? []),
                kind.attributes(sides) + [("hidden_size", .int(width))], outputs: 2)
            let isLast = index == layer.layers - 1 && layer.output == .last
            let order = isLast ? [1, 0, 2] : [2, 0, 1, 3]
            let placed = graph.add(
                "Transpose", [outputs[isLast ? 1 : 0]], [("perm", .ints(order))], outputs: 1)[0]
            let shape: Shape = isLast ? [sides * width] : [steps, sides * width]
            x = graph.reshape(Value(name: placed, shape: shape), shape)
        }
        return x
    }
}

/// How ONNX says what a recurrent layer is.
private struct RecurrentForm {
    let type: String
    /// Where each part of a weight's rows comes from: PyTorch's order of gates is another one.
    private let order: [Int]
    private let extra: [(String, ONNXGraph.Attribute)]
    private let isReLU: Bool

    init(_ layer: Recurrent) throws {
        guard layer.isBatchFirst else {
            throw RunError(.data, "\(layer.describe): ONNX takes sequences with the batch first")
        }
        switch layer {
        // i, f, g, o → i, o, f, g
        case is LSTM: (type, order, extra) = ("LSTM", [0, 3, 1, 2], [])
        // r, z, n → z, r, n
        case is GRU: (type, order, extra) = ("GRU", [1, 0, 2], [("linear_before_reset", .int(1))])
        default: (type, order, extra) = ("RNN", [0], [])
        }
        isReLU = (layer as? RNN)?.nonlinearity == .relu
    }

    func ordered(_ weight: Tensor, _ width: Int) -> Tensor {
        Tensor.concat(
            order.map { weight.detach().narrow(axis: 0, start: $0 * width, count: width) }, axis: 0)
    }

    func attributes(_ sides: Int) -> [(String, ONNXGraph.Attribute)] {
        let direction = sides == 2 ? "bidirectional" : "forward"
        let functions = Array(repeating: "Relu", count: sides)
        return extra + [("direction", .text(direction))]
            + (isReLU ? [("activations", .texts(functions))] : [])
    }
}
