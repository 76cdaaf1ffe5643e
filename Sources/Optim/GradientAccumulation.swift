internal import Autograd
public import Tensor

/// Adds to the leaves' `grad` the gradient of the mean loss over `count` examples, with the memory
/// of a part of them: `loss` is called for each of `pieces` ranges of examples and gives the mean
/// over its range.
///
///     optimizer.zeroGrad()
///     accumulateGradients(128, pieces: 4) { rows in loss(model(x[rows]), y[rows]) }
///     optimizer.step()
///
/// By linearity  ∇ mean = Σᵢ (nᵢ / n) ∇ meanᵢ,  whatever the sizes nᵢ of the pieces: the result is
/// the gradient of the whole batch in exact arithmetic, and differs from it only by the rounding of
/// sums that are taken in another order. That holds for models that treat each example by itself;
/// batch statistics are those of a piece.
///
/// - Returns: the mean loss over all examples.
@discardableResult
public func accumulateGradients(
    _ count: Int, pieces: Int, _ loss: (Range<Int>) -> Tensor
) -> Double {
    guard pieces > 0, count >= pieces else {
        fail("accumulateGradients", "\(count) examples can't be cut into \(pieces) pieces")
    }
    var total = 0.0
    for piece in 0..<pieces {
        let rows = count * piece / pieces..<count * (piece + 1) / pieces
        let share = Double(rows.count) / Double(count)
        let value = enableGrad { loss(rows) }
        guard value.count == 1 else {
            fail("accumulateGradients", "the loss has shape \(value.shape)", hint: "take its mean")
        }
        value.backward(.full(like: value, share))
        total += share * value.item
    }
    return total
}
