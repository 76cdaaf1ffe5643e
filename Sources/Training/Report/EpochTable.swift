import FTSupport

/// The table of epochs, printed row by row.
struct EpochTable {
    private let metrics: [String]

    init(metrics: [String]) { self.metrics = metrics }

    private var widths: [Int] { [5, 7, 9, 9] + metrics.map { max(9, $0.count + 1) } + [9, 11, 8] }

    /// The names of the columns.
    var heading: String {
        join(["epoch", "step", "train", "val"] + metrics + ["lr", "samples/s", "time"])
    }

    /// One epoch; `*` marks the best so far.
    func row(_ record: EpochRecord) -> String {
        let measured = record.hasValidation ? Format.measure(record.measurement.loss) : "-"
        let cells =
            [
                "\(record.epoch)", Format.grouped(record.step), Format.measure(record.trainLoss),
                measured,
            ] + record.measurement.metrics.map { Format.measure($0.value) }
            + [
                Format.rate(record.learningRate), Format.whole(record.samplesPerSecond),
                Format.duration(record.seconds),
            ]
        return join(cells) + (record.isBest ? "  *" : "")
    }

    private func join(_ cells: [String]) -> String {
        zip(cells, widths).map { $0.padded(to: $1, left: false) }.joined(separator: " ")
    }
}
