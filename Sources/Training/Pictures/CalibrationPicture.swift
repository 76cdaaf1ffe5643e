import FTSupport

/// How often predictions are right (up) by how sure they are (across), a bar for each tenth; where
/// they are as right as they are sure, bars end on the diagonal. The wider a bar, the more
/// predictions it stands for.
enum CalibrationPicture {
    /// - Parameter bins: the mean confidence, the share that is right, and the number of each.
    static func svg(_ bins: [(confidence: Double, accuracy: Double, count: Int)]) -> String {
        let most = Double(bins.map(\.count).max() ?? 1)
        let (size, margin) = (UnitSquare.size, UnitSquare.margin)
        let bars = bins.map { bin in
            let width = 2 + 14 * (Double(bin.count) / most).squareRoot()
            let height = bin.accuracy * size
            let numbers = [
                margin + bin.confidence * size - width / 2, margin + size - height, width, height,
            ].map(Markup.coordinate)
            let words =
                "confidence \(Format.fixed(bin.confidence, 3)), accuracy "
                + "\(Format.fixed(bin.accuracy, 3)) of \(Format.grouped(bin.count))"
            return "<rect x=\"\(numbers[0])\" y=\"\(numbers[1])\" width=\"\(numbers[2])\" "
                + "height=\"\(numbers[3])\" fill=\"#3b7dd8\" fill-opacity=\"0.6\">"
                + "<title>\(words)</title></rect>"
        }
        let diagonal = UnitSquare.path([(0, 0), (1, 1)], kind: "grid")
        return UnitSquare.svg("accuracy", across: "confidence", [diagonal] + bars)
    }
}
