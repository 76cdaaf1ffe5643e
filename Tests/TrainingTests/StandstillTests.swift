import Testing

@testable import Training

@Suite("Runs that train nothing")
struct StandstillTests {
    private func notes(_ changes: [String]) throws -> [String] {
        let sandbox = Sandbox()
        let config = try sandbox.config(["training.epochs=2"] + changes)
        let trainer = try Trainer(
            starting: Experiment(config), in: RunFolder.create(sandbox.file("run")))
        let notes = Notes()
        trainer.observers.append(notes)
        _ = try trainer.run()
        return notes.all.filter { $0.contains("by a single bit") }
    }

    private final class Notes: TrainingObserver {
        var all: [String] = []
        func handle(_ event: TrainingEvent) {
            if case .warning(let text) = event { all.append(text) }
        }
    }

    @Test(
        "are told once, with the likely setting",
        arguments: [
            ("{\"type\":\"adam\",\"epsilon\":1e30}", "optimizer.epsilon=1e+30"),
            (
                "{\"type\":\"adamW\",\"learningRate\":1e-30,\"weightDecay\":0,\"beta1\":0}",
                "optimizer.learningRate=1e-30"
            ),
            ("{\"type\":\"sgd\",\"clipNorm\":1e-30}", "optimizer.clipNorm=1e-30"),
            ("{\"type\":\"sgd\",\"learningRate\":1e-30}", "optimizer.learningRate=1e-30"),
            ("{\"type\":\"adam\",\"learningRate\":0,\"beta1\":0.8}", "optimizer.learningRate=0"),
            (
                "{\"type\":\"sgd\",\"groups\":[{\"match\":\"*\",\"rateFactor\":0}]}",
                "optimizer.groups[0]"
            ),
            (
                "{\"type\":\"sgd\",\"learningRate\":0.3,"
                    + "\"groups\":[{\"match\":\"*\",\"rateFactor\":0}]}",
                "optimizer.groups[0]"
            ),
        ])
    func told(optimizer: String, setting: String) throws {
        let notes = try notes(["optimizer=\(optimizer)"])
        #expect(notes.count == 1 && notes.first?.contains(setting) ?? false, "\(notes)")
    }

    @Test("where no gradient is left, that is the reason")
    func gradients() throws {
        let notes = try notes([
            "optimizer={\"type\":\"adam\",\"beta1\":0.8}",
            "model.layers=[{\"type\":\"linear\",\"units\":4},{\"type\":\"threshold\",\"threshold\":1e9,"
                + "\"value\":0},{\"type\":\"linear\",\"units\":3,\"bias\":false}]",
        ])
        #expect(
            notes.count == 1 && notes.first?.contains("all gradients are 0") ?? false, "\(notes)")
    }

    @Test("others are not", arguments: ["adam", "sgd", "lion", "lamb"])
    func silent(optimizer: String) throws {
        #expect(try notes(["optimizer={\"type\":\"\(optimizer)\"}"]).isEmpty)
    }

    @Test(
        "numbers that are nothing or infinite in float32 are refused",
        arguments: [
            ("epsilon", "1e300"), ("learningRate", "1e-320"), ("clipNorm", "1e-300"),
            ("learningRate", "1e39"), ("clipValue", "1e-50"),
        ])
    func refused(key: String, value: String) throws {
        let sandbox = Sandbox()
        let config = try sandbox.config(["optimizer={\"type\":\"adam\",\"\(key)\":\(value)}"])
        let error = #expect(throws: (any Error).self) { try Experiment(config) }
        #expect("\(error.map { "\($0)" } ?? "")".contains("optimizer.\(key)"))
    }
}
