import Autograd
import NN
import Tensor

extension ONNXLayers {
    /// Layers that resize, pad or rearrange images, and layers whose weight is normalized.
    func images(_ layer: Layer, _ x: Value) throws -> Value? {
        switch layer {
        case let layer as Upsample: return try upsample(layer, x)
        case let layer as Pad: return pad(layer, x)
        case let layer as PixelShuffle:
            return graph.add(
                "DepthToSpace", [x.name],
                [("blocksize", .int(layer.factor)), ("mode", .text("CRD"))],
                shape: try layer.outputShape(for: x.shape))
        case let layer as PixelUnshuffle: return try unshuffle(layer, x)
        case let layer as Permute: return graph.transpose(x, [0] + layer.axes.map { $0 + 1 })
        case let layer as MaxOut: return try maxOut(layer, x)
        case let layer as WeightNorm:
            graph.use(noGrad { layer.weight }.data, for: layer.layer.weight)
            return try self(layer.layer, x)
        case let layer as SpectralNorm:
            graph.use(noGrad { layer.normalizedWeight }.data, for: layer.layer.weight)
            return try self(layer.layer, x)
        default: return nil
        }
    }

    /// Axis by axis a product with a matrix: what the layer makes of each unit vector.
    private func upsample(_ layer: Upsample, _ x: Value) throws -> Value {
        let result = try layer.outputShape(for: x.shape)
        let letters = ["c", "d", "h", "w"].suffix(x.shape.rank)
        var y = x
        for axis in 1..<x.shape.rank {
            let (old, new) = (x.shape[axis], result[axis])
            let units = Tensor.eye(old).reshape([old, 1, old])
            let matrix = noGrad { along(axis - 1, layer)(units) }.reshape([old, new])
            let letter = letters[letters.startIndex + axis]
            let from = "b" + letters.joined()
            let rule = "\(from),\(letter)z->" + from.replacing(letter, with: "z")
            y = graph.add(
                "Einsum", [y.name, graph.constant(matrix.data)], [("equation", .text(rule))],
                shape: y.shape.replacing(axis, with: new))
        }
        return y
    }

    /// The layer on one axis.
    private func along(_ axis: Int, _ layer: Upsample) -> Upsample {
        switch layer.target {
        case .size(let sizes):
            Upsample(to: sizes.count == 1 ? sizes[0] : sizes[axis], mode: layer.mode)
        case .factor(let factors):
            Upsample(by: factors.count == 1 ? factors[0] : factors[axis], mode: layer.mode)
        }
    }

    /// Widths below 0 cut, after the others were added: those are made of all there is.
    private func pad(_ layer: Pad, _ x: Value) -> Value {
        let first = x.rank - layer.widths.count
        if layer.mode == .circular { return padAround(layer, x, first) }
        let none = Array(repeating: 0, count: first)
        let added = layer.widths.map { (before: max(0, $0.before), after: max(0, $0.after)) }
        let widths = none + added.map(\.before) + none + added.map(\.after)
        let mode =
            switch layer.mode {
            case .reflect: "reflect"
            case .replicate: "edge"
            default: "constant"
            }
        let sizes = x.shape.enumerated().map { axis, size in
            let place = axis + 1 - first
            if place < 0 { return size }
            return size + added[place].before + added[place].after
        }
        var y = graph.add(
            "Pad", [x.name, graph.integers(widths), graph.number(layer.value)],
            [("mode", .text(mode))], shape: Shape(sizes))
        for (place, width) in layer.widths.enumerated() where min(width.before, width.after) < 0 {
            let axis = first + place
            let end = y.shape[axis - 1] - max(0, -width.after)
            y = graph.slice(y, axis: axis, max(0, -width.before)..<end)
        }
        return y
    }

    /// Parts of both ends, put at the other one.
    private func padAround(_ layer: Pad, _ x: Value, _ first: Int) -> Value {
        var y = x
        for (place, width) in layer.widths.enumerated() {
            let axis = first + place
            let cut = (low: max(0, -width.before), high: max(0, -width.after))
            y = graph.slice(y, axis: axis, cut.low..<y.shape[axis - 1] - cut.high)
            let size = y.shape[axis - 1]
            var parts = [y]
            if width.before > 0 {
                parts.insert(graph.slice(y, axis: axis, size - width.before..<size), at: 0)
            }
            if width.after > 0 { parts.append(graph.slice(y, axis: axis, 0..<width.after)) }
            y = graph.concat(parts, axis: axis)
        }
        return y
    }

    private func unshuffle(_ layer: PixelUnshuffle, _ x: Value) throws -> Value {
        let (channels, factor) = (x.shape[0], layer.factor)
        let (height, width) = (x.shape[1] / factor, x.shape[2] / factor)
        let parts = graph.reshape(x, [channels, height, factor, width, factor])
        let turned = graph.transpose(parts, [0, 1, 3, 5, 2, 4])
        return graph.reshape(turned, try layer.outputShape(for: x.shape))
    }

    private func maxOut(_ layer: MaxOut, _ x: Value) throws -> Value {
        let all = graph.linear(x, layer.linear.weight, layer.linear.bias)
        let shape = try layer.outputShape(for: x.shape)
        let pieces = graph.reshape(all, shape.inserting(layer.pieces, at: shape.rank))
        return graph.add(
            "ReduceMax", [pieces.name], [("axes", .ints([-1])), ("keepdims", .int(0))],
            shape: shape)
    }
}
