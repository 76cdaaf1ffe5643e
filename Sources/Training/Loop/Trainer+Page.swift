import Checkpoint
import Datasets
import FTConfig
import FTJSON
import FTSupport
import NN

/// When a page is written again.
struct PageClock {
    /// Not before.
    var next = 0.0
    /// Not before within an epoch, where it only tells that the run is alive.
    var nextSign = 0.0
    /// When the last one was written, and the longest time between two.
    var last: Double?
    var longestGap = 0.0
    /// The last one couldn't be written.
    var hasFailed = false
    /// Seconds between pages at least; and many times what one takes.
    static let (pause, patience) = (2.0, 50.0)
    /// The same within an epoch.
    static let signPause = 20.0
    /// Seconds after which a page is late, at least.
    static let leastAllowance = 120.0

    /// Seconds after which the next page is late.
    var allowance: Double { max(PageClock.leastAllowance, 4 * longestGap) }

    /// Notes a page that was begun and is written.
    mutating func note(from start: Double, to now: Double) {
        if let last { longestGap = max(longestGap, now - last) }
        last = now
        let least = PageClock.patience * (now - start)
        next = now + max(PageClock.pause, least)
        nextSign = now + max(PageClock.signPause, least)
    }
}

extension Trainer {
    /// Writes `report.html`. While the run goes on that takes at most a fiftieth of its time.
    ///
    /// A page that can't be written is a warning, no more: weights and numbers are elsewhere.
    func writePage(_ summary: @autoclosure () -> RunSummary, isDue: Bool = true) {
        let start = Clock.seconds()
        guard config.training.bool("report"), !page.hasFailed, isDue || start >= page.next else {
            return
        }
        let summary = summary()
        do {
            let run = try RunRecord(folder.path)
            let evaluation = summary.status == .completed ? self.evaluation : nil
            let text = RunPage(
                info: info, summary: summary, run: run, evaluation: evaluation,
                allowance: page.allowance
            ).html
            try FileWriting.replace(folder.reportPath, with: text)
        } catch {
            page.hasFailed = true
            emit(.warning("\(error); the run goes on without its page"))
        }
        page.note(from: start, to: Clock.seconds())
    }

    /// Writes the page again where it wasn't for a while, so that it tells that the run is alive.
    func giveSign() {
        guard Clock.seconds() >= page.nextSign else { return }
        writePage(summary(.running), isDue: false)
    }

    private var evaluation: EvaluationSections? {
        bestReport.map { $0.sections(title: "by the best epoch on the validation data") }
    }

    /// What the best checkpoint does right and wrong on the validation data, where looking at it
    /// costs little: a second model in memory, one pass over the examples.
    var bestReport: EvaluationReport? {
        guard let validation = data.validation, validation.dataset.count <= 20_000,
            experiment.model.parameterCount <= 20_000_000
        else { return nil }
        return try? EvaluationReport(
            Predictor(store.bestPath), data, cursor.best?.measurement)
    }
}
