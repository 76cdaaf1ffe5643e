// References of images of other sizes: every result is asked for, in double.
extension References {
    /// What results along an axis are made of: places of the input, and the share of each.
    private typealias Taps = (_ place: Int, _ size: Int) -> [(place: Int, share: Double)]

    /// The last axes with other sizes.
    private static func resampled(_ x: Grid, _ sizes: [Int], _ taps: [Taps]) -> Grid {
        let lead = x.shape.count - sizes.count
        return Grid(x.shape.prefix(lead) + sizes) { index in
            let chosen = taps.indices.map { taps[$0](index[lead + $0], x.shape[lead + $0]) }
            return Grid.indices(chosen.map(\.count)).reduce(0.0) { sum, choice in
                let parts = zip(chosen, choice).map { $0[$1] }
                let share = parts.reduce(1.0) { $0 * $1.share }
                return sum + share * x[index.prefix(lead) + parts.map(\.place)]
            }
        }
    }

    private static func line(at point: Double, _ size: Int) -> [(place: Int, share: Double)] {
        let place = min(max(point, 0), Double(size - 1))
        let low = Int(place.rounded(.down))
        let share = place - Double(low)
        return [(low, 1 - share), (min(low + 1, size - 1), share)]
    }

    /// The nearest element before the place that a share of all sizes has.
    private static func nearest(_ count: Int) -> Taps {
        { place, size in [((0..<size).last { $0 * count <= place * size } ?? 0, 1)] }
    }

    private static func edges(_ factor: Double) -> Taps {
        { place, size in line(at: (Double(place) + 0.5) / factor - 0.5, size) }
    }

    private static func corners(_ count: Int) -> Taps {
        { place, size in
            line(at: Double(place) * Double(size - 1) / Double(count - 1), size)
        }
    }

    static let upsampling: [String: Reference] = [
        "upsample nearest by 3": {
            let last = $0[0].shape.last ?? 0
            return resampled($0[0], [last * 3], [nearest(last * 3)])
        },
        "upsample nearest to sizes": { resampled($0[0], [5, 3], [nearest(5), nearest(3)]) },
        "upsample linear": {
            let sizes = zip($0[0].shape.suffix(2), [2, 1.5]).map { Int(Double($0) * $1) }
            return resampled($0[0], sizes, [edges(2), edges(1.5)])
        },
        "upsample linear, corners aligned": {
            resampled($0[0], [7, 3], [corners(7), corners(3)])
        },
        "pixelShuffle": {
            let (x, n) = ($0[0], $0[0].shape.count)
            let sizes = [x.shape[n - 3] / 4, x.shape[n - 2] * 2, x.shape[n - 1] * 2]
            return Grid(x.shape.dropLast(3) + sizes) { index in
                let (channel, row, column) = (index[n - 3], index[n - 2], index[n - 1])
                let source = channel * 4 + row % 2 * 2 + column % 2
                return x[index.dropLast(3) + [source, row / 2, column / 2]]
            }
        },
        "pixelUnshuffle": {
            let (x, n) = ($0[0], $0[0].shape.count)
            let sizes = [x.shape[n - 3] * 4, x.shape[n - 2] / 2, x.shape[n - 1] / 2]
            return Grid(x.shape.dropLast(3) + sizes) { index in
                let (channel, row, column) = (index[n - 3], index[n - 2], index[n - 1])
                let (down, right) = (channel % 4 / 2, channel % 2)
                return x[index.dropLast(3) + [channel / 4, row * 2 + down, column * 2 + right]]
            }
        },
        "maxOut": {
            let x = $0[0]
            return Grid(x.shape.dropLast() + [(x.shape.last ?? 0) / 3]) { index in
                let unit = index[index.count - 1]
                return (0..<3).map { x[index.dropLast() + [unit * 3 + $0]] }.max() ?? .nan
            }
        },
    ]
}
