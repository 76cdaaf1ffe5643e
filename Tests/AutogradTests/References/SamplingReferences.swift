import Glibc
import Tensor

// References of random choices, on the same uniform draws, and of tables of embeddings.
extension References {
    private static func draws(_ count: Int) -> [Double] {
        Random(seed: 7).uniform([count], .float64).values()
    }

    private static func ordered(_ keys: [Double]) -> [Int] {
        keys.indices.sorted { keys[$0] < keys[$1] }
    }

    /// The first arrivals where each weight is a rate.
    private static func arrivals(_ weights: [Double], _ drawn: [Double]) -> [Int] {
        ordered(zip(weights, drawn).map { -log1p(-$1) / $0 })
    }

    /// A list for each row of weights, made of it and of `width` draws.
    private static func rows(
        _ x: Grid, _ width: Int, _ pick: ([Double], [Double]) -> [Double]
    ) -> Grid {
        let size = x.shape[x.shape.count - 1]
        let count = x.values.count / size
        let all = draws(count * width)
        var picked: [Double] = []
        for row in 0..<count {
            let weights = Array(x.values.dropFirst(row * size).prefix(size))
            picked += pick(weights, Array(all.dropFirst(row * width).prefix(width)))
        }
        return Grid(x.shape.dropLast() + [width], picked)
    }

    static let sampling: [String: Reference] = [
        "bernoulli": { grids in
            let drawn = draws(grids[0].values.count)
            return Grid(grids[0].shape, zip(grids[0].values, drawn).map { $1 < $0 ? 1 : 0 })
        },
        "multinomial": { grids in
            rows(grids[0], grids[0].shape[grids[0].shape.count - 1]) { weights, drawn in
                arrivals(weights, drawn).map(Double.init)
            }
        },
        "multinomial with replacement": { grids in
            rows(grids[0], 5) { weights, drawn in
                drawn.map { draw in
                    var left = draw * weights.reduce(0, +)
                    var place = 0
                    while left >= weights[place] {
                        left -= weights[place]
                        place += 1
                    }
                    return Double(place)
                }
            }
        },
        "shuffled": { grids in
            let order = ordered(draws(grids[0].shape[0]))
            return Grid(grids[0].shape) { grids[0][[order[$0[0]]] + $0.dropFirst()] }
        },
        "choice": { grids in
            let size = grids[0].shape[0]
            let order = arrivals(Array(repeating: 1, count: size), draws(size))
            return Grid([3] + grids[0].shape.dropFirst()) {
                grids[0][[order[$0[0]]] + $0.dropFirst()]
            }
        },
        "embedding": { grids in
            let table = grids[0]
            return Grid(grids[1].shape + [table.shape[1]]) { index in
                table[[place(grids[1][index.dropLast()]), index[index.count - 1]]]
            }
        },
        "embeddingBag sum": { bag($0, padding: 3) { $0.reduce(0, +) } },
        "embeddingBag mean": { bag($0, padding: nil, mean) },
        "embeddingBag mean without padding": { bag($0, padding: 3, mean) },
        "embeddingBag max": { bag($0, padding: 1) { $0.max() ?? 0 } },
        "embeddingBag offsets sum": { offsets($0, padding: 3) { $0.reduce(0, +) } },
        "embeddingBag offsets mean": { offsets($0, padding: nil, mean) },
        "embeddingBag offsets max": { offsets($0, padding: 1) { $0.max() ?? 0 } },
        "embeddingBag offsets weighted": { grids in
            offsets(grids, padding: nil, weights: grids[2].values) { $0.reduce(0, +) }
        },
        "embeddingBag weighted": { grids in
            Grid([grids[1].shape[0], grids[0].shape[1]]) { index in
                (0..<grids[1].shape[1]).reduce(0) { sum, item in
                    let own = [index[0], item]
                    return sum + grids[2][own] * grids[0][[place(grids[1][own]), index[1]]]
                }
            }
        },
    ]

    private static func place(_ value: Double) -> Int { value < 0 ? Int(value) + 5 : Int(value) }

    private static func mean(_ list: [Double]) -> Double {
        list.isEmpty ? 0 : list.reduce(0, +) / Double(list.count)
    }

    private static func bag(
        _ grids: [Grid], padding: Int?, _ combine: ([Double]) -> Double
    ) -> Grid {
        Grid([grids[1].shape[0], grids[0].shape[1]]) { index in
            let places = (0..<grids[1].shape[1]).map { place(grids[1][[index[0], $0]]) }
            return combine(places.filter { $0 != padding }.map { grids[0][[$0, index[1]]] })
        }
    }

    /// Bags that begin at the indices 0, 2, 2 and 4.
    private static func offsets(
        _ grids: [Grid], padding: Int?, weights: [Double]? = nil,
        _ combine: ([Double]) -> Double
    ) -> Grid {
        let (starts, places) = ([0, 2, 2, 4], grids[1].values.map(place))
        return Grid([4, grids[0].shape[1]]) { index in
            let end = index[0] == 3 ? places.count : starts[index[0] + 1]
            let items = (starts[index[0]]..<end).filter { places[$0] != padding }
            return combine(items.map { (weights?[$0] ?? 1) * grids[0][[places[$0], index[1]]] })
        }
    }
}
