import Glibc

// References of products, distances and diagonals.
extension References {
    /// Σ over everything: `terms` have the letters of each operand's axes, `result` those of the
    /// result's, "." being an axis that an operand may lack.
    private static func einsum(_ grids: [Grid], _ terms: [String], _ result: String) -> Grid {
        var sizes: [Character: Int] = [:]
        let named = zip(grids, terms).map { grid, term in
            Array(term).filter { $0 != "." || grid.shape.count == term.count }
        }
        for (grid, letters) in zip(grids, named) {
            for (size, letter) in zip(grid.shape, letters) {
                sizes[letter] = sizes[letter, default: 1] == 1 ? size : sizes[letter]
            }
        }
        let kept = Array(result).filter { sizes[$0] != nil }
        let summed = sizes.keys.filter { !kept.contains($0) }.sorted()
        return Grid(kept.map { sizes[$0] ?? 1 }) { index in
            Grid.indices(summed.map { sizes[$0] ?? 1 }).reduce(0) { total, inner in
                let all = Dictionary(uniqueKeysWithValues: zip(kept + summed, index + inner))
                let factors = zip(grids, named).map { $0.spread($1.map { all[$0] ?? 0 }) }
                return total + factors.reduce(1, *)
            }
        }
    }

    private static func rows(_ g: [Grid], _ distance: ([Double]) -> Double) -> Grid {
        let (a, b) = (g[0], g[1])
        let width = a.shape[a.shape.count - 1]
        let batch = Array(a.shape.dropLast(2))
        return Grid(batch + [a.shape[batch.count], b.shape[0]]) { index in
            let (row, other) = (Array(index.dropLast()), index[index.count - 1])
            return distance((0..<width).map { a[row + [$0]] - b[[other, $0]] })
        }
    }

    private static func lines(_ g: [Grid], _ body: ([Double], [Double]) -> Double) -> Grid {
        let full = Grid.broadcast(g.map(\.shape))
        let width = full[full.count - 1]
        return Grid(full.dropLast()) { index in
            body(
                (0..<width).map { g[0].spread(index + [$0]) },
                (0..<width).map { g[1].spread(index + [$0]) })
        }
    }

    private static func power(_ x: Grid, _ exponent: Int) -> Grid {
        (1..<exponent).reduce(x) { result, _ in product(result, x) }
    }

    private static func length(_ list: [Double]) -> Double {
        sqrt(list.reduce(0) { $0 + $1 * $1 })
    }

    private static func covariance(_ x: Grid, _ weights: [Double]?) -> Grid {
        let observations = x.shape[x.shape.count - 1]
        let w = weights ?? Array(repeating: 1, count: observations)
        let total = w.reduce(0, +)
        let correction = weights == nil ? 1 : w.reduce(0) { $0 + $1 * $1 } / total
        let variables = x.shape.count == 1 ? 1 : x.shape[0]
        let table = Grid([variables, observations], x.values)
        func mean(_ row: Int) -> Double {
            (0..<observations).reduce(0) { $0 + w[$1] * table[[row, $1]] } / total
        }
        let result = Grid([variables, variables]) { index in
            (0..<observations).reduce(0) {
                let left = table[[index[0], $1]] - mean(index[0])
                return $0 + w[$1] * left * (table[[index[1], $1]] - mean(index[1]))
            } / (total - correction)
        }
        return x.shape.count == 1 ? Grid([], result.values) : result
    }

    private static func diagonal(_ x: Grid, _ offset: Int, swapped: Bool) -> Grid {
        let (m, n) = swapped ? (x.shape[1], x.shape[0]) : (x.shape[0], x.shape[1])
        let rest = Array(x.shape.dropFirst(2))
        return Grid(rest + [max(0, min(m, n - offset))]) { index in
            let position = index[index.count - 1]
            let place = swapped ? [position + offset, position] : [position, position + offset]
            return x[place + index.dropLast()]
        }
    }

    static let products: [String: Reference] = [
        "einsum ij,jk": { einsum($0, ["ij", "jk"], "ik") },
        "einsum bij,bkj->kb": { einsum($0, ["bij", "bkj"], "kb") },
        "einsum ...ii->i...": { g in
            let size = g[0].shape[g[0].shape.count - 1]
            return Grid([size] + g[0].shape.dropLast(2)) { g[0][$0.dropFirst() + [$0[0], $0[0]]] }
        },
        "einsum i,...ij,j": { einsum($0, ["i", ".ij", "j"], ".") },
        "inner": { g in
            if g[0].shape.isEmpty { return g[1].map { $0 * g[0].values[0] } }
            let (left, right) = (Array(g[0].shape.dropLast()), Array(g[1].shape.dropLast()))
            return Grid(left + right) { index in
                (0..<(g[0].shape.last ?? 1)).reduce(0) {
                    $0 + g[0][index.prefix(left.count) + [$1]]
                        * g[1][index.dropFirst(left.count) + [$1]]
                }
            }
        },
        "kron": { g in
            let rank = max(g[0].shape.count, g[1].shape.count)
            let shapes = g.map { Array(repeating: 1, count: rank - $0.shape.count) + $0.shape }
            let (a, b) = (Grid(shapes[0], g[0].values), Grid(shapes[1], g[1].values))
            return Grid(zip(a.shape, b.shape).map(*)) { index in
                a[zip(index, b.shape).map(/)] * b[zip(index, b.shape).map(%)]
            }
        },
        "cross": { g in
            Grid(Grid.broadcast(g.map(\.shape))) { index in
                func at(_ grid: Grid, _ shift: Int) -> Double {
                    grid.spread(index.dropLast() + [(index[index.count - 1] + shift) % 3])
                }
                return at(g[0], 1) * at(g[1], 2) - at(g[0], 2) * at(g[1], 1)
            }
        },
        "addMatMul": { g in
            let full = product(g[1], g[2])
            return Grid(full.shape) { g[0].spread($0) * 0.5 + full[$0] * 2 }
        },
        "chainMatMul": { product(product($0[0], $0[1]), $0[2]) },
        "vander": { g in
            Grid(g[0].shape + [3]) { pow(g[0][$0.dropLast()], Double(2 - $0[$0.count - 1])) }
        },
        "vander increasing": { g in
            Grid(g[0].shape + [4]) { pow(g[0][$0.dropLast()], Double($0[$0.count - 1])) }
        },
        "matrixPower 3": { power($0[0], 3) },
        "matrixPower -2": { power(inverse(shifted($0[0])), 2) },
        "cdist": { rows($0, length) },
        "cdist 1": { rows($0) { $0.reduce(0) { $0 + abs($1) } } },
        "cdist 3": { rows($0) { cbrt($0.reduce(0) { $0 + abs($1 * $1 * $1) }) } },
        "cdist infinity": { rows($0) { $0.map(abs).max() ?? 0 } },
        "pairwiseDistance": { lines($0) { length(zip($0, $1).map { $0 - $1 + 0.125 }) } },
        "cosineSimilarity": {
            lines($0) { zip($0, $1).reduce(0) { $0 + $1.0 * $1.1 } / (length($0) * length($1)) }
        },
        "normalize": { g in
            let sizes = g[0].collect([1], keepDims: true, length)
            return Grid(g[0].shape) { g[0][$0] / sizes.spread($0) }
        },
        "renorm": { g in
            let sizes = g[0].collect(Array(1..<g[0].shape.count), keepDims: true, length)
            return Grid(g[0].shape) { index in
                let size = sizes.spread(index)
                return size > 2.25 ? g[0][index] * 2.25 / (size + 1e-7) : g[0][index]
            }
        },
        "cov": { covariance($0[0], nil) },
        "cov with weights": { covariance($0[0], $0[1].values) },
        "corrcoef": { g in
            let all = covariance(g[0], nil)
            return Grid(all.shape) {
                all[$0] / sqrt(all[[$0[0], $0[0]]] * all[[$0[1], $0[1]]])
            }
        },
        "matrixNorm": { $0[0].collect([-2, -1], length) },
        "matrixNorm columns": {
            $0[0].collect([-2], keepDims: true) { $0.reduce(0) { $0 + abs($1) } }
                .collect([-1], keepDims: true) { $0.max() ?? 0 }
        },
        "matrixNorm rows": {
            $0[0].collect([-1]) { $0.reduce(0) { $0 + abs($1) } }.collect([-1]) { $0.max() ?? 0 }
        },
        "vectorNorm 0": { $0[0].collect([0]) { Double($0.count { rint($0) != 0 }) } },
        "diagonal": { diagonal($0[0], 0, swapped: false) },
        "diagonal 1 of axes 1, 0": { diagonal($0[0], 1, swapped: true) },
        "diagEmbed": { g in
            Grid(g[0].shape + [g[0].shape[g[0].shape.count - 1]]) { index in
                let (row, column) = (index[index.count - 2], index[index.count - 1])
                return row == column ? g[0][index.dropLast()] : 0
            }
        },
        "diagEmbed -1 in axes 0, 2": { g in
            let size = g[0].shape[1] + 1
            return Grid([size, g[0].shape[0], size]) { index in
                index[0] == index[2] + 1 ? g[0][[index[1], index[2]]] : 0
            }
        },
        "diag": { g in
            let x = g[0]
            if x.shape.count == 1 {
                let size = x.shape[0] + 1
                return Grid([size, size]) { $0[0] == $0[1] + 1 ? x[[$0[1]]] : 0 }
            }
            return Grid([max(0, min(x.shape[0] - 1, x.shape[1]))]) { x[[$0[0] + 1, $0[0]]] }
        },
        "trace": { g in diagonal(g[0], 0, swapped: false).collect([-1]) { $0.reduce(0, +) } },
    ]
}
