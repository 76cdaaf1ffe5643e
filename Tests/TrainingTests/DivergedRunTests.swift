import FakeTensor
import FoundationEssentials
import Testing

@testable import Training

@Suite("What a run that diverged leaves")
struct DivergedRunTests {
    @Test("keeps its last checkpoint, also where its time is over in the same moment")
    func outOfTime() throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("run", ["training.checkpointEverySteps=0"]).run()
        let before = try Data(contentsOf: URL(filePath: sandbox.file("run/last.safetensors")))
        let resumption = try Trainer.resume(
            sandbox.file("run"),
            overrides: [
                "training.epochs=6", "optimizer.learningRate=1e38", "training.maxMinutes=10",
            ])
        let trainer = resumption.trainer
        trainer.observers.append(
            Listener { [unowned trainer] event in
                if case .step = event { trainer.cursor.seconds = 1e6 }
            })
        let summary = try trainer.run()
        #expect(summary.status == .diverged)
        let after = try Data(contentsOf: URL(filePath: sandbox.file("run/last.safetensors")))
        #expect(after == before)
    }
}
