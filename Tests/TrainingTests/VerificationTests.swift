import FTConfig
import FakeTensor
import FoundationEssentials
import Testing

@Suite("A run that is trained again") struct VerificationTests {
    let sandbox = Sandbox()

    /// Everything in the run folder, by name.
    private func contents(_ name: String) throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: sandbox.file(name))
        return try Dictionary(
            uniqueKeysWithValues: names.map {
                ($0, try Data(contentsOf: URL(filePath: sandbox.file("\(name)/\($0)"))))
            })
    }

    private func sentence(_ body: () throws -> some Any) -> String {
        do {
            _ = try body()
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test(
        "comes out the same to the bit, and is not touched",
        arguments: [
            [], ["schedule={\"type\":\"cosine\"}"], ["data.memoryLimit=0"],
            ["data.validation=null", "optimizer={\"type\":\"lion\"}"],
        ])
    func same(overrides: [String]) throws {
        _ = try sandbox.trainer("run", overrides).run()
        let before = try contents("run")
        let verification = try Verification(sandbox.file("run"))
        #expect(verification.difference == nil)
        #expect(verification.same.last == 15)
        #expect(verification.circumstances.isEmpty, "\(verification.circumstances)")
        #expect(try contents("run") == before)
        let step = try #require(verification.same.first)
        if step < 15 {
            let rest = try Verification(sandbox.file("run"), from: step)
            #expect(rest.difference == nil && rest.same == Array(verification.same.dropFirst()))
        }
    }

    @Test("names the first step and the tensors that differ")
    func differs() throws {
        _ = try sandbox.trainer("run", ["training.keepCheckpoints=9"]).run()
        let store = try RunFolder(opening: sandbox.file("run")).checkpoints()
        var checkpoint = try TrainingCheckpoint(path: store.stepPath(8))
        let bias = try #require(checkpoint.model.firstIndex { $0.name == "0.bias" })
        let shape = checkpoint.model[bias].array.shape
        checkpoint.model[bias].array = NDArray.full(shape, 1)
        checkpoint.state.frameworkVersion = "0.0.9"
        try checkpoint.save(to: store.stepPath(8))
        let verification = try Verification(sandbox.file("run"), from: 2)
        #expect(verification.same == [4, 6])
        #expect(verification.difference?.step == 8)
        #expect(verification.difference?.tensors == ["0.bias"])
        #expect(verification.lines.contains("differ  at step 8: 0.bias"))
        let after = try Verification(sandbox.file("run"), from: 8)
        #expect(after.difference?.step == 10)
        #expect(after.circumstances == ["the version: then 0.0.9, now \(FrameworkVersion.current)"])
    }

    @Test("says that the data are others")
    func otherData() throws {
        _ = try sandbox.trainer("run").run()
        try writeClusters(sandbox.file("clusters.h5"), seed: 8)
        let verification = try Verification(sandbox.file("run"))
        #expect(verification.difference != nil)
        let data = sandbox.file("clusters.h5")
        let place = "\(data): 'train/images' (data.train.inputs): then "
        #expect(verification.circumstances.contains { $0.hasPrefix(place) })
    }

    @Test("is refused where settings changed on the way, but for what came after")
    func changed() throws {
        _ = try sandbox.trainer("run", ["training.keepCheckpoints=9"]).run()
        var resumption: Resumption? = try Trainer.resume(
            sandbox.file("run"), overrides: ["training.epochs=5", "optimizer.learningRate=0.01"])
        _ = try resumption?.trainer.run()
        resumption = nil
        let refusal = sentence { try Verification(sandbox.file("run")) }
        #expect(refusal.contains("step 15: optimizer.learningRate: 0.05 → 0.01"), "\(refusal)")
        #expect(refusal.hasSuffix("; verify what came after: --from 16"), "\(refusal)")
        let rest = try Verification(sandbox.file("run"), from: 18)
        #expect(rest.difference == nil && rest.same.last == 25)
        #expect(
            sentence { try Verification(sandbox.file("run"), from: 3) }.contains(
                "there is no checkpoint of step 3; there are "))
    }

    @Test("names no step to begin at where none is kept")
    func nothingKept() throws {
        _ = try sandbox.trainer("run", ["training.checkpointEverySteps=0"]).run()
        let changes = ["training.epochs=5", "optimizer.learningRate=0.01"]
        _ = try Trainer.resume(sandbox.file("run"), overrides: changes).trainer.run()
        let refusal = sentence { try Verification(sandbox.file("run")) }
        #expect(
            refusal.hasSuffix(
                "; no checkpoint since then is kept to begin at; training.checkpointEverySteps "
                    + "keeps some"), "\(refusal)")
    }

    @Test("of one that was made longer, twice, by a schedule that doesn't end with the run")
    func longer() throws {
        for (name, schedule) in [
            ("constant", []), ("step", ["schedule={\"type\":\"step\",\"everySteps\":4}"]),
            ("plateau", ["schedule={\"type\":\"plateau\",\"patience\":1}"]),
        ] {
            _ = try sandbox.trainer(name, schedule).run()
            for length in [["training.epochs=4"], ["training.epochs=6", "training.maxSteps=27"]] {
                let resumption = try Trainer.resume(sandbox.file(name), overrides: length)
                #expect(resumption.warnings.isEmpty, "\(name): \(resumption.warnings)")
                _ = try resumption.trainer.run()
            }
            let verification = try Verification(sandbox.file(name))
            #expect(verification.difference == nil && verification.same.last == 27, "\(name)")
        }
        _ = try sandbox.trainer("cosine", ["schedule={\"type\":\"cosine\"}"]).run()
        _ = try Trainer.resume(sandbox.file("cosine"), overrides: ["training.epochs=5"]).trainer
            .run()
        let refusal = sentence { try Verification(sandbox.file("cosine")) }
        #expect(refusal.contains("step 15: training.epochs: 3 → 5"), "\(refusal)")
    }

    @Test("a page names what the best epoch is best by, though another measure decides later")
    func bestBy() throws {
        _ = try sandbox.trainer("run", ["training.bestBy=accuracy"]).run()
        // No later epoch is better: the rate is 0.
        let changes = ["training.bestBy=loss", "training.epochs=5", "optimizer.learningRate=0"]
        let resumption = try Trainer.resume(sandbox.file("run"), overrides: changes)
        #expect(resumption.warnings.contains { $0.contains("is that by accuracy") })
        let summary = try resumption.trainer.run()
        let by = try #require(summary.best?.by)
        #expect(try sandbox.text("run/report.html").contains("<td>best by \(by)</td>"))
        let best = try TrainingCheckpoint(path: sandbox.file("run/best.safetensors"))
        #expect(best.state.step == summary.best?.step)
    }

    @Test("measuring says by hashes what was measured")
    func hashes() throws {
        _ = try sandbox.trainer("run").run()
        let first = try Evaluation(sandbox.file("run"))
        #expect(first.lines.contains { $0.hasPrefix("hashes  checkpoint xxh64:") })
        let again = try Evaluation(sandbox.file("run"))
        #expect(first.hashes == again.hashes)
        try writeClusters(sandbox.file("clusters.h5"), seed: 8)
        let other = try Evaluation(sandbox.file("run"))
        #expect(other.hashes.data != first.hashes.data)
        #expect(other.hashes.checkpoint == first.hashes.checkpoint)
        let report = try InspectReport(path: sandbox.file("run/best.safetensors"))
        let hashes = "\ndata \(first.hashes.data) · config \(first.hashes.config)\n"
        #expect(report.text().contains(hashes))
    }
}
