// References of poolings: every element of every window is asked for.
extension References {
    /// How windows lie along one axis.
    private struct Windows {
        /// The places of each window's elements, some outside.
        var places: [[Int]]
        /// What counts of each in a mean: its places up to the end of the padding.
        var counted: [Int]

        static func moving(
            _ size: Int, _ kernel: Int, _ stride: Int, low: Int = 0, dilation: Int = 1,
            ceil: Bool = false
        ) -> Windows {
            var result = Windows(places: [], counted: [])
            for start in Swift.stride(from: -low, to: size, by: stride) {
                let places = (0..<kernel).map { start + $0 * dilation }
                let isWhole = places[kernel - 1] < size + low
                if !isWhole && !ceil { break }
                result.places.append(places)
                result.counted.append(places.filter { $0 < size + low }.count)
                if !isWhole || places[kernel - 1] == size + low - 1 { break }
            }
            return result
        }

        static func adaptive(_ size: Int, _ count: Int) -> Windows {
            let places = (0..<count).map { index in
                (0..<size).filter { $0 >= index * size / count && $0 * count < (index + 1) * size }
            }
            return Windows(places: places, counted: places.map(\.count))
        }
    }

    /// What `combine` makes of the elements of each window that lie inside, and of how many count.
    private static func pool(
        _ x: Grid, _ axes: [Windows], _ combine: ([Double], Int) -> Double
    ) -> Grid {
        poolPlaces(x, axes) { elements, counted in combine(elements.map(\.value), counted) }
    }

    /// The same of elements that know their places in the plane.
    private static func poolPlaces(
        _ x: Grid, _ axes: [Windows], _ combine: ([(value: Double, place: Int)], Int) -> Double
    ) -> Grid {
        let lead = x.shape.count - axes.count
        return Grid(x.shape.prefix(lead) + axes.map(\.places.count)) { index in
            var elements: [(value: Double, place: Int)] = []
            let chosen = zip(axes, index.dropFirst(lead)).map { $0.places[$1] }
            let counted = zip(axes, index.dropFirst(lead)).reduce(1) { $0 * $1.0.counted[$1.1] }
            for tap in Grid.indices(chosen.map(\.count)) {
                let place = zip(chosen, tap).map { $0[$1] }
                let isInside = zip(place, x.shape.dropFirst(lead)).allSatisfy { $0 >= 0 && $0 < $1 }
                guard isInside else { continue }
                let number = zip(place, x.shape.dropFirst(lead)).reduce(0) { $0 * $1.1 + $1.0 }
                elements.append((x[index.prefix(lead) + place], number))
            }
            return combine(elements, counted)
        }
    }

    private static func largest(_ elements: [Double], _ count: Int) -> Double {
        elements.max() ?? -.infinity
    }
    /// Where the first of the largest elements is.
    private static func placeOfLargest(
        _ elements: [(value: Double, place: Int)], _ count: Int
    ) -> Double {
        let most = elements.map(\.value).max()
        return Double(elements.first { $0.value == most }?.place ?? -1)
    }
    private static func mean(_ elements: [Double], _ count: Int) -> Double {
        elements.reduce(0, +) / Double(count)
    }

    static let pooling: [String: Reference] = [
        "maxPool1d": { pool($0[0], [.moving($0[0].shape.last ?? 0, 3, 2, low: 1)], largest) },
        "maxPool2d": { pool($0[0], $0[0].shape.suffix(2).map { .moving($0, 2, 2) }, largest) },
        "maxPool2d overlapping, dilated": {
            let sizes = Array($0[0].shape.suffix(2))
            let rows = Windows.moving(sizes[0], 3, 2, low: 1, ceil: true)
            let columns = Windows.moving(sizes[1], 2, 1, dilation: 3, ceil: true)
            return pool($0[0], [rows, columns], largest)
        },
        "maxPool2d indices": {
            let sizes = Array($0[0].shape.suffix(2))
            let rows = Windows.moving(sizes[0], 3, 2, low: 1, ceil: true)
            let columns = Windows.moving(sizes[1], 2, 1, dilation: 3, ceil: true)
            return poolPlaces($0[0], [rows, columns], placeOfLargest)
        },
        "adaptiveMaxPool1d indices": {
            poolPlaces($0[0], [.adaptive($0[0].shape.last ?? 0, 3)], placeOfLargest)
        },
        "maxPool3d": {
            let sizes = Array($0[0].shape.suffix(3))
            return pool($0[0], zip(sizes, [1, 2, 1]).map { .moving($0, 2, $1) }, largest)
        },
        "adaptiveMaxPool2d": {
            let sizes = Array($0[0].shape.suffix(2))
            return pool($0[0], [.adaptive(sizes[0], 2), .adaptive(sizes[1], 3)], largest)
        },
        "avgPool1d": { pool($0[0], [.moving($0[0].shape.last ?? 0, 3, 2, low: 1)], mean) },
        "avgPool2d": {
            let sizes = Array($0[0].shape.suffix(2))
            let rows = Windows.moving(sizes[0], 3, 2, low: 1, ceil: true)
            let columns = Windows.moving(sizes[1], 2, 3, ceil: true)
            return pool($0[0], [rows, columns]) { elements, _ in mean(elements, elements.count) }
        },
        "avgPool3d": {
            pool($0[0], $0[0].shape.suffix(3).map { .moving($0, 2, 1) }) { elements, _ in
                mean(elements, 5)
            }
        },
        "adaptiveAvgPool2d": {
            let sizes = Array($0[0].shape.suffix(2))
            return pool($0[0], [.adaptive(sizes[0], 2), .adaptive(sizes[1], 3)], mean)
        },
    ]
}
