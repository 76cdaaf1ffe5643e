internal import Autograd
public import Tensor

/// In training, each element zero with probability `rate`, otherwise scaled by 1 / (1 − rate); in
/// evaluation, its input.
public final class Dropout: ShapePreservingLayer {
    /// The probability of zero.
    public let rate: Double
    /// The stream the masks come from. Its position is part of the state of a training run.
    public let random: Random

    /// A layer that drops elements while its module is trained, and nothing else.
    ///
    /// - Parameters:
    ///   - rate: in 0..<1.
    ///   - random: a stream of its own is forked from it, so that layers draw different masks.
    public init(_ rate: Double, using random: Random) {
        guard rate >= 0, rate < 1 else { fail("Dropout", "the rate \(rate) is not in 0..<1") }
        self.rate = rate
        self.random = random.ownStream("dropout")
    }

    package override var draws: Bool { rate > 0 }

    public override func callAsFunction(_ x: Tensor) -> Tensor {
        isTraining ? x.dropout(rate, using: random) : x
    }

    public override var describe: String { "Dropout(\(rate))" }
}

extension Random {
    /// A stream for one layer of a kind, another for the next.
    func ownStream(_ kind: String) -> Random {
        Recorder.current?.refuse("it makes a layer that draws from a stream of its own")
        // Forks of one name from one stream are equal; the position tells them apart.
        return fork("\(kind) \(reserve(blocks: 1).block)")
    }
}
