// References of operations that move and choose elements.
extension References {
    private static func wrapped(_ value: Double, _ size: Int) -> Int {
        value < 0 ? Int(value) + size : Int(value)
    }

    static let movement: [String: Reference] = [
        "reshape": { Grid([2, $0[0].values.count / 2], $0[0].values) },
        "flatten": { Grid([$0[0].values.count], $0[0].values) },
        "permute": { $0[0].permuted([2, 0, 1]) },
        "transpose": { $0[0].permuted([1, 0]) },
        "expand": { grids in
            let x = grids[0]
            return Grid(x.shape.count == 2 ? [2, x.shape[0], 4] : [2, 4]) { x.spread($0) }
        },
        "unsqueeze": { Grid($0[0].shape + [1], $0[0].values) },
        "squeeze": { Grid([$0[0].shape[0]] + $0[0].shape.dropFirst(2), $0[0].values) },
        "flip": { grids in
            let shape = grids[0].shape
            return Grid(shape) { grids[0][[shape[0] - 1 - $0[0], shape[1] - 1 - $0[1]]] }
        },
        "x[1]": { grids in Grid([grids[0].shape[1]]) { grids[0][[1, $0[0]]] } },
        "x[-1, 1..<3]": { grids in
            let (rows, columns) = (grids[0].shape[0], grids[0].shape[1])
            return Grid([max(0, min(columns, 3) - 1)]) { grids[0][[rows - 1, 1 + $0[0]]] }
        },
        "x[every 2]": { grids in
            let shape = grids[0].shape
            return Grid([(shape[0] + 1) / 2, shape[1]]) { grids[0][[2 * $0[0], $0[1]]] }
        },
        "x[every -2]": { grids in
            let (rows, columns) = (grids[0].shape[0], grids[0].shape[1])
            return Grid([(rows + 1) / 2, columns]) {
                grids[0][[rows - 1 - 2 * $0[0], columns - 1 - $0[1]]]
            }
        },
        "x[ellipsis, new, 0]": { grids in
            let shape = grids[0].shape
            return Grid(shape.dropLast() + [1]) { grids[0][$0.dropLast() + [0]] }
        },
        "narrow": { grids in
            Grid([grids[0].shape[0], 2]) { grids[0][[$0[0], $0[1] + 1]] }
        },
        "split": { grids in
            Grid([min(2, grids[0].shape[0] - 2), grids[0].shape[1]]) {
                grids[0][[$0[0] + 2, $0[1]]]
            }
        },
        "pad": { grids in
            let x = grids[0]
            if x.shape.isEmpty { return x }
            return Grid([x.shape[0] + 1, x.shape[1] + 3]) { index in
                let (row, column) = (index[0] - 1, index[1] - 2)
                let isInside = row >= 0 && column >= 0 && column < x.shape[1]
                return isInside ? x[[row, column]] : 0.5
            }
        },
        "concat": { grids in
            Grid([grids[0].shape[0], grids.reduce(0) { $0 + $1.shape[1] }]) { index in
                let row = grids.flatMap { grid in
                    (0..<grid.shape[1]).map { grid[[index[0], $0]] }
                }
                return row[index[1]]
            }
        },
        "stack": { grids in
            Grid(grids[0].shape + [grids.count]) { grids[$0[$0.count - 1]][$0.dropLast()] }
        },
        "tile": { grids in
            let base = Array(repeating: 1, count: 2 - grids[0].shape.count) + grids[0].shape
            let x = Grid(base, grids[0].values)
            return Grid([base[0] * 2, base[1] * 3]) { x[[$0[0] % base[0], $0[1] % base[1]]] }
        },
        "repeated": { grids in
            Grid([grids[0].shape[0] * 3, grids[0].shape[1]]) { grids[0][[$0[0] / 3, $0[1]]] }
        },
        "roll": { grids in
            let columns = grids[0].shape[1]
            return Grid(grids[0].shape) { grids[0][[$0[0], ($0[1] + 5) % columns]] }
        },
        "take": { taken($0[0], $0[1], axis: 0) },
        "take axis 1": { taken($0[0], $0[1], axis: 1) },
        "x[all, rows]": { taken($0[0], $0[1], axis: 1) },
        "gather": { grids in
            let axis = grids[0].shape.count == 1 ? 0 : 1
            return Grid(grids[1].shape) { index in
                var source = index
                source[axis] = wrapped(grids[1][index], 4)
                return grids[0][source]
            }
        },
        "scatterAdd": { grids in
            var result = grids[0]
            for index in Grid.indices(grids[1].shape) {
                let target = index.dropLast() + [wrapped(grids[1][index], 4)]
                result[Array(target)] += grids[2][index]
            }
            return result
        },
        "indexAdd": { grids in
            var result = grids[0]
            for index in Grid.indices(grids[2].shape) {
                let target = [wrapped(grids[1][[index[0]]], 3)] + index.dropFirst()
                result[target] += grids[2][index]
            }
            return result
        },
        "masked": { grids in
            let kept = zip(grids[0].values, grids[1].values).filter { $1 != 0 }.map(\.0)
            return Grid([kept.count], kept)
        },
        "nonzero": { grids in
            let found = Grid.indices(grids[0].shape).filter { grids[0][$0] != 0 }
            return Grid([found.count, grids[0].shape.count], found.flatMap { $0.map(Double.init) })
        },
        "oneHot": { grids in
            Grid(grids[0].shape + [4]) { index in
                wrapped(grids[0][index.dropLast()], 4) == index[index.count - 1] ? 1 : 0
            }
        },
    ]

    private static func taken(_ x: Grid, _ rows: Grid, axis: Int) -> Grid {
        let width = rows.shape.count
        let shape = x.shape.prefix(axis) + rows.shape + x.shape.dropFirst(axis + 1)
        return Grid(Array(shape)) { index in
            let chosen = rows[Array(index[axis..<axis + width])]
            let source = index.prefix(axis) + [wrapped(chosen, x.shape[axis])]
            return x[Array(source + index.dropFirst(axis + width))]
        }
    }
}
