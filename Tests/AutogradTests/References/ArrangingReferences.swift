// References of padding, windows and arrangements of elements.
extension References {
    /// The last two axes padded by `before`, each element read where `source` says.
    private static func padded(
        _ x: Grid, _ sizes: [Int], _ source: @escaping (Int, Int, Int) -> Int
    ) -> Grid {
        let lead = x.shape.count - sizes.count
        return Grid(Array(x.shape.prefix(lead)) + sizes) { index in
            var place = index
            for axis in lead..<x.shape.count {
                place[axis] = source(axis - lead, index[axis], x.shape[axis])
            }
            return x[place]
        }
    }

    private static func wide(_ x: Grid, _ added: [Int]) -> [Int] {
        zip(x.shape.suffix(added.count), added).map(+)
    }

    private static func stacked(_ grids: [Grid], axis: Int) -> Grid {
        var shape = grids[0].shape
        shape[axis] = grids.reduce(0) { $0 + $1.shape[axis] }
        return Grid(shape) { index in
            var place = index
            for grid in grids {
                if place[axis] < grid.shape[axis] { return grid[place] }
                place[axis] -= grid.shape[axis]
            }
            return .nan
        }
    }

    private static func matrix(_ x: Grid) -> Grid {
        x.shape.count < 2 ? Grid([1, x.values.count], x.values) : x
    }

    private static func cube(_ x: Grid) -> Grid {
        x.shape.count < 2
            ? Grid([1, x.values.count, 1], x.values)
            : x.shape.count == 2 ? Grid(x.shape + [1], x.values) : x
    }

    private static func rows(_ x: Grid, _ range: Range<Int>) -> Grid {
        Grid([range.count] + x.shape.dropFirst()) { x[[range.lowerBound + $0[0]] + $0.dropFirst()] }
    }

    /// Three slices, the first twice and the last three times.
    private static func repeated(_ x: Grid) -> Grid {
        let sources = [0, 0, 2, 2, 2]
        return Grid([5] + x.shape.dropFirst()) { x[[sources[$0[0]]] + $0.dropFirst()] }
    }

    static let arranging: [String: Reference] = padding.merging(windows) { one, _ in one }
        .merging(turning) { one, _ in one }.merging(assembling) { one, _ in one }

    private static let padding: [String: Reference] = [
        "pad reflect": { grids in
            padded(grids[0], wide(grids[0], [1, 3])) { axis, place, size in
                let inside = abs(place - (axis + 1))
                return inside < size ? inside : 2 * (size - 1) - inside
            }
        },
        "pad replicate": { grids in
            padded(grids[0], wide(grids[0], [1, 5])) { axis, place, size in
                min(max(place - (axis + 1), 0), size - 1)
            }
        },
        "pad circular": { grids in
            padded(grids[0], wide(grids[0], [1, 3])) { axis, place, size in
                (place - (axis + 1) + size) % size
            }
        },
        "pad negative": { grids in
            let shape = grids[0].shape
            return Grid([shape[0], shape[1] + 2]) { index in
                index[1] < shape[1] - 1 ? grids[0][[index[0], index[1] + 1]] : 0.5
            }
        },
        "pad reflect negative": { grids in
            padded(grids[0], wide(grids[0], [1])) { _, place, _ in abs(place - 2) }
        },
    ]

    private static let windows: [String: Reference] = [
        "unfold": { grids in
            let shape = grids[0].shape
            return Grid([shape[0], (shape[1] - 5) / 2 + 1, 3]) {
                grids[0][[$0[0], 2 * $0[1] + 2 * $0[2]]]
            }
        },
        "unfold axis 0": { grids in
            let shape = grids[0].shape
            return Grid([shape[0] - 1, shape[1], 2]) { grids[0][[$0[0] + $0[2], $0[1]]] }
        },
        "unfold images": { grids in
            let x = grids[0]
            let n = x.shape.count
            let (channels, height, width) = (x.shape[n - 3], x.shape[n - 2], x.shape[n - 1])
            let columns = width / 2 + 1
            return Grid(x.shape.dropLast(3) + [channels * 6, height * columns]) { index in
                let (depth, patch) = (index[n - 3], index[n - 2])
                let row = patch / columns + depth % 6 / 2 - 1
                let column = patch % columns * 2 + depth % 2 - 1
                let isInside = row >= 0 && row < height && column >= 0 && column < width
                return isInside ? x[index.dropLast(2) + [depth / 6, row, column]] : 0
            }
        },
        "fold images": { grids in
            let x = grids[0]
            let n = x.shape.count
            var result = Grid(x.shape.dropLast(2) + [x.shape[n - 2] / 6, 2, 5]) { _ in 0 }
            for index in Grid.indices(x.shape) {
                let (depth, patch) = (index[n - 2], index[n - 1])
                let row = patch / 2 + depth % 6 / 2 - 1
                let column = patch % 2 * 2 + depth % 2
                if row >= 0, row < 2 {
                    result[index.dropLast(2) + [depth / 6, row, column]] += x[index]
                }
            }
            return result
        },
    ]

    private static let turning: [String: Reference] = [
        "moveAxis": { $0[0].permuted([1, 2, 0]) },
        "moveAxes": { $0[0].permuted([2, 0, 1]) },
        "rot90": { grids in
            let shape = grids[0].shape
            return Grid([shape[1], shape[0]]) { grids[0][[$0[1], shape[1] - 1 - $0[0]]] }
        },
        "rot90 back": { grids in
            let shape = grids[0].shape
            return Grid([shape[1], shape[0]]) { grids[0][[shape[0] - 1 - $0[1], $0[0]]] }
        },
        "roll of all": { grids in
            let values = grids[0].values
            let n = values.count
            return Grid(
                grids[0].shape, values.indices.map { values[(($0 - 5) % n + n) % n] })
        },
        "roll axes": { grids in
            let shape = grids[0].shape
            return Grid(shape) {
                grids[0][[($0[0] + shape[0] - 1) % shape[0], ($0[1] + 2) % shape[1]]]
            }
        },
        "unflatten": { Grid([$0[0].shape[0], $0[0].shape[1] / 3, 3], $0[0].values) },
        "repeated by counts": { repeated($0[0]) },
        "repeated by a tensor": { repeated($0[0]) },
        "atLeast1D": { $0[0].shape.isEmpty ? Grid([1], $0[0].values) : $0[0] },
        "atLeast2D": { matrix($0[0]) },
        "atLeast3D": { cube($0[0]) },
        "chunk": { grids in
            let size = (grids[0].shape[0] + 2) / 3
            return rows(grids[0], size..<min(2 * size, grids[0].shape[0]))
        },
        "tensorSplit": { grids in
            let n = grids[0].shape[0]
            let first = (n + 2) / 3
            return rows(grids[0], first..<first + (n + 1) / 3)
        },
        "tensorSplit at": { grids in
            let shape = grids[0].shape
            return Grid([shape[0], shape[1] - 2]) { grids[0][[$0[0], $0[1] + 1]] }
        },
    ]

    private static let assembling: [String: Reference] = [
        "hstack": { grids in
            let parts = grids.map { $0.shape.isEmpty ? Grid([1], $0.values) : $0 }
            return stacked(parts, axis: parts[0].shape.count == 1 ? 0 : 1)
        },
        "vstack": { stacked($0.map(matrix), axis: 0) },
        "dstack": { stacked($0.map(cube), axis: 2) },
        "columnStack": { grids in
            stacked(
                grids.map { $0.shape.count == 1 ? Grid($0.shape + [1], $0.values) : $0 }, axis: 1)
        },
        "broadcast": { grids in
            Grid([2] + Grid.broadcast(grids.map(\.shape))) {
                grids[$0[0]].spread(Array($0.dropFirst()))
            }
        },
        "meshgrid": { grids in
            Grid([2, grids[0].values.count, grids[1].values.count]) {
                grids[$0[0]].values[$0[$0[0] + 1]]
            }
        },
        "meshgrid xy": { grids in
            Grid([2, grids[1].values.count, grids[0].values.count]) {
                grids[$0[0]].values[$0[2 - $0[0]]]
            }
        },
        "cartesianProduct": { grids in
            let ways = grids[0].values.flatMap { one in grids[1].values.map { [one, $0] } }
            return Grid([ways.count, 2], ways.flatMap { $0 })
        },
        "combinations": { grids in
            let values = grids[0].values
            let ways = values.indices.flatMap { i in
                (i + 1..<max(values.count, i + 1)).map { [values[i], values[$0]] }
            }
            return Grid([ways.count, 2], ways.flatMap { $0 })
        },
        "combinations with replacement": { grids in
            let values = grids[0].values
            let ways = values.indices.flatMap { i in
                (i..<values.count).flatMap { j in
                    (j..<values.count).map { [values[i], values[j], values[$0]] }
                }
            }
            return Grid([ways.count, 3], ways.flatMap { $0 })
        },
        "blockDiagonal": { grids in
            let (a, b) = (matrix(grids[0]), matrix(grids[1]))
            return Grid([a.shape[0] + b.shape[0], a.shape[1] + b.shape[1]]) { index in
                let (row, column) = (index[0] - a.shape[0], index[1] - a.shape[1])
                if row < 0, column < 0 { return a[index] }
                return row >= 0 && column >= 0 ? b[[row, column]] : 0
            }
        },
    ]
}
