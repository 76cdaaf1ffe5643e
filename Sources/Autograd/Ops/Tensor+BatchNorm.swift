public import Tensor

// Normalizations of channels.

extension Tensor {
    /// (x − mean) / √(variance + ε) · w + b of each channel of [batch, channels, …] by its mean and
    /// variance over the batch and the other axes; without w or b where there is none. Half
    /// precision is computed in float32 and rounded once. Traps where a channel has fewer than two
    /// elements.
    public final func batchNorm(
        weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
    ) -> Tensor {
        batchNormWithMoments(weight: weight, bias: bias, epsilon: epsilon).y
    }

    /// The same by means and variances [channels] that are given.
    public final func batchNorm(
        mean: Tensor, variance: Tensor, weight: Tensor? = nil, bias: Tensor? = nil,
        epsilon: Double = 1e-5
    ) -> Tensor {
        requireChannels([mean, variance, weight, bias], "batchNorm")
        let terms = [mean, variance, weight, bias].compactMap { $0 }
        return inCommon(terms) { parts in
            let rank = parts[0].rank
            var scale = (parts[2] + epsilon).rsqrt()
            if weight != nil { scale = scale * parts[3] }
            let y = (parts[0] - parts[1].perChannel(rank)) * scale.perChannel(rank)
            return bias == nil ? y : y + parts[parts.count - 1].perChannel(rank)
        }
    }

    /// As `batchNorm`, then plus `added`, then with what is negative made 0 if `rectified`, in one
    /// pass; and the means and variances [2, channels] in float32 or float64, detached.
    package final func batchNormWithMoments(
        weight: Tensor?, bias: Tensor?, epsilon: Double, added: Tensor? = nil,
        rectified: Bool = false
    ) -> (y: Tensor, moments: Tensor) {
        requireChannels([weight, bias], "batchNorm")
        if let added, added.shape != shape {
            fail("batchNorm", "\(added.shape) can't be added to \(shape): the shapes differ")
        }
        let each = count / Swift.max(1, shape[1])
        guard each > 1 else {
            fail(
                "batchNorm", "\(shape) has \(each) elements a channel, and one has no variance",
                hint: "give larger batches, or evaluate")
        }
        var found: Tensor?
        let terms = [weight, bias, added].compactMap { $0 }
        let rule = BatchNormRule(epsilon: epsilon, adds: added != nil, rectifies: rectified)
        let y = inCommon(terms) { parts in
            let x = parts[0].channelPixels()
            let moments = noGrad { ChannelMoments()(x.detach()) }
            found = moments
            var operands = Array(parts.dropFirst())
            if weight == nil, bias != nil {
                operands.insert(Tensor.ones(like: operands[0].detach()), at: 0)
            }
            if added != nil { operands.append(operands.removeLast().channelPixels()) }
            return BatchNormalize(rule)([x, moments] + operands).channelsBack(like: parts[0])
        }
        return (y, found ?? y)
    }

    /// (x − mean) / √(variance + ε) · w + b of [batch, channels, …] by the mean and variance of
    /// each group of channels of each example: Wu and He, "Group Normalization", 2018. Traps where
    /// groups don't divide the channels.
    public final func groupNorm(
        _ groups: Int, weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
    ) -> Tensor {
        requireChannels([weight, bias], "groupNorm")
        guard groups > 0, shape[1] % groups == 0 else {
            fail("groupNorm", "\(shape[1]) channels don't come in \(groups) groups")
        }
        return inCommon([weight, bias].compactMap { $0 }) { parts in
            let x = parts[0]
            let size = x.shape.dropFirst().reduce(1, *) / groups
            var y = Normalize(epsilon)(x.reshape([x.shape[0], groups, size])).reshape(x.shape)
            if weight != nil { y = y * parts[1].perChannel(x.rank) }
            return bias == nil ? y : y + parts[parts.count - 1].perChannel(x.rank)
        }
    }

    /// The same with each channel a group of its own: Ulyanov, Vedaldi and Lempitsky, "Instance
    /// Normalization", 2016.
    public final func instanceNorm(
        weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
    ) -> Tensor {
        guard rank > 2 else { fail("instanceNorm", "\(shape) is no [batch, channels, …]") }
        return groupNorm(shape[1], weight: weight, bias: bias, epsilon: epsilon)
    }

    private final func requireChannels(_ terms: [Tensor?], _ name: String) {
        guard rank >= 2 else { fail(name, "\(shape) is no [batch, channels, …]") }
        for term in terms.compactMap({ $0 }) where term.shape != [shape[1]] {
            fail(name, "a mean, weight or bias \(term.shape) for \(shape[1]) channels")
        }
    }

    /// A composition of this tensor and numbers a channel in one dtype, rounded once.
    private final func inCommon(_ terms: [Tensor], _ body: ([Tensor]) -> Tensor) -> Tensor {
        let common = terms.reduce(floating.dtype) { DType.promote($0, $1.dtype) }
        return Tensor.roundedOnce(
            ([self] + terms).map { $0.cast(to: common) }, autocast: .float32, body)
    }

    /// [images, channels, pixels], with all images side by side where there are few pixels.
    private final func channelPixels() -> Tensor {
        let pixels = shape.dropFirst(2).reduce(1, *)
        let x = reshape([shape[0], shape[1], pixels])
        if pixels >= 32 || shape[0] == 1 { return x }
        return x.transpose(0, 1).reshape([1, shape[1], shape[0] * pixels])
    }

    private final func channelsBack(like x: Tensor) -> Tensor {
        if shape[0] == x.shape[0] { return reshape(x.shape) }
        let pixels = x.shape.dropFirst(2).reduce(1, *)
        return reshape([x.shape[1], x.shape[0], pixels]).transpose(0, 1).reshape(x.shape)
    }
}
