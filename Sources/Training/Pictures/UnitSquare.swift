import FTSupport

/// A small picture of two shares, each from 0 to 1: one to the right, one upwards.
enum UnitSquare {
    static let (size, margin) = (200.0, 34.0)

    /// - Parameters:
    ///   - title: what lies upwards.
    ///   - elements: what is drawn in it, as SVG.
    static func svg(_ title: String, across: String, _ elements: [String]) -> String {
        let (end, total) = (margin + size, size + 2 * margin)
        func text(_ x: Double, _ y: Double, _ text: String, _ kind: String) -> String {
            "<text class=\"\(kind)\" x=\"\(Markup.coordinate(x))\" y=\"\(Markup.coordinate(y))\">"
                + "\(text)</text>"
        }
        let side = Markup.coordinate(total)
        let frame = [
            "<svg viewBox=\"0 0 \(side) \(side)\" width=\"\(side)\" height=\"\(side)\">",
            "<style>\(Chart.style)</style>",
            path([(0, 1), (0, 0), (1, 0)], kind: "grid"),
            text(margin - 6, end + 4, "0", "up"), text(margin - 6, margin + 4, "1", "up"),
            text(margin, end + 16, "0", "across"), text(end, end + 16, "1", "across"),
            text(margin + size / 2, end + 28, across, "across"),
            text(margin, margin - 14, title, "title"),
        ]
        return (frame + elements + ["</svg>"]).joined(separator: "\n")
    }

    /// A line through points.
    ///
    /// - Parameter stroke: its colour; nil for that of its kind.
    static func path(
        _ points: [(x: Double, y: Double)], kind: String, stroke: String? = nil
    ) -> String {
        let places = points.map { place($0.x, $0.y) }
        let line = places.map { "\($0.x) \($0.y)" }.joined(separator: "L")
        let colour = stroke.map { " stroke=\"\($0)\"" } ?? ""
        return "<path class=\"\(kind)\" fill=\"none\"\(colour) d=\"M\(line)\"/>"
    }

    /// Where a point lies, as coordinates.
    static func place(_ x: Double, _ y: Double) -> (x: String, y: String) {
        (
            Markup.coordinate(margin + x * size), Markup.coordinate(margin + (1 - y) * size)
        )
    }
}
