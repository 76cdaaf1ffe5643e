import Checkpoint
import Datasets
import FTJSON
import FTSupport
import Glibc

/// `report.html`: all about a run on one page.
struct RunPage {
    let info: RunInfo
    let summary: RunSummary
    let run: RunRecord
    /// What the best checkpoint does right and wrong on the validation data, where that was looked
    /// at.
    var evaluation: EvaluationSections?
    /// Seconds within which the page of a run that is alive is written again.
    var allowance = PageClock.leastAllowance

    private static let mostLayers = 500
    private static let mostColumns = 100

    private var isRunning: Bool { summary.status == .running }

    var html: String {
        Page.document(
            title: "\(summary.name): \(summary.status.rawValue)",
            refresh: isRunning ? refresh : nil,
            [
                head, Page.wide(Chart.svg(RunCharts.all(of: run, summary.units), isAlone: false)),
                figures,
            ] + (evaluation?.html ?? []) + [
                model, data, environment,
                Page.section(
                    "Config",
                    (ConfigChange.sentence(run.changes).map { Page.paragraph($0) } ?? "")
                        + Page.folded("config.json", run.config.effective.text(.pretty))),
            ])
    }

    private var refresh: Page.Refresh {
        Page.Refresh(
            deadline: time(nil) + Int(allowance),
            remark:
                "Nothing has been heard of this run since \(TrainingState.timestamp()): it is not "
                + "alive any more, or a step takes longer than \(Format.duration(allowance)). "
                + "To go on with it: fttrain resume \(info.path.shellPath)")
    }

    private var head: String {
        // An epoch that training.maxSteps cut short isn't counted.
        let isCut = summary.stepLimit != nil && summary.epochs == 0
        let epochs =
            "\(Format.count(summary.epochs, "epoch")) of \(Format.grouped(info.epochs)), "
        let progress =
            "\(summary.status.rawValue), \(isCut ? "" : epochs)"
            + "\(Format.count(summary.steps, "step")) in "
            + "\(Format.duration(summary.seconds)), as of \(TrainingState.timestamp())"
        var lines = [
            "<h1>\(Markup.escaped(info.path))</h1>", Page.paragraph(progress, kind: "remark"),
        ]
        if let reason = summary.reason { lines.append(Page.paragraph(reason, kind: "problem")) }
        if let remedy = summary.remedy { lines.append(Page.paragraph(remedy)) }
        return lines.joined(separator: "\n")
    }

    /// The best epoch and the last.
    private var figures: String {
        guard let last = run.rows.last else { return "" }
        let best = run.rows.first { $0.epoch == summary.best?.epoch }
        let kept = best.map { [("best by \(summary.best?.by ?? run.watched)", $0)] } ?? []
        let rows = (kept + [("last", last)]).map { name, row in
            [name, "\(row.epoch)", Format.measure(row.trainLoss)]
                + run.measures.map { Format.measure(row.measured[$0] ?? .nan) }
        }
        return Page.section(
            "Results",
            Page.table(
                ["", "epoch", "train loss"]
                    + run.measures.map {
                        last.hasValidation ? "validation \(run.title($0))" : run.title($0)
                    }, rows)
                + further + units + (info.weighting.map { Page.paragraph($0) } ?? ""))
    }

    /// What a report on the best epoch adds to the metrics of the run, and what they would be without
    /// a model.
    private var further: String {
        let facts = (evaluation?.further ?? []).filter { !run.measures.contains($0.0) }
        let titled = facts.map { ($0.0 == "baseline" ? $0.0 : "\($0.0) of the best", $0.1) }
        return facts.isEmpty ? "" : Page.facts(titled)
    }

    /// What loss and metrics are of, and the best in the units of the data.
    private var units: String {
        let known = evaluation?.known ?? [:]
        let note = summary.best.flatMap { summary.units?.note(on: $0.measurement, known) }
        let sentences = [info.units?.sentence, note.map { "the best \($0)" }].compactMap(\.self)
        return sentences.isEmpty ? "" : Page.paragraph(sentences.joined(separator: "; "))
    }

    private var model: String {
        let rows = info.layers.prefix(RunPage.mostLayers).map { row in
            [
                row.name, String(repeating: "\u{2007}", count: 2 * row.depth) + row.type,
                Format.shape(row.outputShape),
                row.parameters == 0 ? "" : Format.grouped(row.parameters),
            ]
        }
        let inputs = info.modelInputs.map {
            ["", $0.name.isEmpty ? "input" : $0.name, $0.type, ""]
        }
        let left = info.layers.count - rows.count
        let more = left > 0 ? [["…", "\(Format.grouped(left)) more", "", ""]] : []
        let total = [["", "total", "", Format.grouped(info.parameterCount)]]
        return Page.section(
            "Model",
            Page.table(
                ["layer", "type", "output", "parameters"], inputs + rows + more + total, words: 3))
    }

    private var data: String {
        Page.section(
            "Data",
            Page.facts([
                ("file", info.dataPath), ("training examples", Format.grouped(info.trainCount)),
                ("validation examples", Format.grouped(info.validationCount)),
                ("label", (info.table?.labels ?? []).map(\.name).joined(separator: ", ")),
                ("columns", RunPage.list(info.table?.inputColumns ?? [])),
                ("ids", RunPage.list(info.table?.ids ?? [])), ("stored as", info.storedInput),
                ("model input", info.modelInput),
                ("targets", info.targetNote), ("shapes", summary.dataFingerprint),
                ("content hash", summary.dataHash),
            ]))
    }

    private static func list(_ names: [String]) -> String {
        let left = names.count - mostColumns
        let more = left > 0 ? ["and \(Format.grouped(left)) more"] : []
        return (names.prefix(mostColumns) + more).joined(separator: ", ")
    }

    private var environment: String {
        Page.section(
            "Training and environment",
            Page.facts([
                ("loss", info.loss), ("optimizer", info.optimizer), ("schedule", info.schedule),
                ("batch", "\(Format.grouped(info.batchSize)) examples"), ("seed", "\(info.seed)"),
                ("device", info.device), ("version", FrameworkVersion.current),
                ("speed", "\(Format.whole(summary.samplesPerSecond)) samples/s"),
                ("waited for data", Format.share(summary.dataWaitShare)),
                ("memory at most", Format.bytes(RunSummary.peakMemory)),
            ]))
    }
}
