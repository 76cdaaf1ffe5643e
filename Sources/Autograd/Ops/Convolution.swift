package import Tensor

/// A convolution (cross-correlation, as everywhere in the field) or one of its two gradients, which
/// are each other's derivatives: the three are bilinear in two tensors of
/// x [images, groups · channels, …], w [groups · features, channels, …], y [images, groups ·
/// features, …].
///
/// y[n, f, p] = b[f] + Σ x[n, c, p · stride + t · dilation − padding] w[f, c, t] over channels c of
/// the group and elements t of the kernel; outside x is 0. Of an output what is negative may become
/// 0 in the same pass; the gradients are then those of what ReLU lets pass of dy.
package final class Convolution: NaryOp {
    let part: ConvolutionPart
    let window: Window
    /// The sizes of the result beside images and channels.
    let extents: [Int]
    /// Whether ReLU comes last; of an output only.
    let rectifies: Bool

    package init(
        _ part: ConvolutionPart, _ window: Window, extents: [Int], rectifies: Bool = false
    ) {
        self.part = part
        self.window = window
        self.extents = extents
        self.rectifies = rectifies
    }

    package override var autocast: AutocastRule { .half }
    package override var saves: Saved {
        rectifies ? [.first, .second, .output] : [.first, .second]
    }
    package override func forward(_ inputs: [NDArray]) -> NDArray {
        inputs[0].convolution(
            part, inputs[1], bias: inputs.count > 2 ? inputs[2] : nil, window, extents: extents,
            relu: rectifies)
    }

    /// Another of the three, with the result's sizes like those of `model`.
    private func other(_ part: ConvolutionPart, like model: Tensor) -> Convolution {
        Convolution(part, window, extents: Array(model.shape.dropFirst(2)))
    }

    package override func backward(_ dy: Tensor, inputs: [Tensor], y: Tensor) -> [Tensor?] {
        let (a, b) = (inputs[0], inputs[1])
        let dy = rectifies ? ActivationGrad(of: ReLU())(dy, y) : dy
        func left() -> Tensor {
            switch part {
            case .output: other(.input, like: a)([dy, b])
            case .input: other(.output, like: a)([dy, b])
            case .weight: other(.input, like: a)([b, dy])
            }
        }
        func right() -> Tensor {
            switch part {
            case .output: other(.weight, like: b)([a, dy])
            case .input: other(.weight, like: b)([dy, a])
            case .weight: other(.output, like: b)([a, dy])
            }
        }
        let gradients = [a.needsGradient ? left() : nil, b.needsGradient ? right() : nil]
        if inputs.count == 2 { return gradients }
        let axes = [0] + Array(2..<dy.rank)
        return gradients + [inputs[2].needsGradient ? dy.sum(axes: axes) : nil]
    }

    package override func tangents(
        _ tangents: [Tensor?], inputs: [Tensor], y: Tensor
    ) -> Tensor? {
        let (a, b) = (inputs[0], inputs[1])
        let bias = tangents.dropFirst(2).compactMap { $0?.perChannel(y.rank) }.first
        let linear = rectifies ? Convolution(part, window, extents: extents) : self
        let byLeft = tangents[0].map { linear([$0, b]) }
        let byRight = tangents[1].map { linear([a, $0]) }
        let all = Dual.sum([byLeft, byRight, bias], like: y)
        return rectifies ? ActivationGrad(of: ReLU())(all, y) : all
    }

    /// A batch of images is more images; a batch of weights is more groups.
    package override func batched(_ inputs: [Tensor], isBatched: [Bool]) -> Tensor? {
        let count = inputs[isBatched.firstIndex(of: true) ?? 0].shape[0]
        let isPlainBias = inputs.count == 2 || !isBatched[2]
        if part != .weight, !isBatched[1], isPlainBias {
            let rows = self([inputs[0].joined(0)] + inputs.dropFirst())
            return rows.unflatten(axis: 0, into: [count, inputs[0].shape[1]])
        }
        let parts = zip(inputs, isBatched).map { input, isBatched in
            isBatched ? input : input.unsqueeze(0).expand(to: Shape([count] + Array(input.shape)))
        }
        let leading = leading(Array(parts[0].shape.dropFirst()), Array(parts[1].shape.dropFirst()))
        if count == 0 {
            let (shape, model) = (Shape([0] + leading + extents), parts[0])
            return Tensor(NDArray.full(shape, 0, model.dtype, on: model.data.backend))
        }
        let many = Convolution(part, window.grouped(count), extents: extents, rectifies: rectifies)
        // Examples stand before the channels, and before the features of weights.
        let a = parts[0].transpose(0, 1).joined(1)
        let b = part == .weight ? parts[1].transpose(0, 1).joined(1) : parts[1].joined(0)
        let result = many([a, b] + parts.dropFirst(2).map { $0.joined(0) })
        if part == .weight { return result.unflatten(axis: 0, into: [count, leading[0]]) }
        return result.unflatten(axis: 1, into: [count, leading[1]]).transpose(0, 1)
    }

    /// The first two sizes of a result.
    private func leading(_ a: [Int], _ b: [Int]) -> [Int] {
        switch part {
        case .output: [a[0], b[0]]
        case .input: [a[0], b[1] * window.groups]
        case .weight: [b[1], a[1] / window.groups]
        }
    }
}

extension Tensor {
    /// Two neighbouring axes as one.
    fileprivate final func joined(_ axis: Int) -> Tensor {
        var sizes = Array(shape)
        let inner = sizes.remove(at: axis + 1)
        sizes[axis] *= inner
        return reshape(Shape(sizes))
    }

    /// Numbers of channels, to be added to tensors of a rank.
    final func perChannel(_ rank: Int) -> Tensor {
        reshape(Shape([shape[0]] + Array(repeating: 1, count: Swift.max(0, rank - 2))))
    }
}
