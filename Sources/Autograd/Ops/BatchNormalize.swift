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

/// An operation that reads its operands again, and whose moments have no gradient.
class ChannelsOp: NaryOp {
    final let epsilon: Double
    final let adds, rectifies: Bool
    init(_ rule: BatchNormRule) {
        (epsilon, adds, rectifies) = (rule.epsilon, rule.adds, rule.rectifies)
        super.init()
        mayOmitGradients = true
    }

    final var rule: BatchNormRule {
        BatchNormRule(epsilon: epsilon, adds: adds, rectifies: rectifies)
    }
    override var saves: Saved { .inputs }
}

/// y = (x − mean) / √(variance + ε) · w + b, then plus r, then max(y, 0), as the rule says. Operands
/// are x, its moments, which are no more than what is known of x already, w and b [channels], if
/// there are such, and r.
///
/// The gradient by r is dy where ReLU lets it pass, and the others are made of that; without r the
/// kernel of the others finds by itself where that is, for y is made again on the way.
final class BatchNormalize: ChannelsOp {
    override var autocast: AutocastRule { .float32 }
    override var saves: Saved { adds && rectifies ? .everything : .inputs }

    /// w and b among the operands.
    private func terms(_ inputs: [Tensor]) -> [Tensor] {
        Array(inputs.dropFirst(2).dropLast(adds ? 1 : 0))
    }

    override func forward(_ inputs: [NDArray]) -> NDArray {
        let parts = inputs.map { $0.contiguous() }
        let out = NDArray(uninitialized: inputs[0].shape, inputs[0].dtype, on: inputs[0].backend)
        let terms = ArrayList(Array(parts.dropFirst(2).dropLast(adds ? 1 : 0)))
        let kernel = Kernel.channels(.normalize(rule, terms))
        if adds {
            kernel.run(parts[0], parts[1], parts[parts.count - 1], into: out)
        } else {
            kernel.run(parts[0], parts[1], into: out)
        }
        return out
    }
    override func backward(_ dy: Tensor, inputs: [Tensor], y: Tensor) -> [Tensor?] {
        let (x, terms) = (inputs[0], terms(inputs))
        let masks = adds && rectifies
        let passed = masks ? ActivationGrad(of: ReLU())(dy, y) : dy
        let inner = BatchNormRule(epsilon: epsilon, rectifies: rectifies && !adds)
        let flat = BatchNormalizeGrad(inner)(
            [x, inputs[1], passed] + (inner.rectifies ? terms : Array(terms.prefix(1))))
        let parts = BatchNormalizeGrad.parts(of: flat, like: x)
        let byTerms: [Tensor?] = Array(parts[1...].prefix(terms.count))
        return [parts[0], nil] + byTerms + (adds ? [passed] : [])
    }
    override func tangents(_ tangents: [Tensor?], inputs: [Tensor], y: Tensor) -> Tensor? {
        let rows = inputs[0].channelRows()
        let more = terms(inputs).indices.map { tangents[$0 + 2]?.unsqueeze(1) }
        let byInput = tangents[0].map { direction in
            let moved = NormalizeGrad(epsilon)(rows, direction.channelRows())
            return terms(inputs).first.map { moved * $0.unsqueeze(1) } ?? moved
        }
        let byWeight = more.first.flatMap { $0 }.map { Normalize(epsilon)(rows) * $0 }
        let byBias = more.dropFirst().first.flatMap { $0 }?.expand(to: rows.shape)
        let sum = Dual.sum([byInput, byWeight, byBias], like: rows).channelBatch(like: y)
        let all = adds ? tangents[tangents.count - 1].map { $0 + sum } ?? sum : sum
        return rectifies ? ActivationGrad(of: ReLU())(all, y) : all
    }
    override func batched(_ inputs: [Tensor], isBatched: [Bool]) -> Tensor? {
        let parts = Batched.spread(inputs, isBatched)
        let count = parts[0].shape[0]
        return self(parts.asChannels())
            .unflatten(axis: 1, into: [count, parts[0].shape[2]]).transpose(0, 1)
    }
}

/// The gradients of `BatchNormalize` by x, w and b, all in one array, where nothing is added.
/// Operands: x, its moments, dy, and w if there is one; if ReLU comes last, b as well. With each
/// channel as a row, J the Jacobian of `Normalize`, N its output and u what ReLU lets pass of dy,
/// they are w J u, Σ u ∘ N and Σ u, and their derivatives follow from those of J and N.
final class BatchNormalizeGrad: ChannelsOp {
    override func forward(_ inputs: [NDArray]) -> NDArray {
        let parts = inputs.map { $0.contiguous() }
        let count = parts[0].count + 2 * parts[0].shape[1]
        let out = NDArray(uninitialized: [count], parts[0].dtype, on: parts[0].backend)
        let list = ArrayList(Array(parts.dropFirst(3)))
        Kernel.channels(.normalizeBackward(rule, list))
            .run(parts[0], parts[1], parts[2], into: out)
        return out
    }

    override func backward(_ u: Tensor, inputs: [Tensor], y: Tensor) -> [Tensor?] {
        let terms = Array(inputs.dropFirst(3))
        if rectifies {
            // ReLU has no curvature: the gradients are those of what passes it.
            let normal = BatchNormalize(BatchNormRule(epsilon: epsilon))
            let level = noGrad { normal([inputs[0], inputs[1]] + terms) }
            let relu = ActivationGrad(of: ReLU())
            let passed = [inputs[0], inputs[1], relu(inputs[2], level)] + terms.prefix(1)
            var gradients = gradients(u, passed)
            gradients[2] = gradients[2].map { relu($0, level) }
            return gradients + (terms.count > 1 ? [nil] : [])
        }
        return gradients(u, inputs)
    }

    /// Those by x, the moments, dy and w, without ReLU.
    private func gradients(_ u: Tensor, _ inputs: [Tensor]) -> [Tensor?] {
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
