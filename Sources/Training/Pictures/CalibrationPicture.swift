import FTSupport

/// How often predictions are right (up) by how sure they are (across), a bar for each tenth; where
/// they are as right as they are sure, bars end on the diagonal. The wider a bar, the more
/// predictions it stands for.
enum CalibrationPicture {
    private static let (size, margin) = (200.0, 34.0)

    /// - Parameter bins: the mean confidence, the share that is right, and the number of each.
    static func svg(_ bins: [(confidence: Double, accuracy: Double, count: Int)]) -> String {
        let most = Double(bins.map(\.count).max() ?? 1)
        let (end, total) = (margin + size, size + 2 * margin)
        func path(_ kind: String, _ numbers: [Double]) -> String {
            let words = numbers.map(Markup.coordinate)
            return
                "<path class=\"\(kind)\" d=\"M\(words[0]) \(words[1])L\(words[2]) \(words[3])\"/>"
        }
        func text(_ x: Double, _ y: Double, _ text: String, _ kind: String) -> String {
            "<text class=\"\(kind)\" x=\"\(Markup.coordinate(x))\" y=\"\(Markup.coordinate(y))\">"
                + "\(text)</text>"
        }
        let bars = bins.map { bin in
            let width = 2 + 14 * (Double(bin.count) / most).squareRoot()
            let height = bin.accuracy * size
            let numbers = [
                margin + bin.confidence * size - width / 2, end - height, width, height,
            ].map(Markup.coordinate)
            let words =
                "confidence \(Format.fixed(bin.confidence, 3)), accuracy "
                + "\(Format.fixed(bin.accuracy, 3)) of \(Format.grouped(bin.count))"
            return "<rect x=\"\(numbers[0])\" y=\"\(numbers[1])\" width=\"\(numbers[2])\" "
                + "height=\"\(numbers[3])\" fill=\"#3b7dd8\" fill-opacity=\"0.6\">"
                + "<title>\(words)</title></rect>"
        }
        let side = Markup.coordinate(total)
        let frame = [
            "<svg viewBox=\"0 0 \(side) \(side)\" width=\"\(side)\" height=\"\(side)\">",
            "<style>\(Chart.style)</style>",
            path("grid", [margin, margin, margin, end]), path("grid", [margin, end, end, end]),
            path("grid", [margin, end, end, margin]),
            text(margin - 6, end + 4, "0", "up"), text(margin - 6, margin + 4, "1", "up"),
            text(margin, end + 16, "0", "across"), text(end, end + 16, "1", "across"),
            text(margin + size / 2, end + 28, "confidence", "across"),
            text(margin, margin - 14, "accuracy", "title"),
        ]
        return (frame + bars + ["</svg>"]).joined(separator: "\n")
    }
}
