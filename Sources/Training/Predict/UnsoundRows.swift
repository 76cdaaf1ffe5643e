import Tensor

/// Examples for which a model gave NaN or infinities, as it does for numbers that its dtype can't
/// hold.
package final class UnsoundRows {
    /// The first of them, by its place in what is predicted.
    package private(set) var first: Int?
    /// How many there are.
    package private(set) var count = 0

    /// Looks at the outputs of some examples.
    func look(at values: NDArray, of examples: [Int]) {
        let numbers = values.values(as: Double.self)
        let width = numbers.count / max(examples.count, 1)
        for (row, example) in examples.enumerated()
        where !numbers[row * width..<(row + 1) * width].allSatisfy(\.isFinite) {
            first = first ?? example
            count += 1
        }
    }

    /// A sentence on them, in which `name` says which example is the first; nil if there are none.
    package func sentence(_ name: (Int) -> String) -> String? {
        first.map { first in
            "\(name(first))\(count > 1 ? " and \(count - 1) more" : ""): the model gives no "
                + "number, so nothing is predicted; look for values beyond those of its data"
        }
    }
}
