public import Tensor

/// A sum of products over labelled axes (Einstein's convention).
///
/// Each operand has a letter an axis. A letter that the result doesn't name is summed over; one
/// that stands twice in an operand means its diagonal; "..." stands for any number of axes, which
/// broadcast. Without "->" the result has the axes of the ellipsis, then the letters that occur
/// once, in alphabetical order, upper case first. Operands are multiplied from the left to the
/// right, by matrix products where there is something to sum.
///
///     einsum("bij,bjk->bik", a, b)    // products of matrices
///     einsum("ii", a)                 // the trace
///     einsum("...i,i->...", x, w)     // products with a vector
public func einsum(_ expression: String, _ operands: Tensor...) -> Tensor {
    einsum(expression, operands)
}

/// A sum of products over labelled axes of a list of operands.
public func einsum(_ expression: String, _ operands: [Tensor]) -> Tensor {
    let plan = EinsumExpression(expression, operands.map(\.shape))
    let dtype = operands.dropFirst().reduce(operands[0].dtype) {
        DType.promote($0, $1.dtype, "einsum")
    }
    var factors = zip(operands, plan.operands).map { tensor, labels in
        Labelled(tensor.cast(to: dtype).arithmetic, labels).withoutRepeats(plan.sizes)
    }
    var product = factors.removeFirst()
    while true {
        let needed = factors.reduce(Set(plan.result)) { $0.union($1.labels) }
        product = product.summed(except: needed)
        if factors.isEmpty { break }
        let next = factors.removeFirst()
        let later = factors.reduce(Set(plan.result)) { $0.union($1.labels) }
        let own = Set(product.labels)
        product = product.times(next.summed(except: later.union(own)), keeping: later, plan.sizes)
    }
    return product.arranged(plan.result)
}

/// A tensor and a label of each of its axes.
private struct Labelled {
    let tensor: Tensor
    let labels: [Int]

    init(_ tensor: Tensor, _ labels: [Int]) {
        self.tensor = tensor
        self.labels = labels
    }

    /// The diagonal where a label stands twice.
    func withoutRepeats(_ sizes: [Int: Int]) -> Labelled {
        var result = self
        while let second = result.labels.indices.first(where: {
            result.labels[..<$0].contains(result.labels[$0])
        }) {
            let label = result.labels[second]
            let first = result.labels.firstIndex(of: label) ?? 0
            let size = Swift.max(result.tensor.shape[first], result.tensor.shape[second])
            let shape = result.tensor.shape.replacing(first, with: size).replacing(
                second, with: size)
            var labels = result.labels
            labels.remove(at: second)
            labels.remove(at: first)
            result = Labelled(
                result.tensor.expand(to: shape).diagonal(axis1: first, axis2: second),
                labels + [label])
        }
        return result
    }

    /// Sums over the axes whose labels are not among some.
    func summed(except kept: Set<Int>) -> Labelled {
        let axes = labels.indices.filter { !kept.contains(labels[$0]) }
        if axes.isEmpty { return self }
        return Labelled(tensor.sum(axes: axes), labels.filter(kept.contains))
    }

    /// The axes in the order of labels, which are all of them and maybe others, of size 1.
    func arranged(_ order: [Int]) -> Tensor {
        let present = order.compactMap { labels.firstIndex(of: $0) }
        let turned =
            present == Array(labels.indices) ? tensor : tensor.permute(present)
        if present.count == order.count { return turned }
        var position = 0
        var shape = Shape()
        for label in order {
            if labels.contains(label) {
                shape.append(turned.shape[position])
                position += 1
            } else {
                shape.append(1)
            }
        }
        return turned.reshape(shape)
    }

    /// The axes of three groups of labels as three axes, of the sizes that labels have.
    private func grouped(_ groups: [[Int]], _ sizes: [Int: Int]) -> Tensor {
        let order = groups.flatMap { $0 }
        let full = Shape(order.map { sizes[$0] ?? 1 })
        let turned = arranged(order).expand(to: full)
        return turned.reshape(Shape(groups.map { $0.reduce(1) { $0 * (sizes[$1] ?? 1) } }))
    }

    /// The product, summed over the labels that both have and that aren't kept.
    func times(_ other: Labelled, keeping kept: Set<Int>, _ sizes: [Int: Int]) -> Labelled {
        let shared = labels.filter(other.labels.contains)
        let inner = shared.filter { !kept.contains($0) }
        let batch = shared.filter(kept.contains)
        let left = labels.filter { !shared.contains($0) }
        let right = other.labels.filter { !shared.contains($0) }
        let all = batch + left + right
        if inner.isEmpty {
            return Labelled(arranged(all) * other.arranged(all), all)
        }
        let rows = grouped([batch, left, inner], sizes)
        let columns = other.grouped([batch, inner, right], sizes)
        let product =
            batch.isEmpty
            ? rows.squeeze(0).matmul(columns.squeeze(0)) : rows.matmul(columns)
        return Labelled(product.reshape(Shape(all.map { sizes[$0] ?? 1 })), all)
    }
}
