import FTSupport

/// Curves in Braille signs, two by four dots each, the number of a curve at the height of its end.
struct DotPlot {
    private static let (columns, rows) = (56, 14)
    private static let labelWidth = 9
    private let curves: [[(x: Double, y: Double)]]
    private let title: String
    private let label: (Double) -> String
    private let across: Axis
    private let up: Axis
    /// The dots of each sign, row after row.
    private var dots = [UInt8](repeating: 0, count: columns * rows)

    /// - Parameters:
    ///   - title: what lies across.
    ///   - label: how its numbers are written.
    init(
        _ curves: [[(x: Double, y: Double)]], axis title: String = "epoch",
        label: @escaping (Double) -> String = Axis.label
    ) {
        (self.curves, self.title, self.label) = (curves, title, label)
        let points = curves.flatMap { $0 }
        across = Axis(points.map(\.x), ticks: 5)
        up = Axis(points.map(\.y), ticks: 4)
        for curve in curves { draw(curve) }
    }

    /// At most 80 columns.
    var lines: [String] {
        var labels = [String](repeating: "", count: DotPlot.rows)
        for (tick, label) in zip(up.ticks, heights) { labels[row(of: tick)] = label }
        var ends = [[String]](repeating: [], count: DotPlot.rows)
        for (index, curve) in curves.enumerated() where curves.count > 1 {
            guard let last = curve.last(where: { $0.y.isFinite }) else { continue }
            ends[row(of: last.y)].append("\(index + 1)")
        }
        let body = (0..<DotPlot.rows).map { row -> String in
            let label = labels[row].padded(to: DotPlot.labelWidth, left: false)
            let line = dots[row * DotPlot.columns..<(row + 1) * DotPlot.columns].map { dots in
                dots == 0 ? " " : Character(Unicode.Scalar(0x2800 + UInt32(dots)) ?? " ")
            }
            let text = "\(label) │\(String(line)) \(ends[row].joined(separator: " ").cut(to: 12))"
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
        let margin = String(repeating: " ", count: DotPlot.labelWidth + 1)
        return body + [
            margin + "└" + String(repeating: "─", count: DotPlot.columns), margin + " " + widths,
        ]
    }

    /// The ticks' labels up the side, with as many digits as tell them apart.
    private var heights: [String] {
        for digits in 3...8 {
            let labels = up.ticks.map { Format.short($0, digits: digits) }
            if Set(labels).count == labels.count { return labels }
        }
        return up.ticks.map { Format.short($0, digits: 2) }
    }

    /// What stands below: both ends, and between them whole ticks where there is room.
    private var widths: String {
        let (first, last) = (label(across.low), "\(title) \(label(across.high))")
        var line =
            first.padded(to: max(first.count + 1, DotPlot.columns - last.count), left: true) + last
        var free = first.count + 1..<max(first.count + 1, DotPlot.columns - last.count - 1)
        for tick in across.ticks where tick == tick.rounded() {
            let text = label(tick)
            guard let place = across.place(tick) else { continue }
            let start = Int(place * Double(DotPlot.columns - 1)) - text.count / 2
            guard start > free.lowerBound, start + text.count < free.upperBound else { continue }
            let from = line.index(line.startIndex, offsetBy: start)
            let to = line.index(from, offsetBy: text.count)
            line.replaceSubrange(from..<to, with: text)
            free = start + text.count + 1..<free.upperBound
        }
        return line
    }

    private func row(of value: Double) -> Int {
        let share = up.place(value) ?? (value < up.low ? 0 : 1)
        return Int(((1 - share) * Double(DotPlot.rows * 4 - 1)).rounded()) / 4
    }

    /// Draws straight lines between neighbours that both have a value.
    private mutating func draw(_ curve: [(x: Double, y: Double)]) {
        var previous: (x: Int, y: Int)?
        for point in curve {
            guard let x = across.place(point.x), let y = up.place(point.y) else {
                previous = nil
                continue
            }
            let (wide, high) = (Double(DotPlot.columns * 2 - 1), Double(DotPlot.rows * 4 - 1))
            let end = (x: Int((x * wide).rounded()), y: Int(((1 - y) * high).rounded()))
            let start = previous ?? end
            let steps = max(abs(end.x - start.x), abs(end.y - start.y), 1)
            for step in 0...steps {
                set(
                    start.x + (end.x - start.x) * step / steps,
                    start.y + (end.y - start.y) * step / steps)
            }
            previous = end
        }
    }

    /// Sets a dot; Braille numbers them down the left side, then the right, the lowest ones last.
    private mutating func set(_ x: Int, _ y: Int) {
        let bits: [UInt8] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]
        dots[y / 4 * DotPlot.columns + x / 2] |= bits[y % 4 * 2 + x % 2]
    }
}
