import Autograd
import NN
import Tensor

extension ONNXLayers {
    /// Convolutions and their transposes.
    func windows(_ layer: Layer, _ x: Value) -> Value? {
        switch layer {
        case let layer as ConvolutionLayer:
            let axes = x.shape.rank - 1
            let kernel = Array(layer.weight.shape.dropFirst(2))
            let (stride, dilation) = (each(layer.stride, axes), each(layer.dilation, axes))
            let ends = layer.padding.each(
                Array(x.shape.dropFirst()), kernel: kernel, stride: stride, dilation: dilation,
                "Conv")
            return graph.add(
                "Conv", terms(x, layer.weight, layer.bias),
                movement(kernel, stride, ends.low + ends.high)
                    + [("dilations", .ints(dilation)), ("group", .int(layer.groups))],
                shape: shape(layer, x))
        case let layer as ConvolutionTransposeLayer:
            return transposed(layer, x)
        default: return nil
        }
    }

    /// A transposed convolution. What it has more at the ends is padding that it has less, for not
    /// all of it may be as large in ONNX as here; where that isn't enough, zeros follow, before the
    /// bias.
    private func transposed(_ layer: ConvolutionTransposeLayer, _ x: Value) -> Value {
        let axes = x.shape.rank - 1
        let (padding, extra) = (each(layer.padding, axes), each(layer.outputPadding, axes))
        let left = zip(padding, extra).map { max(0, $0 - $1) }
        let zeros = zip(padding, extra).map { max(0, $1 - $0) }
        let isWhole = zeros.allSatisfy { $0 == 0 }
        let result = shape(layer, x)
        let sizes = zip(result.dropFirst(), zeros).map { $0 - $1 }
        var y = graph.add(
            "ConvTranspose", terms(x, layer.weight, isWhole ? layer.bias : nil),
            movement(
                Array(layer.weight.shape.dropFirst(2)), each(layer.stride, axes), padding + left)
                + [
                    ("dilations", .ints(each(layer.dilation, axes))),
                    ("group", .int(layer.groups)),
                ], shape: Shape([result[0]] + sizes))
        if isWhole { return y }
        let none = [Int](repeating: 0, count: axes + 2)
        let widths = graph.integers(none + [0, 0] + zeros)
        y = graph.add("Pad", [y.name, widths, graph.number(0)], [], shape: result)
        guard let bias = layer.bias else { return y }
        let row = Shape([result[0]] + Array(repeating: 1, count: axes))
        let column = graph.add(
            "Reshape", [graph.weight(bias), graph.integers(Array(row))], shape: row)
        return graph.add("Add", y, column)
    }

    /// Poolings.
    func pools(_ layer: Layer, _ x: Value) -> Value? {
        // ONNX has no poolings of more axes than those of windows and channels.
        if let pool = layer as? PoolingLayer, x.rank != Swift.type(of: pool).axes + 2 { return nil }
        switch layer {
        case let layer as MaxPool:
            return moving(layer, layer.movement, x, "MaxPool", filling: -.greatestFiniteMagnitude)
        case let layer as AvgPool:
            let sums = moving(layer, layer.movement, x, "AveragePool", filling: nil)
            // How the means of what lies inside become those that also count padding.
            let ones = Tensor(NDArray.full(x.shape.inserting(1, at: 0), 1))
            let share = noGrad { layer(ones) }.data
            guard share.values(as: Float.self).contains(where: { $0 != 1 }) else { return sums }
            return graph.add("Mul", sums, [graph.constant(share)])
        case let layer as AdaptiveAvgPool: return adaptive(layer, x, "ReduceMean")
        case let layer as AdaptiveMaxPool: return adaptive(layer, x, "ReduceMax")
        case is GlobalAveragePool: return global(x, "ReduceMean")
        case is GlobalMaxPool: return global(x, "ReduceMax")
        default: return nil
        }
    }

    private func terms(_ x: Value, _ weight: Tensor, _ bias: Tensor?) -> [String] {
        [x.name, graph.weight(weight)] + (bias.map { [graph.weight($0)] } ?? [])
    }

    private func each(_ numbers: PerAxis, _ axes: Int) -> [Int] { numbers.each(axes, "ONNX") }

    private func shape(_ layer: Layer, _ x: Value) -> Shape {
        (try? layer.outputShape(for: x.shape)) ?? x.shape
    }

    private func movement(
        _ kernel: [Int], _ stride: [Int], _ pads: [Int]
    ) -> [(String, ONNXGraph.Attribute)] {
        [("kernel_shape", .ints(kernel)), ("strides", .ints(stride)), ("pads", .ints(pads))]
    }

    /// A pooling by windows. Those that reach beyond the end, as `ceilMode` has it, get so much
    /// more padding; where ONNX doesn't take as much, the input is padded before.
    private func moving(
        _ layer: PoolingLayer, _ rule: PoolMovement, _ x: Value, _ type: String, filling: Float?
    ) -> Value {
        let axes = Swift.type(of: layer).axes
        let size = Array(x.shape.suffix(axes))
        let (kernel, spread) = (each(rule.kernel, axes), each(rule.dilation, axes))
        let stride = each(rule.stride ?? rule.kernel, axes)
        var ends = rule.padding.each(size, kernel: kernel, stride: stride, dilation: spread, type)
        let output = shape(layer, x)
        for axis in 0..<axes {
            let count = output[output.rank - axes + axis]
            let reach = (count - 1) * stride[axis] + (kernel[axis] - 1) * spread[axis] + 1
            ends.high[axis] = max(0, reach - size[axis] - ends.low[axis])
        }
        let isWide = zip(ends.low + ends.high, kernel + kernel).contains { $0 >= $1 }
        var (input, pads) = (x.name, ends.low + ends.high)
        if isWide, let filling {
            let before = [Int](repeating: 0, count: x.rank - axes)
            let all = graph.integers(before + ends.low + before + ends.high)
            input =
                graph.add("Pad", [input, all, graph.number(Double(filling))], [], outputs: 1)[0]
            pads = pads.map { _ in 0 }
        }
        var attributes = movement(kernel, stride, pads)
        if filling != nil { attributes.append(("dilations", .ints(spread))) }
        return graph.add(type, [input], attributes, shape: output)
    }

    /// A pooling to a number of windows, axis by axis, because windows may differ in size.
    private func adaptive(_ layer: AdaptivePool, _ x: Value, _ type: String) -> Value {
        let axes = Swift.type(of: layer).axes
        var x = x
        for (axis, count) in each(layer.size, axes).enumerated() {
            let place = x.rank - axes + axis
            let size = x.shape[place - 1]
            let parts = (0..<count).map { index -> Value in
                let (first, end) = (index * size / count, ((index + 1) * size + count - 1) / count)
                let window = graph.slice(x, axis: place, first..<end)
                return graph.add(
                    type, [window.name], [("axes", .ints([place])), ("keepdims", .int(1))],
                    shape: x.shape.replacing(place - 1, with: 1))
            }
            x = graph.concat(parts, axis: place)
        }
        return x
    }

    private func global(_ x: Value, _ type: String) -> Value {
        guard x.rank > 2 else { return x }
        return graph.add(
            type, [x.name], [("axes", .ints(Array(2..<x.rank))), ("keepdims", .int(0))],
            shape: [x.shape[0]])
    }
}
