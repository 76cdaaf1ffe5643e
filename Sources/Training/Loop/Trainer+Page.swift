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
    /// The last one couldn't be written.
    var hasFailed = false
    /// Seconds between pages at least; and many times what one takes.
    static let (pause, patience) = (2.0, 50.0)
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
            let text = RunPage(info: info, summary: summary, run: run, evaluation: evaluation).html
            try FileWriting.replace(folder.reportPath, with: text)
        } catch {
            page.hasFailed = true
            emit(.warning("\(error); the run goes on without its page"))
        }
        let now = Clock.seconds()
        page.next = now + max(PageClock.pause, PageClock.patience * (now - start))
    }

    /// What the best checkpoint does right and wrong on the validation data, where looking at it
    /// costs little: a second model in memory, one pass over the examples.
    private var evaluation: JSONObject? {
        guard let validation = data.validation, validation.dataset.count <= 20_000,
            experiment.model.parameterCount <= 20_000_000
        else { return nil }
        return try? EvaluationReport(Predictor(store.bestPath)).json
    }
}
