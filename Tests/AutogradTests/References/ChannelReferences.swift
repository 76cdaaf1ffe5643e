// References of normalizations: the elements that belong together are listed, one list after the
// other.
extension References {
    /// Elements that have the same `key` brought to mean 0 and variance 1, ε being 0.1.
    private static func normalized(_ x: Grid, by key: ([Int]) -> [Int]) -> Grid {
        var members: [[Int]: [Double]] = [:]
        for index in Grid.indices(x.shape) { members[key(index), default: []].append(x[index]) }
        return Grid(x.shape) { index in
            let group = members[key(index)] ?? []
            let mean = group.reduce(0, +) / Double(group.count)
            let variance = group.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(group.count)
            return (x[index] - mean) / (variance + 0.1).squareRoot()
        }
    }

    private static func affine(_ x: Grid, _ grids: [Grid]) -> Grid {
        Grid(x.shape) { x[$0] * grids[1][[$0[1]]] + grids[2][[$0[1]]] }
    }

    private static func rectified(_ y: Grid) -> Grid { Grid(y.shape) { max(y[$0], 0) } }

    static let channels: [String: Reference] = [
        "batchNorm": { affine(normalized($0[0]) { [$0[1]] }, $0) },
        "batchNorm of large planes": { normalized($0[0]) { [$0[1]] } },
        "batchNorm with ReLU": { rectified(affine(normalized($0[0]) { [$0[1]] }, $0)) },
        "batchNorm, sum and ReLU": { grids in
            let y = affine(normalized(grids[0]) { [$0[1]] }, grids)
            return rectified(Grid(y.shape) { y[$0] + grids[3][$0] })
        },
        "batchNorm and sum of large planes": { grids in
            let y = normalized(grids[0]) { [$0[1]] }
            return Grid(y.shape) { y[$0] + grids[1][$0] }
        },
        "batchNorm by given moments": { grids in
            Grid(grids[0].shape) { index in
                let centred = grids[0][index] - grids[1][[index[1]]]
                return centred / (grids[2][[index[1]]] + 0.1).squareRoot()
            }
        },
        "groupNorm": { grids in
            let size = grids[0].shape[1] / 2
            return affine(normalized(grids[0]) { [$0[0], $0[1] / size] }, grids)
        },
        "instanceNorm": { normalized($0[0]) { [$0[0], $0[1]] } },
    ]
}
