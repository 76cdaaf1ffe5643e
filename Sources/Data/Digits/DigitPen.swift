import Glibc
import Tensor

/// Draws one digit: an outline with trembling control points, distorted, moved and inked.
struct DigitPen {
    private var random: Random
    private let bend: [Wave]
    private let toPixels: Affine
    private let jitter: Double

    /// A displacement that varies smoothly over the box.
    private struct Wave {
        let amplitude: Point
        let frequency: Point
        let phase: Double

        func displacement(at point: Point) -> Point {
            amplitude * sin((point * frequency).sum() + phase)
        }
    }

    private struct Affine {
        let x: Point
        let y: Point
        let offset: Point

        func apply(_ point: Point) -> Point {
            Point((point * x).sum(), (point * y).sum()) + offset
        }
    }

    init(_ random: Random) {
        var random = random
        bend = (0..<2).map { _ in DigitPen.wave(&random) }
        toPixels = DigitPen.affine(&random)
        jitter = 3.7
        self.random = random
    }

    private static func wave(_ random: inout Random) -> Wave {
        let size = Point(random.between(-4.2, 4.2), random.between(-4.2, 4.2))
        let direction = random.between(0, 2 * .pi)
        let frequency = random.between(0.025, 0.075)
        return Wave(
            amplitude: size, frequency: Point(cos(direction), sin(direction)) * frequency,
            phase: random.between(0, 2 * .pi))
    }

    /// From units around the box's centre to pixels: stretched, slanted, turned, shifted.
    private static func affine(_ random: inout Random) -> Affine {
        let height = random.between(0.18, 0.226)
        let width = height * random.between(0.77, 1.15)
        let slant = random.between(-0.3, 0.3)
        let angle = random.between(-0.23, 0.23)
        let (c, s) = (cos(angle), sin(angle))
        let shift = Point(random.between(-1.8, 1.8), random.between(-1.8, 1.8))
        return Affine(
            x: Point(c * width, -s * height + c * slant * height),
            y: Point(s * width, c * height + s * slant * height),
            offset: Point(14, 14) + shift)
    }

    /// Draws `digit` into 28 × 28 bytes.
    mutating func draw(_ digit: Int, into pixels: UnsafeMutableBufferPointer<UInt8>) {
        let styles = DigitOutlines.styles(of: digit)
        let outline = styles[Int(random.next() % UInt64(styles.count))]
        var canvas = InkCanvas(
            radius: random.between(0.55, 1.75), softness: random.between(0.45, 1.0))
        for line in flattened(outline) { canvas.stroke(line.map(place)) }
        if random.between(0, 1) < 0.13 { canvas.stroke(speck()) }
        canvas.develop(
            ink: random.between(150, 255), noise: random.between(4, 28), &random, into: pixels)
    }

    private func place(_ point: Point) -> Point {
        let centred = point - Point(50, 50)
        return toPixels.apply(bend.reduce(centred) { $0 + $1.displacement(at: centred) })
    }

    /// A slip of the pen somewhere, in pixels.
    private mutating func speck() -> [Point] {
        let start = Point(random.between(2, 26), random.between(2, 26))
        return [start, start + Point(random.between(-4, 4), random.between(-4, 4))]
    }

    private mutating func trembling(_ x: Double, _ y: Double) -> Point {
        Point(x + random.between(-jitter, jitter), y + random.between(-jitter, jitter))
    }

    /// The outline as lines of short straight pieces.
    private mutating func flattened(_ outline: [PathStep]) -> [[Point]] {
        var lines: [[Point]] = []
        var current: [Point] = []
        for step in outline {
            let start = current.last ?? Point(50, 50)
            switch step {
            case .move(let x, let y):
                lines.append(current)
                current = [trembling(x, y)]
            case .line(let x, let y):
                let end = trembling(x, y)
                current += samples(6) { start + (end - start) * $0 }
            case .quad(let cx, let cy, let x, let y):
                let (control, end) = (trembling(cx, cy), trembling(x, y))
                let (c1, c2) = ((start + control * 2) / 3, (end + control * 2) / 3)
                current += samples(10) { DigitPen.cubic(start, c1, c2, end, $0) }
            case .cubic(let ax, let ay, let bx, let by, let x, let y):
                let (a, b, end) = (trembling(ax, ay), trembling(bx, by), trembling(x, y))
                current += samples(12) { DigitPen.cubic(start, a, b, end, $0) }
            case .ellipse(let x, let y, let rx, let ry):
                lines.append(ellipse(trembling(x, y), trembling(rx, ry)))
            }
        }
        return lines + [current]
    }

    /// A loop that begins anywhere and, like a hurried hand, may close too early or too late.
    private mutating func ellipse(_ centre: Point, _ radii: Point) -> [Point] {
        let start = random.between(0, 2 * .pi)
        let sweep = 2 * Double.pi + random.between(-0.5, 0.3)
        let drift = random.between(-0.12, 0.12)
        return samples(26, from: 0) { t in
            let angle = start + sweep * t
            return centre + radii * (1 + drift * t) * Point(cos(angle), sin(angle))
        }
    }

    private func samples(_ count: Int, from first: Int = 1, _ at: (Double) -> Point) -> [Point] {
        (first...count).map { at(Double($0) / Double(count)) }
    }

    private static func cubic(
        _ a: Point, _ b: Point, _ c: Point, _ d: Point, _ t: Double
    ) -> Point {
        let ab = a + (b - a) * t
        let bc = b + (c - b) * t
        let cd = c + (d - c) * t
        let first = ab + (bc - ab) * t
        let second = bc + (cd - bc) * t
        return first + (second - first) * t
    }
}

extension Random {
    /// A number in [low, high), from the high bits of one draw.
    func between(_ low: Double, _ high: Double) -> Double {
        low + (high - low) * (Double(next() >> 11) * 0x1p-53)
    }
}
