import Tensor

// Channels of a batch [images, channels, pixels] brought to mean 0 and variance 1: Ioffe and
// Szegedy, "Batch Normalization", 2015.

/// Means and variances [2, channels], for whoever takes them as numbers: they have no gradient.
final class ChannelMoments: UnaryOp {
    override var autocast: AutocastRule { .float32 }
    override var saves: Saved { .nothing }
    override var isDifferentiable: Bool { false }
    override func forward(_ x: NDArray) -> NDArray {
        let out = NDArray(uninitialized: [2, x.shape[1]], x.dtype, on: x.backend)
        Kernel.channels(.moments).run(x.contiguous(), into: out)
        return out
    }
    override func batch(_ x: Tensor) -> Tensor? {
        self(x.examplesAsChannels())
            .unflatten(axis: 1, into: [x.shape[0], x.shape[2]]).transpose(0, 1)
    }
}

/// An operation with ε that reads its operands again, and whose moments have no gradient.
class ChannelsOp: NaryOp {
    final let epsilon: Double
    init(_ epsilon: Double) {
        self.epsilon = epsilon
        super.init()
        mayOmitGradients = true
    }

    override final var saves: Saved { .inputs }
}

/// y = (x − mean) / √(variance + ε) · w + b. Operands are x, its moments, which are no more than
/// what is known of x already, and w and b [channels], if there are such.
final class BatchNormalize: ChannelsOp {
    override var autocast: AutocastRule { .float32 }
    override func forward(_ inputs: [NDArray]) -> NDArray {
        let parts = inputs.map { $0.contiguous() }
        let out = NDArray(uninitialized: inputs[0].shape, inputs[0].dtype, on: inputs[0].backend)
        let list = ArrayList(Array(parts.dropFirst(2)))
        Kernel.channels(.normalize(epsilon: epsilon, list)).run(parts[0], parts[1], into: out)
        return out
    }
    override func backward(_ dy: Tensor, inputs: [Tensor], y: Tensor) -> [Tensor?] {
        let (x, weight) = (inputs[0], inputs.dropFirst(2).first)
        let flat = BatchNormalizeGrad(epsilon)([x, inputs[1], dy] + (weight.map { [$0] } ?? []))
        let parts = BatchNormalizeGrad.parts(of: flat, like: x)
        return [parts[0], nil] + (inputs.count > 2 ? [parts[1], parts[2]] : [])
    }
    override func tangents(_ tangents: [Tensor?], inputs: [Tensor], y: Tensor) -> Tensor? {
        let rows = inputs[0].channelRows()
        let weight = inputs.dropFirst(2).first?.unsqueeze(1)
        let byInput = tangents[0].map { direction in
            let moved = NormalizeGrad(epsilon)(rows, direction.channelRows())
            return weight.map { moved * $0 } ?? moved
        }
        let more = tangents.dropFirst(2).map { $0?.unsqueeze(1) }
        let byWeight = more.first.flatMap { $0 }.map { Normalize(epsilon)(rows) * $0 }
        let byBias = more.dropFirst().first.flatMap { $0 }?.expand(to: rows.shape)
        return Dual.sum([byInput, byWeight, byBias], like: rows).channelBatch(like: y)
    }
    override func batched(_ inputs: [Tensor], isBatched: [Bool]) -> Tensor? {
        let parts = Batched.spread(inputs, isBatched)
        let count = parts[0].shape[0]
        return self(parts.asChannels())
            .unflatten(axis: 1, into: [count, parts[0].shape[2]]).transpose(0, 1)
    }
}

/// The gradients of `BatchNormalize` by x, w and b, all in one array. Operands: x, its moments, dy,
/// and w if there is one. With each channel as a row, J the Jacobian of `Normalize` and N its
/// output they are w J dy, Σ dy ∘ N and Σ dy, and their derivatives follow from those of J and N.
final class BatchNormalizeGrad: ChannelsOp {
    override func forward(_ inputs: [NDArray]) -> NDArray {
        let parts = inputs.map { $0.contiguous() }
        let count = parts[0].count + 2 * parts[0].shape[1]
        let out = NDArray(uninitialized: [count], parts[0].dtype, on: parts[0].backend)
        let list = ArrayList(Array(parts.dropFirst(3)))
        Kernel.channels(.normalizeBackward(epsilon: epsilon, list))
            .run(parts[0], parts[1], parts[2], into: out)
        return out
    }

    override func backward(_ u: Tensor, inputs: [Tensor], y: Tensor) -> [Tensor?] {
        let (x, dy) = (inputs[0].channelRows(), inputs[2].channelRows())
        let weight = inputs.dropFirst(3).first
        let directions = BatchNormalizeGrad.parts(of: u, like: inputs[0])
        let jacobian = NormalizeGrad(epsilon)
        let direction = directions[0].channelRows()
        let (byScale, byShift) = (directions[1].unsqueeze(1), directions[2].unsqueeze(1))
        let weighted = weight.map { direction * $0.unsqueeze(1) } ?? direction
        let byInput =
            jacobian.backwardLeft(weighted, a: x, b: dy, y: x) + jacobian(x, dy * byScale)
        let byGradient = jacobian(x, weighted) + Normalize(epsilon)(x) * byScale + byShift
        let gradients = [
            byInput.channelBatch(like: inputs[0]), nil, byGradient.channelBatch(like: inputs[0]),
        ]
        return gradients + (weight == nil ? [] : [(direction * jacobian(x, dy)).sum(axis: 1)])
    }

    override func batched(_ inputs: [Tensor], isBatched: [Bool]) -> Tensor? {
        let parts = Batched.spread(inputs, isBatched)
        let (count, shape) = (parts[0].shape[0], parts[0].shape)
        let all = parts.asChannels()
        let gradients = BatchNormalizeGrad.parts(of: self(all), like: all[0])
        let byInput = gradients[0].unflatten(axis: 1, into: [count, shape[2]]).transpose(0, 1)
        let sums = gradients.dropFirst().map { $0.unflatten(axis: 0, into: [count, shape[2]]) }
        let rows = [byInput] + sums
        return Tensor.concat(
            rows.map { $0.reshape([count, $0.shape.dropFirst().reduce(1, *)]) }, axis: 1
        ).reshape([count, shape.dropFirst().reduce(1, *) + 2 * shape[2]])
    }

    /// The gradients by x, w and b in the array that holds all three.
    static func parts(of flat: Tensor, like x: Tensor) -> [Tensor] {
        let (count, channels) = (x.count, x.shape[1])
        return [
            flat.narrow(axis: 0, start: 0, count: count).reshape(x.shape),
            flat.narrow(axis: 0, start: count, count: channels),
            flat.narrow(axis: 0, start: count + channels, count: channels),
        ]
    }
}

extension Tensor {
    /// Each channel as a row: [images, channels, pixels] becomes [channels, images · pixels].
    fileprivate final func channelRows() -> Tensor {
        transpose(0, 1).reshape([shape[1], shape[0] * shape[2]])
    }

    /// Rows as the channels of a batch.
    fileprivate final func channelBatch(like x: Tensor) -> Tensor {
        reshape([x.shape[1], x.shape[0], x.shape[2]]).transpose(0, 1)
    }

    /// Examples [examples, images, channels, pixels] as more channels.
    fileprivate final func examplesAsChannels() -> Tensor {
        transpose(0, 1).reshape([shape[1], shape[0] * shape[2], shape[3]])
    }
}

extension [Tensor] {
    /// Operands with examples in front as those of more channels: batches [examples, images,
    /// channels, pixels], moments [examples, 2, channels], weights [examples, channels].
    fileprivate func asChannels() -> [Tensor] {
        map { part in
            let shape = part.shape
            switch part.rank {
            case 4: return part.examplesAsChannels()
            case 3: return part.transpose(0, 1).reshape([2, shape[0] * shape[2]])
            default: return part.reshape([shape[0] * shape[1]])
            }
        }
    }
}
