import Glibc

// References of operations that order, count and accumulate.
extension References {
    /// Makes a line of another length of each line along an axis.
    private static func along(
        _ x: Grid, _ axis: Int, _ length: Int, _ function: ([Double]) -> [Double]
    ) -> Grid {
        if x.shape.isEmpty { return Grid([], function(x.values)) }
        let axis = axis < 0 ? axis + x.shape.count : axis
        var shape = x.shape
        shape[axis] = length
        return Grid(shape) { index in
            let line = (0..<x.shape[axis]).map { position in
                var other = index
                other[axis] = position
                return x[other]
            }
            return function(line)[index[axis]]
        }
    }

    private static func same(_ x: Grid, _ axis: Int, _ function: ([Double]) -> [Double]) -> Grid {
        along(
            x, axis, x.shape.isEmpty ? 1 : x.shape[axis < 0 ? axis + x.shape.count : axis], function
        )
    }

    private static func order(_ line: [Double], descending: Bool = false) -> [Double] {
        let places = line.indices.sorted { a, b in
            if line[a] == line[b] { return a < b }
            return descending ? line[a] > line[b] : line[a] < line[b]
        }
        return places.map(Double.init)
    }

    private static func down(_ line: [Double]) -> [Double] { line.sorted(by: >) }

    private static func quantile(_ line: [Double], _ q: Double) -> Double {
        let sorted = line.sorted()
        let rank = q * Double(line.count - 1)
        let below = sorted[Int(rank.rounded(.down))]
        let above = sorted[Int(rank.rounded(.up))]
        return below + (rank - rank.rounded(.down)) * (above - below)
    }

    private static func scan(
        _ line: [Double], _ function: ([Double]) -> Double
    ) -> [Double] {
        line.indices.map { function(Array(line[...$0])) }
    }

    private static func recurrence(_ a: [Double], _ b: [Double]) -> [Double] {
        var value = 0.0
        return zip(a, b).map { factor, term in
            value = term + factor * value
            return value
        }
    }

    private static func recurrences(_ grids: [Grid], reversed: Bool) -> Grid {
        let axis = grids[0].shape.count - 1
        return Grid(grids[0].shape) { index in
            let lines = grids.map { grid in
                (0..<grid.shape[axis]).map { grid[Array(index.dropLast()) + [$0]] }
            }
            if !reversed { return recurrence(lines[0], lines[1])[index[axis]] }
            let line = recurrence(lines[0].reversed(), lines[1].reversed())
            return Array(line.reversed())[index[axis]]
        }
    }

    private static func differences(_ line: [Double]) -> [Double] {
        zip(line.dropFirst(), line).map(-)
    }

    private static func distinct(_ list: [Double]) -> Grid {
        let values = Array(Set(list)).sorted()
        return Grid([values.count], values)
    }

    private static func below(_ sorted: [Double], _ value: Double) -> Double {
        Double(sorted.filter { $0 < value }.count)
    }

    private static func inBins(_ x: [Double], _ edges: [Double], _ weights: [Double]) -> Grid {
        var counts = [Double](repeating: 0, count: edges.count - 1)
        for (value, weight) in zip(x, weights) {
            for bin in counts.indices
            where value >= edges[bin]
                && (value < edges[bin + 1] || bin == counts.count - 1 && value == edges[bin + 1])
            {
                counts[bin] += weight
            }
        }
        return Grid([counts.count], counts)
    }

    private static func inBins(_ x: Grid, _ edges: [Double]) -> Grid {
        inBins(x.values, edges, x.values.map { _ in 1 })
    }

    private static func bins(_ x: Grid, _ weights: [Double]?) -> Grid {
        var counts = [Double](repeating: 0, count: 6)
        for (position, value) in x.values.enumerated() {
            counts[(Int(value) + 4) % 4] += weights?[position] ?? 1
        }
        return Grid([6], counts)
    }

    private static func modulo(_ value: Double) -> Int { (Int(value) + 4) % 4 }

    static let ordering: [String: Reference] = [
        "sort": { same($0[0], -1) { $0.sorted() } },
        "sort axis 0 descending": { same($0[0], 0, down) },
        "sort indices": { same($0[0], -1) { order($0) } },
        "argSort": { same($0[0], 0) { order($0, descending: true) } },
        "msort": { same($0[0], 0) { $0.sorted() } },
        "topK": { along($0[0], -1, 3) { Array(down($0).prefix(3)) } },
        "topK smallest axis 0": { along($0[0], 0, 2) { Array($0.sorted().prefix(2)) } },
        "topK indices": { along($0[0], -1, 3) { Array(order($0, descending: true).prefix(3)) } },
        "maxWithIndices": { $0[0].collect([1]) { $0.max() ?? .nan } },
        "minWithIndices": { $0[0].collect([0], keepDims: true) { $0.min() ?? .nan } },
        "kthValue": { $0[0].collect([-1]) { $0.sorted()[1] } },
        "median axis 1": { $0[0].collect([1]) { $0.sorted()[($0.count - 1) / 2] } },
        "median": { $0[0].collect(Array($0[0].shape.indices)) { $0.sorted()[($0.count - 1) / 2] } },
        "nanMedian axis 0": {
            $0[0].collect([0], keepDims: true) { $0.sorted()[($0.count - 1) / 2] }
        },
        "mode": { $0[0].collect([-1]) { $0.min() ?? .nan } },
        "quantile": { $0[0].collect([1]) { quantile($0, 0.3) } },
        "quantiles of all": { grids in
            let values = [0.25, 0.9].map { quantile(grids[0].values, $0) }
            return Grid([2] + grids[0].shape.map { _ in 1 }, values)
        },
        "quantile nearest": { grids in
            let values = [0.3, 0.8].flatMap { q in
                grids[0].collect([-1]) { line in
                    line.sorted()[Int((q * Double(line.count - 1)).rounded(.toNearestOrEven))]
                }.values
            }
            return Grid([2, grids[0].shape[0], 1], values)
        },
        "quantile by tensor": { grids in
            let lines = grids[1].values.map { q in grids[0].collect([0]) { quantile($0, q) } }
            return Grid(grids[1].shape + lines[0].shape, lines.flatMap(\.values))
        },
        "nanQuantile": { grids in
            grids[0].collect([1]) { line in
                let rank = 0.6 * Double(line.count - 1)
                return (line.sorted()[Int(floor(rank))] + line.sorted()[Int(ceil(rank))]) / 2
            }
        },
        "takeAlong": { grids in
            Grid(grids[1].shape) { grids[0][$0.dropLast() + [modulo(grids[1][$0])]] }
        },
        "addAlong": { grids in
            var sums = Grid(grids[0].shape.dropLast() + [4]) { _ in 0 }
            for index in Grid.indices(grids[0].shape) {
                sums[index.dropLast() + [modulo(grids[1][index])]] += grids[0][index]
            }
            return sums
        },
        "unique": { distinct($0[0].values) },
        "unique axis": { grids in
            let columns = (0..<grids[0].shape[1]).map { column in
                (0..<grids[0].shape[0]).map { grids[0][[$0, column]] }
            }.sorted { $0.lexicographicallyPrecedes($1) }
            return Grid(grids[0].shape) { columns[$0[1]][$0[0]] }
        },
        "uniqueConsecutive axis": { $0[0] },
        "uniqueConsecutive": { Grid([$0[0].values.count], $0[0].values) },
        "cumprod": { same($0[0], -1) { scan($0) { $0.reduce(1, *) } } },
        "cumprod with zeros axis 0": {
            same($0[0].map { $0 * rint($0) }, 0) { scan($0) { $0.reduce(1, *) } }
        },
        "logCumSumExp": { same($0[0], -1) { scan($0) { log($0.reduce(0) { $0 + exp($1) }) } } },
        "logCumSumExp axis 0": {
            same($0[0], 0) { scan($0) { log($0.reduce(0) { $0 + exp($1) }) } }
        },
        "cummax": { same($0[0], -1) { scan($0) { $0.max() ?? .nan } } },
        "cummin axis 0": { same($0[0], 0) { scan($0) { $0.min() ?? .nan } } },
        "cummax indices": {
            same($0[0], -1) {
                scan($0) { line in Double(line.lastIndex(of: line.max() ?? 0) ?? 0) }
            }
        },
        "recurrence": { recurrences($0, reversed: false) },
        "recurrence reversed": { recurrences($0, reversed: true) },
        "diff": { along($0[0], -1, max($0[0].shape[1] - 1, 0), differences) },
        "diff twice between others": { grids in
            let (before, middle, after) = (grids[1], grids[0], grids[2])
            let all = Grid(
                [before.shape[0] + middle.shape[0] + after.shape[0], middle.shape[1]],
                before.values + middle.values + after.values)
            return along(all, 0, all.shape[0] - 2) { differences(differences($0)) }
        },
        "searchSorted": { grids in
            Grid(grids[1].shape) { index in
                let rows = grids[0].shape.count == 1 ? [] : Array(index.dropLast())
                let n = grids[0].shape[grids[0].shape.count - 1]
                return below((0..<n).map { grids[0][rows + [$0]] }, grids[1][index])
            }
        },
        "bucketize": { grids in
            let edges = grids[1].values.map { rint($0) }
            return grids[0].map { value in Double(edges.filter { $0 <= rint(value) }.count) }
        },
        "isIn": { grids in
            let others = Set(grids[1].values.map { rint($0 * 2) })
            return grids[0].map { others.contains(rint($0 * 2)) ? 1 : 0 }
        },
        "histc": { inBins($0[0], [-1, -0.5, 0, 0.5, 1, 1.5]) },
        "histogram": { inBins($0[0], [-1.5, -0.5, 0.5, 1.5]) },
        "histogram with weights": { inBins($0[0].values, [-3, -1, 1, 3], $0[1].values) },
        "bincount": { bins($0[0], nil) },
        "bincount with weights": { bins($0[0], $0[1].values) },
    ]
}
