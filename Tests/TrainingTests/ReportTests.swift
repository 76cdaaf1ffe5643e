import FTJSON
import FakeTensor
import Testing

@testable import Training

@Suite("Reports on predictions")
struct ReportTests {
    @Test("each class has precision, recall, F1 and the area under its curve")
    func classes() {
        let report = ClassReport(
            names: ["a", "b"], targets: [0, 0, 0, 1], predictions: [0, 0, 1, 1],
            shares: [0.9, 0.1, 0.8, 0.2, 0.4, 0.6, 0.3, 0.7])
        #expect(report.confusion == [[2, 1], [0, 1]])
        #expect(report.rows.map(\.precision) == [1, 0.5])
        #expect(report.rows.map(\.recall) == [2.0 / 3, 1])
        #expect(report.rows.map(\.f1) == [0.8, 2.0 / 3])
        #expect(report.rows.map(\.auc) == [1, 1])
        #expect(report.accuracy == 0.75)
        // Sure by 0.9, 0.8, 0.6 and 0.7, right but for the third.
        let expected = (0.1 + 0.2 + 0.6 + 0.3) / 4
        #expect(abs((report.calibrationError ?? 0) - expected) < 1e-12)
    }

    @Test("the areas of two classes are one number, though a share near 1 has few digits")
    func saturated() {
        let least = [1e-22, 1e-20, 1e-21, 1e-19]
        let report = ClassReport(
            names: ["no", "yes"], targets: [0, 1, 0, 1], predictions: [0, 0, 0, 0],
            shares: least.flatMap { [Double(1 - Float($0)), $0] })
        #expect(report.rows.map(\.auc) == [1, 1])
    }

    @Test("ties count half in the area under the curve, which needs both kinds")
    func ties() {
        #expect(ClassReport.auc([0.5, 0.5, 0.5, 0.5], [true, false, true, false]) == 0.5)
        #expect(ClassReport.auc([0.1, 0.4, 0.35, 0.8], [false, false, true, true]) == 0.75)
        #expect(ClassReport.auc([0.1, 0.2], [true, true]) == nil)
    }

    @Test("of two classes the rarer is sought, and the option names it")
    func rarer() throws {
        let shares = [0.9, 0.2, 0.35, 0.8, 0.1, 0.6, 0.05, 0.3]
        let targets = [0, 1, 0, 1, 1, 0, 1, 1]
        let report = ClassReport(
            names: ["churned", "stays"], targets: targets,
            predictions: shares.map { $0 > 0.5 ? 0 : 1 }, shares: shares.flatMap { [$0, 1 - $0] },
            seeksRarer: true)
        let found = try #require(report.precisionRecall)
        #expect(
            report.found == 0 && found.best == PrecisionRecall.Point(recall: 1, precision: 0.75))
        #expect(found.threshold == 0.35 && report.option == "churned=0.35")
        #expect(report.lines.contains { $0.contains("of churned") })
        #expect(
            report.lines.contains(
                "to predict so: fttrain predict RUN DATA --threshold churned=0.35"))
    }

    /// With the figures of scikit-learn 1.9.1: `average_precision_score`, the largest F1 among those
    /// of `precision_recall_curve`, `log_loss`, and of `DummyClassifier(strategy="prior")`.
    @Test("average precision, the best threshold and baselines are scikit-learn's")
    func precisionRecall() throws {
        let targets = [0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0]
        let scores = [0.1, 0.4, 0.35, 0.8, 0.9, 0.4, 0.2, 0.65, 0.05, 0.35, 0.6, 0.3]
        let report = ClassReport(
            names: ["no", "yes"], targets: targets, predictions: scores.map { $0 > 0.5 ? 1 : 0 },
            shares: scores.flatMap { [1 - $0, $0] })
        let found = try #require(report.precisionRecall)
        #expect(abs(found.averagePrecision - 0.6833333333333333) < 1e-15)
        #expect(found.threshold == 0.35 && abs(found.f1 - 0.7692307692307693) < 1e-15)
        #expect(found.best == PrecisionRecall.Point(recall: 1, precision: 0.625))
        #expect(found.curve.first == PrecisionRecall.Point(recall: 0.2, precision: 1))
        #expect(abs((report.logLoss ?? 0) - 0.6104254154995297) < 1e-15)
        #expect(abs(report.baseline.logLoss - 0.6791932659915255) < 1e-15)
        #expect(report.baseline.accuracy == 7.0 / 12 && report.baseline.name == "no")
        let line = "baseline   always no: accuracy 0.5833; the shares alone: log loss 0.6792"
        #expect(report.lines.contains(line), "\(report.lines)")
        let quantities = NumberReport(targets: [1, 2, 4, 9], predictions: [1, 2, 4, 8], width: 1)
        #expect(quantities.baseline.meanAbsoluteError == 2.5)
        #expect(abs(quantities.baseline.rootMeanSquaredError - 3.082207001484488) < 1e-15)
    }

    @Test("a threshold has few digits and parts as its probability does")
    func thresholds() throws {
        for (low, high) in [(0.25, 0.75), (0.123456, 0.123457), (0.9999999, 1), (0, 1e-9)] {
            let found = try #require(PrecisionRecall([low, high], [false, true]))
            #expect(found.threshold > low && found.threshold <= high)
            #expect("\(found.threshold)".count < 10, "\(found.threshold)")
        }
        #expect(PrecisionRecall([0.1, 0.2], [true, true]) == nil)
        #expect(PrecisionRecall([.nan, 0.2], [true, false]) == nil)
        // All are taken where none can be left out.
        #expect(PrecisionRecall([0.5, 0.5], [true, false])?.threshold == 0)
    }

    @Test("errors of quantities are those of their definition")
    func numbers() {
        let report = NumberReport(targets: [1, 2, 3], predictions: [1, 2, 5], width: 1)
        #expect(report.meanAbsoluteError == 2.0 / 3)
        #expect(report.rootMeanSquaredError == (4.0 / 3).squareRoot())
        #expect(report.r2 == -1)
        // As the metric has it.
        for predictions in [[1, 2], [1, 1]] as [[Double]] {
            let equal = NumberReport(targets: [1, 1], predictions: predictions, width: 1)
            #expect(equal.r2.isNaN && equal.json["r2"] == .null)
            #expect(
                equal.lines[2].hasSuffix(
                    " no value: all targets are equal, or one"))
        }
        #expect(NumberReport(targets: [1], predictions: [1], width: 1).r2.isNaN)
        // Whose mean is rounded.
        let equal = [Double](repeating: 0.1, count: 30)
        let rounded = NumberReport(
            targets: equal, predictions: equal.map { $0 + 1 }, width: 1, names: ["a"])
        #expect(rounded.r2.isNaN && rounded.rows[0].variance == 0)
    }

    @Test("each of several quantities has its errors")
    func quantities() {
        let report = NumberReport(
            targets: [1, 10, 3, 30], predictions: [1, 20, 2, 30], width: 2, names: ["a", "b"])
        #expect(report.rows.map(\.meanAbsoluteError) == [0.5, 5])
        #expect(report.rows.map(\.r2) == [0.5, 0.5])
        #expect(report.meanAbsoluteError == 2.75)
        #expect(report.rootMeanSquaredError == (101.0 / 4).squareRoot())
        #expect(report.lines.contains { $0.contains("b ") && $0.contains("7.07107") })
    }

    @Test("a quantity that is always the same has no R², and the mean leaves it out and says so")
    func constantQuantity() {
        for haveOwnUnits in [false, true] {
            let report = NumberReport(
                targets: [1, 7, 3, 7], predictions: [1, 8, 2, 7], width: 2, names: ["a", "b"],
                haveOwnUnits: haveOwnUnits)
            #expect(report.r2 == 0.5 && report.rows[1].r2.isNaN)
            #expect(
                report.lines.contains(
                    "note    R² is a mean without 'b': all targets are equal there"))
            #expect(report.lines.contains { $0.hasPrefix("b ") && $0.contains(" -") })
        }
    }

    @Test("an output without a yes, and given none, has no F1, and the means say so")
    func absentAnswer() {
        let report = AnswerReport(
            names: ["a", "b"], targets: [1, 0, 0, 0], predictions: [1, 0, 0, 0],
            shares: [0.1, 0.9, 0.8, 0.2, 0.7, 0.3, 0.8, 0.2])
        #expect(report.means.f1 == 1 && report.means.auc == 1)
        let text = report.lines.joined(separator: " ").replacing("        ", with: "")
        #expect(
            text.contains(
                "each of precision, recall and f1 is a mean without 'b': no target or prediction is "
                    + "yes there"), "\(text)")
        #expect(text.contains("auc is a mean without 'b': there is one answer alone there"))
        guard case .array(let outputs)? = report.json["outputs"] else {
            Issue.record("no outputs")
            return
        }
        #expect(outputs[1]["f1"] == .null && outputs[0]["f1"] == .double(1))
        let none = AnswerReport(
            names: ["a"], targets: [0, 0], predictions: [0, 0], shares: [0.9, 0.1, 0.8, 0.2])
        #expect(none.means.f1 == nil && none.json["macroF1"] == .null)
    }

    @Test("errors of quantities in units of their own aren't added, and some may be left out")
    func ownUnits() {
        let report = NumberReport(
            targets: [1, 10, 3, 30], predictions: [1, 20, 2, 30], width: 2, names: ["a", "b"],
            haveOwnUnits: true)
        #expect(report.r2 == 0.5 && report.json["meanAbsoluteError"] == nil)
        #expect(report.json["rootMeanSquaredError"] == nil && report.json["baseline"] == nil)
        #expect(!report.lines.contains { $0.contains("2.75") }, "\(report.lines)")
        #expect(report.lines.contains { $0.hasPrefix("b ") && $0.contains("7.07107") })
        #expect(report.lines.allSatisfy { $0.unicodeScalars.count <= 80 })
        let some = NumberReport(
            targets: [1, 3, 30], predictions: [1, 2, 20], width: 2, names: ["a", "b"],
            places: [0, 2, 3])
        #expect(some.rows.map(\.meanAbsoluteError) == [0.5, 10])
        #expect(abs(some.meanAbsoluteError - 11.0 / 3) < 1e-12)
    }

    @Test("elements that are left out move none into another output's spread")
    func spreads() {
        let (targets, predictions) = ([1.0, 3, 30, 10], [1.0, 3, 30, 10])
        let spreads = PredictionComparison.spreads(targets, predictions, [0, 2, 3, 5], 2)
        #expect(spreads == [1, 10])
        // Of the third there is none, and 1 stands for it.
        let some = PredictionComparison.spreads([1, 5], [2, 5], [0, 4], 3)
        #expect(some == [1, 1, 1])
    }

    @Test("each of several answers is measured, and whether all are right")
    func answers() {
        let report = AnswerReport(
            names: ["red", "big"], targets: [1, 0, 1, 1, 0, 0], predictions: [1, 0, 0, 1, 0, 1],
            shares: [0.1, 0.9, 0.8, 0.2, 0.6, 0.4, 0.3, 0.7, 0.9, 0.1, 0.2, 0.8])
        #expect(report.outputs.map(\.name) == ["red", "big"])
        let yes = report.outputs.map { $0.report.rows[1] }
        #expect(yes.map(\.precision) == [1, 0.5] && yes.map(\.recall) == [0.5, 1])
        #expect(yes.map(\.auc) == [1, 0.5])
        #expect(report.exactShare == 1.0 / 3 && report.all.accuracy == 4.0 / 6)
    }

    private static let sides = [0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1]
    private static let shares = [
        0.1, 0.4, 0.35, 0.8, 0.9, 0.4, 0.2, 0.65, 0.05, 0.35, 0.6, 0.3, 0.35, 0.2, 0.7, 0.9,
    ]

    private func answers(_ places: [Int], areScores: Bool = false) -> AnswerReport {
        let shares = places.map { Self.shares[$0] }
        let pairs = shares.flatMap { [1 - $0, $0] }
        return AnswerReport(
            names: ["a", "b"], targets: places.map { Self.sides[$0] },
            predictions: shares.map { $0 > 0.5 ? 1 : 0 }, shares: areScores ? nil : pairs,
            scores: areScores ? pairs : nil, places: places)
    }

    /// With the figures of scikit-learn 1.9.1: `roc_auc_score`, `average_precision_score`,
    /// `precision_score`, `recall_score` and `f1_score` with `average="macro"`, and the largest F1
    /// of `precision_recall_curve`.
    @Test("the mean over several answers is scikit-learn's, with scores and without some, too")
    func means() throws {
        let all = answers(Array(0..<16))
        func near(_ number: Double?, _ other: Double) -> Bool {
            abs((number ?? .nan) - other) < 1e-12
        }
        #expect(near(all.means.auc, 0.6614583333333334))
        #expect(near(all.means.precision, 0.6666666666666666) && near(all.means.recall, 0.45))
        #expect(near(all.means.f1, 0.5357142857142857))
        guard case .double(let precision)? = all.json["averagePrecision"] else {
            Issue.record("there is no mean precision")
            return
        }
        #expect(near(precision, 0.785595238095238))
        let best = all.outputs.map { $0.report.precisionRecall?.f1 }
        #expect(near(best[0], 0.6666666666666666) && near(best[1], 0.8333333333333333))
        #expect(all.option == "a=0.7,b=0.3", "\(all.option ?? "")")
        let scores = answers(Array(0..<16), areScores: true)
        #expect(scores.means.auc == all.means.auc && scores.option == nil)
        #expect(scores.lines.contains { $0.contains("from score") })
        let some = answers((0..<16).filter { ![4, 11].contains($0) })
        #expect(near(some.outputs[0].report.rows[1].auc, 0.5416666666666666))
        #expect(near(some.outputs[1].report.rows[1].auc, 0.75))
        #expect(near(some.outputs[0].report.rows[1].f1, 0.4))
        #expect(near(some.all.accuracy, 0.5714285714285714) && some.exactShare == 0.375)
    }

    @Test("a predictor gives what the model gives, for a run and for a file")
    func predictor() throws {
        let sandbox = Sandbox()
        let config = try sandbox.config(["training.epochs=2"])
        let experiment = try Experiment(config)
        let folder = try RunFolder.create(sandbox.file("run"))
        _ = try Trainer(starting: experiment, in: folder).run()
        let predictor = try Predictor(folder.path)
        let file = try HDF5File(sandbox.file("clusters.h5"))
        let inputs = try HDF5Dataset(file, "test/images").read()
        let found = try predictor(inputs)
        let expected = noGrad { predictor.model(Tensor(inputs)).softmax(axis: -1) }
        #expect(found.values.values(as: Float.self) == expected.data.values(as: Float.self))
        #expect(found.areProbabilities && found.labels.count == 12)
        let other = try Predictor("\(folder.path)/best.safetensors")
        #expect(try other(inputs).labels == found.labels)
        #expect(throws: RunError.self) { try predictor(NDArray.full([2, 5], 1)) }
    }

    @Test(
        "a report without other data is on those that were held back, and those alone",
        arguments: [
            ["data.split=0.3"], ["data.split=0.3", "data.splitOrder=stored"],
            ["data.split=0.25", "data.splitOrder=shuffled"], ["data.folds=4", "data.fold=2"],
        ])
    func held(changes: [String]) throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("run", ["data.validation=null"] + changes).run()
        let predictor = try Predictor(sandbox.file("run"))
        let plan = try DataPlan(predictor.config)
        let dataset = try #require(plan.validation?.dataset)
        let rows = (0..<dataset.count).map { dataset.storedRow($0) }
        let source = try PredictionSource(measuredBy: plan)
        #expect((0..<source.count).map { Int(source.names.of($0)[0]) } == rows && rows.count < 15)
        let report = try EvaluationReport(predictor).json
        guard case .double(let accuracy)? = report["accuracy"],
            case .array(let worst)? = report["worst"]
        else {
            Issue.record("the report has no accuracy")
            return
        }
        let measured = try Evaluation(sandbox.file("run")).measurement
        #expect(abs(accuracy - (measured.value("accuracy") ?? .nan)) < 1e-9)
        for row in worst {
            guard case .string(let name)? = row["example"] else { continue }
            #expect(rows.contains(Int(name) ?? -1))
        }
    }
}
