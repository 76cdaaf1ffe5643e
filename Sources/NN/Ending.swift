internal import Autograd
internal import Tensor

/// What comes after a layer: a sum, as at the end of a residual, and ReLU. A layer that takes it
/// does it while its results are at hand; values and gradients have the same bits either way.
struct Ending {
    /// What the output is added to, of its shape.
    var added: Tensor?
    /// Whether ReLU comes last.
    var rectifies = false

    func applied(to y: Tensor) -> Tensor {
        let sum = added.map { $0 + y } ?? y
        return rectifies ? sum.relu() : sum
    }
}

extension Sequential {
    /// The layers of a range, one after another. ReLU joins the layer before it where that takes
    /// it, but comes after a pooling by maximum that follows it, which leaves less to do: the
    /// largest of what ReLU made is what ReLU makes of the largest.
    final func run(_ x: Tensor, _ range: Range<Int>) -> Tensor {
        var x = x
        var index = range.lowerBound
        func call(_ index: Int, _ ending: Ending? = nil) {
            let layer = layers[index]
            x = named("\(name(at: index)) \(layer.describe)") {
                ending.map { layer(x, ending: $0) } ?? layer(x)
            }
        }
        func isReLU(_ index: Int) -> Bool { index < range.upperBound && layers[index] is ReLU }
        func isPool(_ index: Int) -> Bool { index < range.upperBound && layers[index] is MaxPool }
        while index < range.upperBound {
            if isReLU(index), isPool(index + 1) {
                call(index + 1)
                call(index)
                index += 2
            } else if isReLU(index + 1), layers[index].takesEnding,
                !isPool(index + 2) || layers[index] is BatchNorm
            {
                call(index, Ending(rectifies: true))
                index += 2
            } else {
                call(index)
                index += 1
            }
        }
        return x
    }
}
