// References of convolutions: sums over all places and elements of a kernel.
extension References {
    /// How a kernel moves, with numbers for each axis.
    private struct Move {
        var stride: [Int]
        var low: [Int]
        var dilation: [Int]
        var groups = 1

        static func plain(_ axes: Int, low: Int = 0) -> Move {
            let ones = Array(repeating: 1, count: axes)
            return Move(stride: ones, low: ones.map { $0 * low }, dilation: ones)
        }
    }

    /// Calls `body` with the positions in x, w and y of each product of a convolution: x and y
    /// being the larger and the smaller side.
    private static func products(
        x: [Int], w: [Int], y: [Int], _ move: Move, _ body: ([Int], [Int], [Int]) -> Void
    ) {
        for at in Grid.indices(y) {
            let group = at[1] / max(1, w[0] / move.groups)
            for tap in Grid.indices(Array(w.dropFirst())) {
                var place: [Int] = []
                for axis in 0..<move.stride.count {
                    let start: Int = at[axis + 2] * move.stride[axis] - move.low[axis]
                    place.append(start + tap[axis + 1] * move.dilation[axis])
                }
                let isInside = zip(place, x.dropFirst(2)).allSatisfy { $0 >= 0 && $0 < $1 }
                let channel: Int = group * w[1] + tap[0]
                if isInside { body([at[0], channel] + place, [at[1]] + tap, at) }
            }
        }
    }

    private static func forward(_ grids: [Grid], out: [Int], _ move: Move) -> Grid {
        let (x, w) = (grids[0], grids[1])
        var y = Grid([x.shape[0], w.shape[0]] + out) { grids[2][[$0[1]]] }
        products(x: x.shape, w: w.shape, y: y.shape, move) { y[$2] += x[$0] * w[$1] }
        return y
    }

    private static func transposed(_ grids: [Grid], out: [Int], _ move: Move) -> Grid {
        let (y, w) = (grids[0], grids[1])
        var x = Grid([y.shape[0], w.shape[1] * move.groups] + out) { grids[2][[$0[1]]] }
        products(x: x.shape, w: w.shape, y: y.shape, move) { x[$0] += y[$2] * w[$1] }
        return x
    }

    /// The sizes of a convolution that moves by 1 over what it is given.
    private static func fitting(_ grids: [Grid], more: Int = 0) -> [Int] {
        zip(grids[0].shape.dropFirst(2), grids[1].shape.dropFirst(2)).map { $0 - $1 + 1 + more }
    }

    static let convolution: [String: Reference] = [
        "conv1d": { forward($0, out: fitting($0, more: 2), .plain(1, low: 1)) },
        "conv2d": { grids in
            if grids[0].shape.count == 4 { return forward(grids, out: fitting(grids), .plain(2)) }
            let x = Grid([1] + grids[0].shape, grids[0].values)
            let y = forward([x] + grids.dropFirst(), out: fitting([x, grids[1]]), .plain(2))
            return Grid(Array(y.shape.dropFirst()), y.values)
        },
        "conv2d with ReLU": { grids in
            let y = forward(grids, out: fitting(grids), .plain(2))
            return Grid(y.shape) { max(y[$0], 0) }
        },
        "conv2d strided, dilated, in groups": { grids in
            let (x, w) = (grids[0].shape, grids[1].shape)
            let height: Int = (x[2] + 3 - w[2]) / 2 + 1
            let width: Int = x[3] + 1 - 2 * (w[3] - 1)
            let move = Move(stride: [2, 1], low: [1, 0], dilation: [1, 2], groups: 2)
            return forward(grids, out: [height, width], move)
        },
        "conv1d stepping over": {
            forward($0, out: [3], Move(stride: [4], low: [0], dilation: [1]))
        },
        "conv2d same": { grids in
            let (x, w) = (grids[0].shape, grids[1].shape)
            let out: [Int] = [(x[2] + 1) / 2, (x[3] + 1) / 2]
            var low: [Int] = []
            for axis in 0..<2 {
                let reach: Int = (out[axis] - 1) * 2 + w[axis + 2]
                low.append(max(0, reach - x[axis + 2]) / 2)
            }
            return forward(grids, out: out, Move(stride: [2, 2], low: low, dilation: [1, 1]))
        },
        "conv3d": { grids in
            let x = Grid([1, 2, 3, 4, 3], grids[0].values)
            let weight = Grid([2, 2, 2, 2, 2], grids[1].values)
            let y = forward([x, weight, grids[2]], out: [2, 3, 2], .plain(3))
            return Grid([y.values.count], y.values)
        },
        "convTranspose1d": { grids in
            let length: Int = (grids[0].shape[2] - 1) * 2 + grids[1].shape[2]
            return transposed(grids, out: [length], Move(stride: [2], low: [0], dilation: [1]))
        },
        "convTranspose2d": { grids in
            let (x, w) = (grids[0].shape, grids[1].shape)
            let height: Int = (x[2] - 1) * 2 + 2 * (w[2] - 1)
            let width: Int = (x[3] - 1) * 3 + w[3] + 2
            let move = Move(stride: [2, 3], low: [1, 0], dilation: [2, 1], groups: 2)
            return transposed(grids, out: [height, width], move)
        },
        "convTranspose3d": { grids in
            let x = Grid([1, 2, 2, 3, 2], grids[0].values)
            let weight = Grid([2, 1, 2, 2, 2], grids[1].values)
            let y = transposed([x, weight, grids[2]], out: [3, 4, 3], .plain(3))
            return Grid([y.values.count], y.values)
        },
    ]
}
