import FTSupport

/// The table of epochs, printed row by row in lines of at most 80 columns: where room lacks, titles
/// are short, and speed, rate and the last metrics are left to the run's `metrics.csv`.
struct EpochTable {
    private enum Cell: Hashable {
        case epoch, step, train, validation, rate, speed, time
        case metric(Int)
        case more
    }

    private struct Column {
        let cell: Cell
        let title: String
        let width: Int
    }

    private let columns: [Column]
    /// The widest line, with the mark of the best.
    private static let widest = 80
    private static let mark = "  *"

    /// - Parameter metrics: what metrics are called.
    init(metrics: [String]) {
        let wide = EpochTable.wide(metrics)
        let layouts = [wide] + EpochTable.narrow(metrics)
        columns = layouts.first { EpochTable.width($0) <= EpochTable.widest } ?? wide
    }

    private static func width(_ columns: [Column]) -> Int {
        columns.reduce(columns.count - 1 + mark.count) { $0 + $1.width }
    }

    private static func wide(_ metrics: [String]) -> [Column] {
        let named = metrics.enumerated().map { place, name in
            Column(cell: .metric(place), title: name, width: max(9, name.count + 1))
        }
        return [
            Column(cell: .epoch, title: "epoch", width: 5),
            Column(cell: .step, title: "step", width: 7),
            Column(cell: .train, title: "train", width: 9),
            Column(cell: .validation, title: "val", width: 9),
        ] + named + [
            Column(cell: .rate, title: "lr", width: 9),
            Column(cell: .speed, title: "samples/s", width: 11),
            Column(cell: .time, title: "time", width: 8),
        ]
    }

    /// Layouts that take less and less room.
    private static func narrow(_ metrics: [String]) -> [[Column]] {
        let first = [
            Column(cell: .epoch, title: "epoch", width: 5),
            Column(cell: .step, title: "step", width: 7),
            Column(cell: .train, title: "train", width: 8),
            Column(cell: .validation, title: "val", width: 8),
        ]
        let rate = Column(cell: .rate, title: "lr", width: 7)
        let speed = Column(cell: .speed, title: "samples/s", width: 9)
        let time = Column(cell: .time, title: "time", width: 7)
        func named(_ count: Int, _ width: Int) -> [Column] {
            metrics.prefix(count).enumerated().map { place, name in
                Column(
                    cell: .metric(place),
                    title: MetricTitle.short(name).cut(to: width), width: width)
            }
        }
        let more = Column(cell: .more, title: "…", width: 1)
        let all = metrics.count
        return [
            first + named(all, 9) + [rate, speed, time], first + named(all, 9) + [rate, time],
            first + named(all, 8) + [time], first + named(3, 9) + [more, time],
        ]
    }

    /// The names of the columns.
    var heading: String {
        columns.map { $0.title.padded(to: $0.width, left: false) }.joined(separator: " ")
    }

    /// One epoch; `*` marks the best so far.
    func row(_ record: EpochRecord) -> String {
        columns.map { text($0.cell, record).padded(to: $0.width, left: false) }
            .joined(separator: " ") + (record.isBest ? EpochTable.mark : "")
    }

    private func text(_ cell: Cell, _ record: EpochRecord) -> String {
        switch cell {
        case .epoch: "\(record.epoch)"
        case .step: Format.grouped(record.step)
        case .train: Format.measure(record.trainLoss)
        case .validation:
            record.hasValidation ? Format.measure(record.measurement.loss) : "-"
        case .rate: Format.rate(record.learningRate)
        case .speed: Format.whole(record.samplesPerSecond)
        case .time: Format.duration(record.seconds)
        case .metric(let place):
            record.measurement.metrics.indices.contains(place)
                ? Format.measure(record.measurement.metrics[place].value) : "-"
        case .more: ""
        }
    }
}
