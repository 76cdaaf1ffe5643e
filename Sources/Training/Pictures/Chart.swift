import FTSupport

/// Curves over epochs on common axes.
struct Chart {
    /// One curve.
    struct Curve {
        let name: String
        /// Epochs and values in order; what isn't finite interrupts the curve.
        let points: [(x: Double, y: Double)]
        /// Which of the colours.
        var color = 0
        var isDashed = false
    }

    let title: String
    let curves: [Curve]
    var allowsLogarithm = false

    static let width = 720.0
    private static let (left, right, top, bottom) = (64.0, 200.0, 28.0, 34.0)
    private static let plotHeight = 200.0
    private static let rowHeight = 16.0
    private static let namedCurves = 40
    private static let colors = [
        "#3b7dd8", "#e07b39", "#3a9d5d", "#c94f4f", "#8a63c9", "#8c6d46", "#d06bb0", "#5f9ea0",
    ]

    private var rows: [Curve] { Array(curves.prefix(Chart.namedCurves)) }

    /// What it takes in height.
    var height: Double {
        let legend = Double(rows.count + (rows.count < curves.count ? 1 : 0)) * Chart.rowHeight
        return Chart.top + max(Chart.plotHeight, legend) + Chart.bottom
    }

    /// The elements of the picture, its upper edge at `y`.
    func elements(at y: Double) -> String {
        let points = curves.flatMap(\.points)
        let across = Axis(points.map(\.x), ticks: 6)
        let up = Axis(points.map(\.y), ticks: 5, allowsLogarithm: allowsLogarithm)
        let lines = [
            "<g transform=\"translate(0 \(Markup.coordinate(y)))\">",
            Chart.text(8, 14, title + (up.isLogarithmic ? " (logarithmic)" : ""), "title"),
        ]
        return
            (lines + grid(across, up) + curves.map { Chart.path($0, across, up) } + legend
            + ["</g>"]).joined(separator: "\n")
    }

    private static func x(_ share: Double) -> Double { left + share * (width - left - right) }
    private static func y(_ share: Double) -> Double { top + (1 - share) * plotHeight }

    private static func text(_ x: Double, _ y: Double, _ text: String, _ kind: String) -> String {
        "<text class=\"\(kind)\" x=\"\(Markup.coordinate(x))\" y=\"\(Markup.coordinate(y))\">"
            + "\(Markup.escaped(text))</text>"
    }

    private static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
        let numbers = [x1, y1, x2, y2].map(Markup.coordinate)
        return
            "<path class=\"grid\" d=\"M\(numbers[0]) \(numbers[1])L\(numbers[2]) \(numbers[3])\"/>"
    }

    private func grid(_ across: Axis, _ up: Axis) -> [String] {
        let (start, end, base) = (Chart.x(0), Chart.x(1), Chart.y(0))
        let horizontal = up.ticks.flatMap { tick -> [String] in
            let y = Chart.y(up.place(tick) ?? 0)
            return [
                Chart.line(start, y, end, y), Chart.text(start - 6, y + 4, Axis.label(tick), "up"),
            ]
        }
        let vertical = across.ticks.filter { $0 == $0.rounded() }.map { tick in
            let x = Chart.x(across.place(tick) ?? 0)
            return Chart.text(x, base + 16, Axis.label(tick), "across")
        }
        let name = Chart.text(end, base + 30, "epoch", "up")
        return horizontal + [Chart.line(start, base, end, base), name] + vertical
    }

    private static func path(_ curve: Curve, _ across: Axis, _ up: Axis) -> String {
        var path = ""
        var marks: [String] = []
        var isDrawing = false
        let style = "stroke=\"\(colors[curve.color % colors.count])\""
        for point in thinned(curve.points) {
            guard let x = across.place(point.x).map({ Markup.coordinate(Chart.x($0)) }),
                let y = up.place(point.y).map({ Markup.coordinate(Chart.y($0)) })
            else {
                isDrawing = false
                continue
            }
            path += (isDrawing ? "L" : "M") + "\(x) \(y)"
            isDrawing = true
            let label = "\(curve.name), epoch \(Int(point.x)): \(Format.measure(point.y))"
            marks.append(
                "<circle \(style) cx=\"\(x)\" cy=\"\(y)\" r=\"2\">"
                    + "<title>\(Markup.escaped(label))</title></circle>")
        }
        let dash = curve.isDashed ? " stroke-dasharray=\"5 4\"" : ""
        let line = "<path class=\"curve\" \(style)\(dash) d=\"\(path)\"/>"
        return ([line] + (curve.points.count <= 60 ? marks : [])).joined(separator: "\n")
    }

    /// At most 500 points, of each part of a curve the least and the largest.
    static func thinned(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
        let parts = 250
        guard points.count > 2 * parts else { return points }
        return (0..<parts).flatMap { part in
            let range = points.count * part / parts..<points.count * (part + 1) / parts
            let low = range.min { points[$0].y < points[$1].y } ?? range.lowerBound
            let high = range.max { points[$0].y < points[$1].y } ?? range.lowerBound
            return Set([low, high]).sorted().map { points[$0] }
        }
    }

    /// The end of a name that is too long.
    private static func end(_ name: String) -> String {
        let scalars = name.unicodeScalars
        let end = String(String.UnicodeScalarView(scalars.suffix(23)))
        return scalars.count > 24 ? "…" + end : name
    }

    private var legend: [String] {
        let start = Chart.x(1) + 16
        var lines = rows.enumerated().flatMap { index, curve -> [String] in
            let y = Chart.top + 8 + Double(index) * Chart.rowHeight
            let dash = curve.isDashed ? " stroke-dasharray=\"5 4\"" : ""
            let color = Chart.colors[curve.color % Chart.colors.count]
            let (from, to, at) = (
                Markup.coordinate(start), Markup.coordinate(start + 18), Markup.coordinate(y)
            )
            return [
                "<path class=\"curve\" stroke=\"\(color)\"\(dash) d=\"M\(from) \(at)L\(to) \(at)\"/>",
                Chart.text(start + 24, y + 4, Chart.end(curve.name), "name"),
            ]
        }
        if rows.count < curves.count {
            let y = Chart.top + 12 + Double(rows.count) * Chart.rowHeight
            lines.append(
                Chart.text(start, y, "… and \(curves.count - rows.count) more", "name"))
        }
        return lines
    }
}

extension Chart {
    /// What says who drew a picture.
    static let generator = "<desc>fttrain plot</desc>"

    /// A picture of several charts, one below the other.
    ///
    /// - Parameter isAlone: whether it is a file of its own, with a background, and not part of a
    ///   page.
    static func svg(_ charts: [Chart], isAlone: Bool) -> String {
        let gap = 12.0
        let height = charts.reduce(0) { $0 + $1.height + gap }
        let (wide, high) = (Markup.coordinate(width), Markup.coordinate(height))
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(wide) \(high)\" "
                + "width=\"\(wide)\" height=\"\(high)\" role=\"img\">",
            "<style>\(style)</style>",
        ]
        if isAlone { lines += [generator, "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"] }
        var y = gap / 2
        for chart in charts {
            lines.append(chart.elements(at: y))
            y += chart.height + gap
        }
        return lines.joined(separator: "\n") + "\n</svg>\n"
    }

    /// Of texts and lines in pictures.
    static let style =
        "text{font:12px system-ui,sans-serif;fill:currentColor}"
        + ".title{font-weight:600}.up{text-anchor:end}.across{text-anchor:middle}"
        + ".grid{stroke:currentColor;stroke-opacity:.15}"
        + ".curve{fill:none;stroke-width:1.8;stroke-linejoin:round}"
        + "circle{fill:transparent;stroke-opacity:.9}"
}
