internal import Autograd
public import Tensor

/// −ln of the probability that a sequence of steps spells a shorter sequence of labels, whatever
/// the alignment: each step says a label or nothing (the blank), and labels said again without a
/// blank in between count once.
///
/// Graves et al., "Connectionist temporal classification", 2006, equations 6 to 8, in logarithms.
/// It is differentiable to any order.
///
/// As a `Loss`, predictions are logits [batch, steps, classes] and targets [batch, labels], those
/// shorter filled up with the blank. A blank says nothing wherever it stands: labels [1, 0, 2, 0]
/// are [1, 2] where 0 is the blank.
public struct CTC: Loss {
    /// The class that says nothing.
    public let blank: Int
    /// Whether sequences too short for their labels lose nothing, rather than ∞ with a gradient that
    /// isn't finite.
    public let zeroesInfinity: Bool
    /// How losses become one number; of the mean each is divided by its number of labels first.
    public var reduction: LossReduction

    /// A loss of sequences.
    public init(blank: Int = 0, zeroesInfinity: Bool = false, reduction: LossReduction = .mean) {
        if blank < 0 { fail("CTC", "the blank \(blank) is negative") }
        self.blank = blank
        self.zeroesInfinity = zeroesInfinity
        self.reduction = reduction
    }

    /// The loss of logits, reduced.
    public func callAsFunction(_ logits: Tensor, _ target: Tensor) -> Tensor {
        guard logits.rank == 3, target.rank == 2 else {
            fail(
                "CTC",
                "the logits \(logits.shape) and labels \(target.shape) are not "
                    + "[batch, steps, classes] and [batch, labels]")
        }
        func full(_ length: Int) -> Tensor {
            Tensor(NDArray.full([logits.shape[0]], length, .int64, on: logits.data.backend))
        }
        return self(
            logits.logSoftmax().transpose(0, 1), target.asIndex, lengths: full(logits.shape[1]),
            targetLengths: full(target.shape[1]))
    }

    /// The loss of ln p, [steps, batch, classes].
    ///
    /// - Parameters:
    ///   - labels: integers [batch, labels].
    ///   - lengths: how many steps each sequence has, integers [batch].
    ///   - targetLengths: how many labels, blanks among them included, which are left out. Lengths
    ///     that don't fit end the program when the device comes to them.
    public func callAsFunction(
        _ logProbabilities: Tensor, _ labels: Tensor, lengths: Tensor, targetLengths: Tensor
    ) -> Tensor {
        let x = logProbabilities
        guard x.rank == 3, x.shape[0] > 0, labels.rank == 2, labels.shape[0] == x.shape[1],
            lengths.shape == [x.shape[1]], targetLengths.shape == [x.shape[1]],
            lengths.dtype.isInteger, targetLengths.dtype.isInteger, blank < x.shape[2]
        else {
            fail(
                "CTC",
                "\(x.shape), labels \(labels.shape), \(lengths.dtype) lengths \(lengths.shape) and "
                    + "\(targetLengths.dtype) \(targetLengths.shape), blank \(blank) don't fit",
                hint:
                    "pass [steps, batch, classes], [batch, labels] and two integer lengths [batch]"
            )
        }
        let ends = targetLengths.within(
            labels.shape[1], "CTC", "a target is longer than the labels, or its length negative")
        let steps = lengths.within(
            x.shape[0], "CTC", "a length is negative or above the number of steps")
        let place = Tensor(NDArray.range(0, labels.shape[1], on: x.data.backend))
        let given = labels.asIndex.maskedFill(place .>= ends.unsqueeze(1), blank)
            .within(x.shape[2] - 1, "CTC", "a label is no class")
        // The sort is stable: labels keep their order, blanks go behind them.
        let isBlank = (given .== blank).cast(to: .int64)
        let said = given.takeAlong(isBlank.argSort(axis: 1), axis: 1)
        let counts = (1 - isBlank).sum(axis: 1)
        let losses = -last(states(x, Lattice(said, blank), steps), counts)
        let cannotBe = losses .> -CTC.impossible / 2
        // An infinite loss has no gradient that says so by itself: by the factor it is NaN.
        let settled =
            zeroesInfinity
            ? losses.maskedFill(cannotBe, 0)
            : losses * Tensor.ones(like: losses).maskedFill(cannotBe, Double.infinity)
        guard reduction == .mean else { return reduction(settled) }
        return (settled / counts.maximum(1).cast(to: x.dtype)).mean()
    }

    /// The logarithm of what can't be: finite, so that its gradient is 0 and not NaN.
    private static let impossible = -1e30

    /// ln of the probability of all ways to each place, [batch, places], after each sequence's
    /// steps.
    private func states(_ x: Tensor, _ lattice: Lattice, _ lengths: Tensor) -> Tensor {
        let places = lattice.symbols.shape[1]
        let floor = CTC.impossible
        func said(_ step: Int) -> Tensor {
            x.narrow(axis: 0, start: step, count: 1).squeeze(0)
                .takeAlong(lattice.symbols, axis: 1)
        }
        func shifted(_ alpha: Tensor, _ by: Int) -> Tensor {
            let kept = max(0, places - by)
            let before = Tensor(
                NDArray.full(
                    [alpha.shape[0], places - kept], floor, alpha.dtype, on: alpha.data.backend))
            return Tensor.concat([before, alpha.narrow(axis: 1, start: 0, count: kept)], axis: 1)
        }
        let isLater = Tensor(NDArray.range(0, places, on: x.data.backend)) .> 1
        let first = said(0).maskedFill(isLater, floor)
        // Before the first step nothing has been said, for certain.
        let nothing = Tensor.zeros(like: first)
            .maskedFill(Tensor(NDArray.range(0, places, on: x.data.backend)) .> 0, floor)
        var alpha = Tensor.where((lengths .> 0).unsqueeze(1), first, nothing)
        for step in 1..<max(1, x.shape[0]) {
            let ways = [
                alpha, shifted(alpha, 1),
                shifted(alpha, 2).maskedFill(lattice.mayNotSkip, floor),
            ]
            let next = Tensor.stack(ways).logSumExp(axis: 0) + said(step)
            alpha = Tensor.where((lengths .> step).unsqueeze(1), next, alpha)
        }
        return alpha
    }

    /// The ways that end with the last label, or with the blank after it.
    private func last(_ alpha: Tensor, _ counts: Tensor) -> Tensor {
        let blankAtEnd = alpha.takeAlong((counts * 2).unsqueeze(1), axis: 1)
        let place = (counts * 2 - 1).maximum(0).unsqueeze(1)
        let label = alpha.takeAlong(place, axis: 1)
            .maskedFill((counts .== 0).unsqueeze(1), CTC.impossible)
        return Tensor.concat([blankAtEnd, label], axis: 1).logSumExp(axis: 1)
    }

    /// Throws where predictions aren't sequences of logits, or targets no labels.
    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        guard prediction.rank == 2, target.rank == 1, targetType.isInteger else {
            throw ShapeError(
                layer: "CTC",
                problem: "the model gives \(prediction) an example, the targets are \(targetType) "
                    + "\(target); [steps, classes] and integer [labels] are needed")
        }
        guard blank < prediction[1] else {
            throw ShapeError(
                layer: "CTC",
                problem: "the blank \(blank) is no class: the model gives \(prediction[1]), 0 to "
                    + "\(prediction[1] - 1); choose a blank among them, or give the last layer more "
                    + "units")
        }
    }

    /// The classes there are.
    public func domain(
        prediction: Shape, target: Shape, _ targetType: DType
    ) -> TargetDomain { .classes(prediction[1]) }
}

/// Labels with a blank before, between and after them.
private struct Lattice {
    /// [batch, 2 · labels + 1].
    let symbols: Tensor
    /// Where the place before can't be left out: a blank, or the same label again.
    let mayNotSkip: Tensor

    init(_ labels: Tensor, _ blank: Int) {
        let (batch, count) = (labels.shape[0], labels.shape[1])
        let backend = labels.data.backend
        let blanks = Tensor(NDArray.full([batch, count], blank, .int64, on: backend))
        let pairs = Tensor.stack([blanks, labels], axis: 2).reshape([batch, 2 * count])
        let end = Tensor(NDArray.full([batch, 1], blank, .int64, on: backend))
        let symbols = Tensor.concat([pairs, end], axis: 1)
        let padding = Tensor(NDArray.full([batch, 2], blank, .int64, on: backend))
        let before = Tensor.concat([padding, symbols], axis: 1)
            .narrow(axis: 1, start: 0, count: 2 * count + 1)
        self.symbols = symbols
        mayNotSkip = (symbols .== blank).logicalOr(symbols .== before)
    }
}

/// d² for pairs that are alike (target 1), max(0, margin − d)² for others (0), halved; d is the
/// distance of vectors along the last axis. Hadsell, Chopra and LeCun, "Dimensionality reduction by
/// learning an invariant mapping", 2006.
public struct Contrastive: Sendable {
    /// How far apart unlike pairs are far enough.
    public let margin: Double
    /// How the losses become one number.
    public var reduction: LossReduction

    /// A loss of pairs of vectors; `margin` must be positive.
    public init(margin: Double = 1, reduction: LossReduction = .mean) {
        guard margin > 0 else { fail("Contrastive", "margin is \(margin); it must be positive") }
        self.margin = margin
        self.reduction = reduction
    }

    /// The loss of vectors of one shape, reduced; the target is 1 or 0 for each pair.
    public func callAsFunction(_ a: Tensor, _ b: Tensor, _ target: Tensor) -> Tensor {
        guard a.shape == b.shape, a.rank > 0, target.shape == a.shape.removing(at: a.rank - 1)
        else {
            fail("Contrastive", "\(a.shape), \(b.shape) and target \(target.shape) don't fit")
        }
        let squares = (a - b).square().sum(axis: -1)
        // The root of 0 has no slope.
        let distance = (squares + 1e-12).sqrt()
        let unlike = (margin - distance).clip(lower: 0.0).square()
        return reduction(Tensor.where(target .== 1, squares, unlike) * 0.5)
    }
}
