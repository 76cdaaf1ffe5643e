import Tensor

/// 28 × 28 pixels that remember how far they are from the pen's path.
struct InkCanvas {
    static let side = 28

    /// Squared distances, in pixels.
    private var distances: [Double]
    private let radius: Double
    private let softness: Double

    /// A pen of a radius and with an edge that fades over `softness`, both in pixels.
    init(radius: Double, softness: Double) {
        self.radius = radius
        self.softness = softness
        distances = Array(repeating: .infinity, count: InkCanvas.side * InkCanvas.side)
    }

    /// Draws straight pieces from point to point.
    mutating func stroke(_ points: [Point]) {
        for index in points.indices.dropFirst() { piece(points[index - 1], points[index]) }
    }

    private mutating func piece(_ a: Point, _ b: Point) {
        let reach = radius + softness
        let low = pointwiseMin(a, b) - reach
        let high = pointwiseMax(a, b) + reach
        let columns = InkCanvas.pixels(low.x, high.x)
        let direction = b - a
        let length = max((direction * direction).sum(), 1e-9)
        for y in InkCanvas.pixels(low.y, high.y) {
            for x in columns {
                let to = Point(Double(x) + 0.5, Double(y) + 0.5) - a
                let along = min(max((to * direction).sum() / length, 0), 1)
                let gap = to - direction * along
                let index = y * InkCanvas.side + x
                distances[index] = min(distances[index], (gap * gap).sum())
            }
        }
    }

    /// The pixels whose centres lie between two coordinates.
    private static func pixels(_ low: Double, _ high: Double) -> Range<Int> {
        let limit = Double(side)
        let first = Int(min(max(low.rounded(.down), 0), limit))
        return first..<max(first, Int(min(max(high.rounded(.up), 0), limit)))
    }

    /// Writes grey values: ink where the pen passed, noise everywhere.
    func develop(
        ink: Double, noise: Double, _ random: inout Random,
        into pixels: UnsafeMutableBufferPointer<UInt8>
    ) {
        var bits: UInt64 = 0
        for index in distances.indices {
            if index.isMultiple(of: 4) { bits = random.next() }
            // The difference of two bytes: noise that peaks at 0.
            let grain = Double(Int(bits & 255) - Int(bits >> 8 & 255)) / 255
            bits >>= 16
            let depth = (radius + softness - distances[index].squareRoot()) / (2 * softness)
            let cover = min(max(depth, 0), 1)
            let value = ink * cover * cover * (3 - 2 * cover) + noise * grain
            pixels[index] = UInt8(min(max(value.rounded(), 0), 255))
        }
    }
}
