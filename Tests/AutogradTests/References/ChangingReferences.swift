// References of operations that choose elements by several tensors, or change those chosen.
extension References {
    private static func wrapped(_ value: Double, _ size: Int) -> Int {
        value < 0 ? Int(value) + size : Int(value)
    }

    /// Where each element of `index`, along an axis, stands in an array of a shape.
    private static func targets(
        _ index: Grid, _ shape: [Int], _ axis: Int
    ) -> [(place: [Int], item: [Int])] {
        Grid.indices(index.shape).map { item in
            var place = item
            place[axis] = wrapped(index[item], shape[axis])
            return (place, item)
        }
    }

    private static func reducing(
        _ includingSelf: Bool, _ combine: @escaping @Sendable ([Double]) -> Double
    ) -> Reference {
        { grids in
            var met: [[Int]: [Double]] = [:]
            for (place, item) in targets(grids[1], grids[0].shape, grids[0].shape.count - 1) {
                met[place, default: includingSelf ? [grids[0][place]] : []].append(grids[2][item])
            }
            return Grid(grids[0].shape) { met[$0].map(combine) ?? grids[0][$0] }
        }
    }

    private static func sum(_ list: [Double]) -> Double { list.reduce(0, +) }
    private static func mean(_ list: [Double]) -> Double { sum(list) / Double(list.count) }
    private static func product(_ list: [Double]) -> Double { list.reduce(1, *) }
    private static func largest(_ list: [Double]) -> Double { list.max() ?? 0 }
    private static func smallest(_ list: [Double]) -> Double { list.min() ?? 0 }

    private static func written(
        _ grid: Grid, _ writes: [(place: [Int], value: Double)], adding: Bool = false
    ) -> Grid {
        var result = grid
        for (place, value) in writes { result[place] = adding ? result[place] + value : value }
        return result
    }

    static let changing: [String: Reference] = choosing.merging(scattering) { one, _ in one }
        .merging(writing) { one, _ in one }

    private static let choosing: [String: Reference] = [
        "x[i, j]": { grids in
            let (x, i, j) = (grids[0], grids[1], grids[2])
            let wide = Grid.broadcast([i.shape, j.shape])
            return Grid(wide + x.shape.dropFirst(2)) { index in
                let own = Array(index.prefix(wide.count))
                return x[
                    [wrapped(i.spread(own), 3), wrapped(j.spread(own), 4)]
                        + index.dropFirst(wide.count)]
            }
        },
        "x[all, i, j]": { grids in
            let (x, i, j) = (grids[0], grids[1], grids[2])
            return Grid([x.shape[0]] + i.shape + x.shape.dropFirst(3)) { index in
                let own = [index[1]]
                return x[
                    [index[0], wrapped(i[own], 3), wrapped(j[own], 4)] + index.dropFirst(2)]
            }
        },
        "x[i, all, j]": { grids in
            let (x, i, j) = (grids[0], grids[1], grids[2])
            let wide = Grid.broadcast([i.shape, j.shape])
            return Grid(wide + [x.shape[1]]) { index in
                let own = Array(index.prefix(wide.count))
                return x[
                    [wrapped(i.spread(own), 3), index[wide.count], wrapped(j.spread(own), 4)]]
            }
        },
        "gather of fewer": { grids in
            Grid(grids[1].shape) { grids[0][[$0[0], wrapped(grids[1][$0], 4)]] }
        },
        "takeAlong axis 1": { grids in
            let (x, i) = (grids[0], grids[1])
            var one = x.shape
            var other = i.shape
            (one[1], other[1]) = (1, 1)
            var shape = Grid.broadcast([one, other])
            shape[1] = i.shape[1]
            return Grid(shape) { index in
                var source = index
                source[1] = wrapped(i.spread(index), 4)
                return x.spread(source)
            }
        },
        "where else n": { grids in
            Grid(Grid.broadcast([grids[0].shape, grids[1].shape])) {
                grids[0].spread($0) != 0 ? grids[1].spread($0) : 1.5
            }
        },
        "where n else": { grids in
            Grid(Grid.broadcast([grids[0].shape, grids[1].shape])) {
                grids[0].spread($0) != 0 ? 1.5 : grids[1].spread($0)
            }
        },
    ]

    private static let scattering: [String: Reference] = [
        "scatter": { grids in
            let shape = grids[0].shape
            let axis = shape == [4, 2] ? 0 : shape.count - 1
            return written(
                grids[0], targets(grids[1], shape, axis).map { ($0.place, grids[2][$0.item]) })
        },
        "scatter n": { grids in
            let shape = grids[0].shape
            return written(
                grids[0], targets(grids[1], shape, shape.count - 1).map { ($0.place, 1.5) })
        },
        "scatterReduce sum": reducing(true, sum),
        "scatterReduce sum alone": reducing(false, sum),
        "scatterReduce mean": reducing(true, mean),
        "scatterReduce mean alone": reducing(false, mean),
        "scatterReduce max": reducing(true, largest),
        "scatterReduce min alone": reducing(false, smallest),
        "scatterReduce prod": reducing(true, product),
        "scatterReduce prod with zeros": { grids in
            let source = grids[2].map { $0 * $0.rounded(.toNearestOrEven) }
            return reducing(false, product)([grids[0], grids[1], source])
        },
        "indexReduce max": { grids in
            var result = grids[0]
            for index in Grid.indices(grids[2].shape) {
                let place = [index[0], wrapped(grids[1][[index[1]]], 3)]
                result[place] = Swift.max(result[place], grids[2][index])
            }
            return result
        },
    ]

    private static let writing: [String: Reference] = [
        "indexCopy": { grids in
            written(
                grids[0],
                Grid.indices(grids[2].shape).map { item in
                    var place = item
                    place[1] = wrapped(grids[1][[item[1]]], 3)
                    return (place, grids[2][item])
                })
        },
        "indexFill": { grids in
            let filled = Set(grids[1].values.map { wrapped($0, 3) })
            return Grid(grids[0].shape) { filled.contains($0[1]) ? 1.5 : grids[0][$0] }
        },
        "indexPut": { grids in
            let (x, i, j) = (grids[0], grids[1], grids[2])
            let wide = Grid.broadcast([i.shape, j.shape])
            let places = Grid.indices(wide + x.shape.dropFirst(2))
            return written(
                x,
                places.map { index in
                    let own = Array(index.prefix(wide.count))
                    let chosen = [wrapped(i.spread(own), 3), wrapped(j.spread(own), 4)]
                    let extra = Swift.max(0, grids[3].shape.count - index.count)
                    let source = Grid(Array(grids[3].shape.dropFirst(extra)), grids[3].values)
                    return (chosen + index.dropFirst(wide.count), source.spread(index))
                })
        },
        "indexPut accumulating": { grids in
            let wide = grids[1].shape
            let columns = grids[0].shape[1] - 1
            return written(
                grids[0],
                Grid.indices(wide + [columns]).map { index in
                    let row = wrapped(grids[1].spread(Array(index.dropLast())), 3)
                    return ([row, index[index.count - 1] + 1], grids[2].spread(index))
                }, adding: true)
        },
        "indexPut of a slice": { grids in
            let columns = grids[0].shape[1]
            return written(
                grids[0],
                Grid.indices([2, (columns + 1) / 2]).map { index in
                    ([index[0], columns - 1 - 2 * index[1]], grids[1].spread(index))
                })
        },
        "put": { grids in put(grids, adding: false) },
        "put accumulating": { grids in put(grids, adding: true) },
        "maskedScatter": { grids in
            var left = grids[2].values[...]
            return Grid(grids[0].shape) { index in
                let old = grids[0][index]
                return grids[1].spread(index) != 0 ? left.popFirst() ?? 0 : old
            }
        },
    ]

    private static func put(_ grids: [Grid], adding: Bool) -> Grid {
        var values = grids[0].values
        for (place, value) in zip(grids[1].values, grids[2].values) {
            let place = wrapped(place, 6)
            values[place] = adding ? values[place] + value : value
        }
        return Grid(grids[0].shape, values)
    }
}
