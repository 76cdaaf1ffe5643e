import Testing

@testable import Training

@Suite("Lines of facts in 80 columns")
struct FoldedLineTests {
    @Test("commands to paste quote the names of folders")
    func quoted() {
        var summary = RunSummary()
        summary.status = .interrupted
        let lines = summary.closingLines("r a/1")
        #expect(lines.last == "next    fttrain resume 'r a/1'")
    }

    @Test("are cut between facts, which stay whole, and nothing is lost")
    func folded() {
        let line =
            "data    data/digits.h5   train 12,000, validation 2,000   uint8 28×28 → float32 784"
        #expect(
            line.folded == [
                "data    data/digits.h5   train 12,000, validation 2,000",
                "        uint8 28×28 → float32 784",
            ])
        let done =
            "done    4 epochs, 376 steps in 1.4 s, 56,262 samples/s, waited for data 1.4 % of"
        #expect(done.folded == [done])
        #expect(
            (done + " the time").folded == [
                "done    4 epochs, 376 steps in 1.4 s, 56,262 samples/s",
                "        waited for data 1.4 % of the time",
            ])
    }

    @Test("a fact that is wider than a line stays one, as paths must")
    func wide() {
        let path = String(repeating: "folder/", count: 20)
        #expect("page    \(path)".folded == ["page    \(path)"])
        #expect(
            "data    \(path)   train 3".folded == ["data    \(path)", "        train 3"])
        #expect("".folded == [""] && "a, b".folded == ["a, b"])
    }

    @Test("no line of a run's report is wider", arguments: 1...7)
    func all(digits: Int) {
        var info = RunInfo()
        info.dataPath = "data/some-table-of-things.h5"
        info.trainCount = Int(String(repeating: "7", count: digits)) ?? 0
        info.validationCount = info.trainCount
        info.storedInput = "float32 \(info.trainCount)"
        info.device = "cpu: avx512, \(digits) threads"
        var summary = RunSummary()
        summary.epochs = info.trainCount
        summary.steps = info.trainCount
        summary.status = .completed
        for line in info.headerLines + summary.closingLines("runs/mlp-001") {
            #expect(line.count <= 80, "\(line)")
        }
    }

    @Test("a sentence on a terminal is cut between words below its beginning, other text is not")
    func sentences() {
        let sentence = "fttrain: run: nothing is left to train, so the run stays as it is"
        #expect(
            Terminal.folded(sentence, to: 44) == [
                "fttrain: run: nothing is left to train, so", "         the run stays as it is",
            ])
        let command =
            "fttrain: run: is over; train on: fttrain resume run training.epochs=20, or not"
        #expect(
            Terminal.folded(command, to: 60) == [
                "fttrain: run: is over; train on:",
                "         fttrain resume run training.epochs=20, or not",
            ])
        #expect(Terminal.folded(sentence, to: 80) == [sentence])
        #expect(Terminal.folded("usage: " + sentence, to: 44) == ["usage: " + sentence])
        #expect(Terminal.folded(sentence, to: 20) == [sentence])
    }

    @Test("equal folds deviate by nothing")
    func folds() {
        let equal = FoldSummary.spread(Array(repeating: 0.1, count: 10))
        #expect(equal.mean == 0.1 && equal.deviation == 0)
        let spread = FoldSummary.spread([1, 2, 3, 4])
        #expect(spread.mean == 2.5 && abs(spread.deviation - 1.2909944487358056) < 1e-15)
        #expect(FoldSummary.spread([7]).mean == 7 && FoldSummary.spread([7]).deviation.isNaN)
    }
}
