import FTSupport

/// The share of what is found that is right (up) by the share of all that is found (across), and on
/// it the point with the best F1.
enum PrecisionRecallPicture {
    /// - Parameter points: from the most probable on.
    static func svg(
        _ points: [(recall: Double, precision: Double)],
        best: (recall: Double, precision: Double)
    ) -> String {
        let line = UnitSquare.path(
            points.map { ($0.recall, $0.precision) }, kind: "curve", stroke: "#3b7dd8")
        let place = UnitSquare.place(best.recall, best.precision)
        let words =
            "best F1: recall \(Format.fixed(best.recall, 3)), precision "
            + Format.fixed(best.precision, 3)
        let mark =
            "<circle cx=\"\(place.x)\" cy=\"\(place.y)\" r=\"4\" style=\"fill:#3b7dd8\">"
            + "<title>\(words)</title></circle>"
        return UnitSquare.svg("precision", across: "recall", [line, mark])
    }
}
