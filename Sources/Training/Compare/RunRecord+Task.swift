import Datasets
import FTConfig
import FTSupport

extension RunRecord {
    /// What is learned: what outputs are, and of which targets; nil where the run has no checkpoint,
    /// which would say.
    var task: String? {
        guard let preprocessing,
            let meaning = try? OutputMeaning(config, preprocessing)
        else { return nil }
        let labels = (preprocessing.table?.labels ?? []).map(\.name)
        let kind: String
        if config.data.optional("text") != nil {
            kind = "what comes next in a text"
        } else if meaning.isOfAnswers {
            kind = "yes or no"
        } else {
            kind = meaning.isOfClasses ? "classes" : "quantities"
        }
        guard !labels.isEmpty else { return kind }
        let names = labels.map { $0.escapedForDisplay(limit: 30) }.joined(separator: ", ")
        return "\(kind) of \(names.shortened(to: 60))"
    }
}

extension [RunRecord] {
    /// The tasks of the runs, each once, in order.
    var tasks: [String] {
        var seen: Set<String> = []
        return compactMap(\.task).filter { seen.insert($0).inserted }
    }
}
