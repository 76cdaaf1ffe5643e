import FTSupport

/// The charts of one run or several.
enum RunCharts {
    /// Losses of training and validation, the metrics, the learning rate.
    ///
    /// - Parameter units: what tells how targets were scaled.
    static func all(of run: RunRecord, _ units: TargetUnits?) -> [Chart] {
        func title(_ measure: String) -> String { run.fullTitle(measure, units) }
        func points(_ value: (RunRecord.Row) -> Double) -> [(x: Double, y: Double)] {
            run.rows.map { (Double($0.epoch), value($0)) }
        }
        let train = Chart.Curve(
            name: "train", points: points(\.trainLoss), color: 1, isDashed: true)
        let hasValidation = run.rows.contains(where: \.hasValidation)
        func measured(_ name: String) -> Chart.Curve {
            Chart.Curve(
                name: hasValidation ? "validation" : "train",
                points: points { $0.measured[name] ?? .nan })
        }
        let losses = hasValidation ? [measured("loss"), train] : [train]
        let metrics = run.measures.dropFirst().map {
            Chart(title: title($0), curves: [measured($0)])
        }
        let rate = Chart.Curve(name: "last step's", points: points(\.learningRate), color: 4)
        let hasNorms = run.rows.contains { $0.gradientNorm != nil }
        let norm = Chart.Curve(
            name: "mean of the epoch", points: points { $0.gradientNorm ?? .nan }, color: 2)
        return [Chart(title: title("loss"), curves: losses, allowsLogarithm: true)] + metrics
            + [Chart(title: "learning rate", curves: [rate], allowsLogarithm: true)]
            + (hasNorms
                ? [Chart(title: "gradient norm", curves: [norm], allowsLogarithm: true)] : [])
    }

    /// A chart for each of the measures, a curve a run; the loss of training is dashed.
    static func overlay(_ runs: [RunRecord], _ measures: [String]) -> [Chart] {
        measures.map { name in
            var curves: [Chart.Curve] = []
            for (index, run) in runs.enumerated() where run.measures.contains(name) {
                curves.append(
                    Chart.Curve(
                        name: run.path,
                        points: run.rows.map { (Double($0.epoch), $0.measured[name] ?? .nan) },
                        color: index))
                guard name == "loss", run.rows.contains(where: \.hasValidation) else { continue }
                curves.append(
                    Chart.Curve(
                        name: "\(run.path) train",
                        points: run.rows.map { (Double($0.epoch), $0.trainLoss) },
                        color: index, isDashed: true))
            }
            return Chart(title: runs.title(name), curves: curves, allowsLogarithm: name == "loss")
        }
    }
}

/// Runs overlaid.
package struct RunPlot {
    private let comparison: RunComparison
    private let measures: [String]

    /// Of one measure, or in a file of all and on a terminal of the one that most runs watch.
    ///
    /// Throws where no run measures it.
    package init(_ runs: [RunRecord], by name: String? = nil) throws(RunError) {
        comparison = try RunComparison(runs, by: name)
        var seen: Set<String> = []
        let all = comparison.runs.flatMap(\.measures).filter { seen.insert($0).inserted }
        measures = name.map { [$0] } ?? all
    }

    /// Writes the picture as SVG.
    package func write(to path: String) throws {
        let charts = RunCharts.overlay(comparison.runs, measures)
        try FileWriting.replace(path, with: Chart.svg(charts, isAlone: true))
    }

    /// What was drawn, in words.
    package var summary: String {
        "\(Format.count(comparison.runs.count, "run")): \(measures.joined(separator: ", "))"
    }

    /// The picture in signs, at most 80 columns wide.
    package var lines: [String] {
        let runs = comparison.runs.filter { $0.measures.contains(comparison.by) }
        let curves = runs.map { run in
            run.rows.map { (x: Double($0.epoch), y: $0.measured[comparison.by] ?? .nan) }
        }
        let names = runs.enumerated().map { index, run in
            "\(index + 1)  \(run.path)".cut(to: 79)
        }
        let others = comparison.runs.filter { !$0.measures.contains(comparison.by) }.map {
            "-  \($0.path): doesn't measure \(comparison.by)".cut(to: 79)
        }
        return [runs.title(comparison.by).cut(to: 80)] + DotPlot(curves).lines + [""] + names
            + others
    }
}
