import Autograd
import NN
import Tensor
import Testing

/// Expects two lists of numbers to agree within `tolerance`, relative to numbers above 1.
func expectClose(
    _ found: [Double], _ expected: [Double], tolerance: Double = 1e-12,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(found.count == expected.count, sourceLocation: sourceLocation)
    for (found, expected) in zip(found, expected) {
        let isClose = abs(found - expected) <= tolerance * max(1, abs(expected))
        #expect(
            isClose || found == expected, "\(found) is not \(expected)",
            sourceLocation: sourceLocation)
    }
}

func expectClose(
    _ found: Tensor, _ expected: [Double], tolerance: Double = 1e-12,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    expectClose(
        found.values(as: Double.self), expected, tolerance: tolerance,
        sourceLocation: sourceLocation)
}

/// Expects the gradient of `function` by each float64 leaf to agree with central differences, and
/// the gradient of a projection of that gradient too.
func expectGradients(
    by leaves: [Tensor], second: Bool = true, tolerance: Double = 1e-6,
    sourceLocation: SourceLocation = #_sourceLocation, _ function: () -> Tensor
) {
    for leaf in leaves {
        let exact = gradient(of: function, by: leaf, createGraph: false)
        expectClose(
            exact, differences(by: leaf) { function().item }, tolerance: tolerance,
            sourceLocation: sourceLocation)
        guard second else { continue }
        // A projection with unequal weights, so that a wrong element shows.
        func projection() -> Tensor {
            let slope = gradient(of: function, by: leaf, createGraph: true)
            let weights = Tensor.arange(1, slope.count + 1).cast(to: .float64).reshape(slope.shape)
            return (slope * weights).sum()
        }
        guard projection().requiresGrad else { continue }
        let exactSecond = gradient(of: projection, by: leaf, createGraph: false)
        expectClose(
            exactSecond, differences(by: leaf) { projection().item },
            tolerance: tolerance * 10, sourceLocation: sourceLocation)
    }
}

private func gradient(
    of function: () -> Tensor, by leaf: Tensor, createGraph: Bool
) -> Tensor {
    let y = function()
    leaf.grad = nil
    y.backward(createGraph: createGraph)
    defer { leaf.grad = nil }
    return leaf.grad ?? .zeros(like: leaf)
}

/// Central differences of `function` by each element of `leaf`.
private func differences(by leaf: Tensor, _ function: () -> Double) -> [Double] {
    let original = leaf.data
    defer { leaf.data = original }
    let values = original.values(as: Double.self)
    let step = 1e-5
    return values.indices.map { index in
        func value(_ shift: Double) -> Double {
            var moved = values
            moved[index] += shift
            leaf.data = NDArray(moved, original.shape)
            return function()
        }
        return (value(step) - value(-step)) / (2 * step)
    }
}

func expectClose(
    _ found: Tensor, _ expected: Tensor, tolerance: Double = 1e-12,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(found.shape == expected.shape, sourceLocation: sourceLocation)
    expectClose(
        found, expected.values(as: Double.self), tolerance: tolerance,
        sourceLocation: sourceLocation)
}

/// A float64 leaf of distinct numbers in about −2...2, none near a kink at 0.
func leaf(_ shape: Shape, seed: UInt64 = 7) -> Tensor {
    let drawn = Random(seed: seed).uniform(shape, low: 0.1, high: 2, .float64)
    let values = drawn.values(as: Double.self).enumerated().map { $0 % 2 == 0 ? $1 : -$1 }
    return Tensor(NDArray(values, shape), requiresGrad: true)
}
