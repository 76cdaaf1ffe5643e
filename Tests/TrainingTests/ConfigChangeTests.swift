import FTConfig
import FTJSON
import FakeTensor
import FoundationEssentials
import Testing

@testable import Training

@Suite("Settings that change while a run is under way")
struct ConfigChangeTests {
    private let sandbox = Sandbox()

    /// A run of which the second half has another rate.
    private func changed(_ name: String = "run") throws -> RunRecord {
        try sandbox.stopped(name, at: 8)
        let resumption = try Trainer.resume(
            sandbox.file(name), overrides: ["optimizer.learningRate=0.01", "data.batchSize=4"])
        _ = try resumption.trainer.run()
        return try RunRecord(sandbox.file(name))
    }

    @Test("a comparison, a page, a summary and inspect say what changed, and when")
    func told() throws {
        let record = try changed()
        #expect(
            record.changes == [
                ConfigChange(step: 8, change: "data.batchSize: 8 → 4"),
                ConfigChange(step: 8, change: "optimizer.learningRate: 0.05 → 0.01"),
            ])
        _ = try sandbox.trainer("other").run()
        let other = try RunRecord(sandbox.file("other"))
        #expect(other.changes.isEmpty)
        let comparison = try RunComparison([record, other])
        let place = try #require(comparison.runs.firstIndex { !$0.changes.isEmpty })
        let text = comparison.lines.joined(separator: "\n").replacing("\n   ", with: " ")
        let sentence =
            "changed during the run, and the config is the last one: at step 8 data.batchSize: 8 → 4; "
            + "optimizer.learningRate: 0.05 → 0.01"
        #expect(text.contains("\n\(place + 1)  \(sentence)"), "\(text)")
        #expect(comparison.lines.allSatisfy { $0.unicodeScalars.count <= 80 })
        let json = try #require(comparison.json["runs"]).text()
        #expect(
            json.contains(
                #""changes":[{"step":8,"change":"data.batchSize: 8 → 4"},{"step":8,"change":"#))
        let folder = try RunFolder(opening: sandbox.file("run"))
        #expect(folder.changes() == sentence)
        #expect(try sandbox.text("run/report.html").contains("changed during the run"))
        #expect(try sandbox.text("run/summary.json").contains("\"changes\""))
        #expect(try !sandbox.text("other/summary.json").contains("\"changes\""))
    }

    @Test("a rate that is proposed to go on at trains, whatever a schedule has come to")
    func steadyRate() {
        #expect(Trainer.steadyRate(reached: 0.004, largest: 0.1).rate == 0.01)
        #expect(Trainer.steadyRate(reached: 0, largest: 0.1).rate == 0.01)
        #expect(Trainer.steadyRate(reached: 0.04, largest: 0.1).rate == 0.04)
    }

    @Test("lines of a history that are no changes of settings are left out")
    func others() {
        let lines = ["step 3: weights of epoch 2 restored", "nonsense", "step x: a: 1 → 2"]
        #expect(ConfigChange.all(lines).isEmpty)
        #expect(ConfigChange.sentence([]) == nil)
    }

    @Test("best.json is the best trial as it was asked for, also where it was resumed otherwise")
    func resumedTrial() throws {
        let path = sandbox.file("tiny.json")
        try Data(sandbox.config().effective.text().utf8).write(to: URL(filePath: path))
        let out = sandbox.file("sweep")
        let arguments = ["optimizer.learningRate=1e-6,0.05", "training.epochs=1"]
        let sweep = try Sweep(config: path, arguments, trials: nil, seed: 0, out: out)
        #expect(try sweep.run(stop: StopSignal()) { _ in })
        let longer = try Trainer.resume(
            "\(out)/trial-002", overrides: ["training.epochs=2", "optimizer.learningRate=0.02"])
        _ = try longer.trainer.run()
        let again = try Sweep(opening: out)
        try again.writeBest()
        let best = try RunConfig(file: "\(out)/best.json")
        #expect(best.value.child("optimizer").double("learningRate") == 0.05 && best.epochs == 1)
        let changes = again.best?.changes.map(\.change) ?? []
        #expect(changes.contains("optimizer.learningRate: 0.05 → 0.02"), "\(changes)")
    }
}
