import Glibc

// References of reductions, rows of logits and products.
extension References {
    private static func mean(_ list: [Double]) -> Double {
        list.reduce(0, +) / Double(list.count)
    }
    private static func variance(_ list: [Double], correction: Double) -> Double {
        let centre = mean(list)
        return list.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
            / (Double(list.count) - correction)
    }
    private static func normalized(_ list: [Double], _ epsilon: Double) -> [Double] {
        let scale = sqrt(variance(list, correction: 0) + epsilon)
        return list.map { ($0 - mean(list)) / scale }
    }
    private static func levelled(_ list: [Double], _ epsilon: Double) -> [Double] {
        let square = mean(list.map { $0 * $0 })
        return list.map { $0 / (square + epsilon).squareRoot() }
    }
    private static func norm(_ list: [Double], _ order: Double) -> Double {
        pow(list.reduce(0) { $0 + pow(abs($1), order) }, 1 / order)
    }
    private static func every(_ grid: Grid) -> [Int] { Array(grid.shape.indices) }
    private static func logSum(_ list: [Double]) -> Double {
        log(list.reduce(0) { $0 + exp($1) })
    }
    /// Applies a function of a whole line to each line along an axis.
    static func lines(
        _ x: Grid, _ axis: Int, _ function: ([Double]) -> [Double]
    ) -> Grid {
        let axis = axis < 0 ? axis + x.shape.count : axis
        return Grid(x.shape) { index in
            let line = (0..<x.shape[axis]).map { position in
                var other = index
                other[axis] = position
                return x[other]
            }
            return function(line)[index[axis]]
        }
    }
    private static func running(_ list: [Double]) -> [Double] {
        var total = 0.0
        return list.map {
            total += $0
            return total
        }
    }
    private static func first(_ list: [Double], _ best: (Double, Double) -> Bool) -> Double {
        Double(list.indices.first { one in !list.contains { best($0, list[one]) } } ?? 0)
    }
    private static func softmax(_ list: [Double]) -> [Double] {
        list.map { exp($0 - logSum(list)) }
    }

    static let arrays: [String: Reference] = [
        "sum": { $0[0].collect(every($0[0])) { $0.reduce(0, +) } },
        "sum axis 0": { $0[0].collect([0]) { $0.reduce(0, +) } },
        "sum axis -1": { $0[0].collect([-1], keepDims: true) { $0.reduce(0, +) } },
        "sum axes 0, 2": { $0[0].collect([0, 2]) { $0.reduce(0, +) } },
        "nanSum": { $0[0].collect(every($0[0])) { $0.filter { $0 <= 1 }.reduce(0, +) } },
        "nanSum axis 1": {
            $0[0].collect([1], keepDims: true) { $0.filter { $0 <= 1 }.reduce(0, +) }
        },
        "mean": { $0[0].collect(every($0[0]), mean) },
        "mean axis 1": { $0[0].collect([1], mean) },
        "variance": { $0[0].collect(every($0[0])) { variance($0, correction: 1) } },
        "variance axis 1": { $0[0].collect([1]) { variance($0, correction: 0) } },
        "standardDeviation": {
            $0[0].collect([-1], keepDims: true) { sqrt(variance($0, correction: 1)) }
        },
        "variance axes 0, 2": { $0[0].collect([0, 2]) { variance($0, correction: 0.5) } },
        "norm": { $0[0].collect(every($0[0])) { norm($0, 2) } },
        "norm 1 axis 0": { $0[0].collect([0]) { norm($0, 1) } },
        "norm 3 axis 1": { $0[0].collect([-1], keepDims: true) { norm($0, 3) } },
        "norm infinity": { $0[0].collect(every($0[0])) { $0.map(abs).max() ?? .nan } },
        "max": { $0[0].collect(every($0[0])) { $0.max() ?? .nan } },
        "max axis 1": { $0[0].collect([1]) { $0.max() ?? .nan } },
        "min": { $0[0].collect(every($0[0])) { $0.min() ?? .nan } },
        "min axis 0": { $0[0].collect([0], keepDims: true) { $0.min() ?? .nan } },
        "prod": { $0[0].collect(every($0[0])) { $0.reduce(1, *) } },
        "prod axis 0": { $0[0].collect([0]) { $0.reduce(1, *) } },
        "prod with zeros": { $0[0].collect([1]) { $0.reduce(1) { $0 * $1 * rint($1) } } },
        "cumsum": { lines($0[0], -1, running) },
        "cumsum axis 0": { lines($0[0], 0, running) },
        "any": { $0[0].collect([1]) { $0.contains { rint($0) != 0 } ? 1 : 0 } },
        "all": {
            $0[0].collect([0], keepDims: true) { $0.allSatisfy { rint($0) != 0 } ? 1 : 0 }
        },
        "argmax": { $0[0].collect(every($0[0])) { first($0, >) } },
        "argmax axis 0": { $0[0].collect([0]) { first($0, >) } },
        "argmin axis 1": { $0[0].collect([1]) { first($0, <) } },
        "layerNorm": { lines($0[0], -1) { normalized($0, 0.1) } },
        "rmsNorm": { lines($0[0], -1) { levelled($0, 0.1) } },
        "layerNorm with weight and bias": { grids in
            let rows = lines(grids[0], -1) { normalized($0, 0.1) }
            return Grid(rows.shape) { index in
                let place = Array(index.suffix(1))
                return rows[index] * grids[1][place] + grids[2][place]
            }
        },
        "rmsNorm with a weight": { grids in
            let rows = lines(grids[0], -1) { levelled($0, 0.1) }
            return Grid(rows.shape) { rows[$0] * grids[1][Array($0.suffix(1))] }
        },
        "layerNorm of two axes": { grids in
            let (x, rows) = (grids[0], Grid([grids[0].shape[0], 6], grids[0].values))
            return Grid(x.shape, lines(rows, -1) { normalized($0, 1e-5) }.values)
        },
        "softmax": { lines($0[0], -1, softmax) },
        "softmax axis 0": { lines($0[0], 0, softmax) },
        "logSoftmax": { lines($0[0], -1) { line in line.map { $0 - logSum(line) } } },
        "logSumExp": { $0[0].collect([-1], logSum) },
        "logSumExp axis 0": { $0[0].collect([0], keepDims: true, logSum) },
        "logSumExp axes 0, 2": { $0[0].collect([0, 2], logSum) },
        "softmaxGrad": { grids in
            let products = Grid(grids[0].shape, zip(grids[0].values, grids[1].values).map(*))
            let totals = products.collect([-1], keepDims: true) { $0.reduce(0, +) }
            return Grid(grids[0].shape) { grids[0][$0] * (grids[1][$0] - totals.spread($0)) }
        },
        "logSoftmaxGrad": { grids in
            let totals = grids[1].collect([-1], keepDims: true) { $0.reduce(0, +) }
            return Grid(grids[0].shape) { grids[1][$0] - exp(grids[0][$0]) * totals.spread($0) }
        },
        "crossEntropy": { grids in
            lossRows(grids) { line, label in logSum(line) - line[label] }
        },
        "crossEntropy smoothing": { grids in
            lossRows(grids) { line, label in
                if label == 1 { return 0 }
                let spread = line.reduce(0) { $0 + logSum(line) - $1 } / 4
                return 0.9 * (logSum(line) - line[label]) + 0.1 * spread
            }
        },
        "crossEntropyGrad": { grids in
            Grid(grids[0].shape) { index in
                let label = (Int(grids[1][[index[0]]]) + 4) % 4
                if label == 1 { return 0 }
                let line = (0..<4).map { grids[0][[index[0], $0]] }
                let slope = exp(line[index[1]] - logSum(line)) - (index[1] == label ? 1 : 0)
                return slope * grids[2][[index[0]]]
            }
        },
        "labelWeights": { grids in
            Grid(grids[0].shape) { (Int(grids[0][$0]) + 4) % 4 == 1 ? 0 : 1 }
        },
        "matmul": { product($0[0], $0[1]) },
        "dot": { product($0[0], $0[1]) },
        "outer": { g in Grid(g[0].shape + g[1].shape) { g[0][[$0[0]]] * g[1][[$0[1]]] } },
        "linear": { affine($0[0], $0[1], $0[2]) },
        "linear without bias": { affine($0[0], $0[1], nil) },
        "tensordot": { g in
            let free = g[0].shape.count - 2
            let shared = Grid.indices(Array(g[1].shape.prefix(2)))
            return Grid(Array(g[0].shape.prefix(free)) + Array(g[1].shape.dropFirst(2))) { index in
                shared.reduce(0) {
                    $0 + g[0][Array(index.prefix(free)) + $1] * g[1][$1 + index.dropFirst(free)]
                }
            }
        },
    ]

    /// One number of each row and its label, the second grid modulo 4.
    private static func lossRows(
        _ grids: [Grid], _ loss: ([Double], Int) -> Double
    ) -> Grid {
        Grid(grids[1].shape) { index in
            let width = grids[0].shape[1]
            let line = (0..<width).map { grids[0][[index[0], $0]] }
            return loss(line, (Int(grids[1][index]) + 4) % 4)
        }
    }

    private static func affine(_ x: Grid, _ weight: Grid, _ bias: Grid?) -> Grid {
        Grid(x.shape.dropLast() + [weight.shape[0]]) { index in
            let (row, unit) = (Array(index.dropLast()), index[index.count - 1])
            return (0..<weight.shape[1]).reduce(bias?[[unit]] ?? 0) {
                $0 + x[row + [$1]] * weight[[unit, $1]]
            }
        }
    }

    static func product(_ a: Grid, _ b: Grid) -> Grid {
        let left = a.shape.count == 1 ? Grid([1] + a.shape, a.values) : a
        let right = b.shape.count == 1 ? Grid(b.shape + [1], b.values) : b
        let batch = Grid.broadcast([Array(left.shape.dropLast(2)), Array(right.shape.dropLast(2))])
        let (m, k) = (left.shape[left.shape.count - 2], left.shape[left.shape.count - 1])
        let n = right.shape[right.shape.count - 1]
        let full = Grid(batch + [m, n]) { index in
            let outer = Array(index.dropLast(2))
            let (row, column) = (index[index.count - 2], index[index.count - 1])
            return (0..<k).reduce(0) {
                $0 + left.spread(outer + [row, $1]) * right.spread(outer + [$1, column])
            }
        }
        var shape = batch
        if a.shape.count > 1 { shape.append(m) }
        if b.shape.count > 1 { shape.append(n) }
        return Grid(shape, full.values)
    }
}
