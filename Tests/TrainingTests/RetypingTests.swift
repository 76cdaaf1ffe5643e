import FTConfig
import FTJSON
import FakeTensor
import Testing

/// A run's own config, in which every default is written out, as the config of another run.
@Suite("Effective configs")
struct RetypingTests {
    @Test("another optimizer, schedule or loss has its own defaults")
    func types() throws {
        let sandbox = Sandbox()
        let text = try sandbox.config(["schedule={\"type\":\"cosine\"}"]).effective.text()
        let config = try RunConfig(
            text: text, overrides: ["optimizer.type=sgd", "schedule.type=constant"])
        let optimizer = config.value.child("optimizer")
        // 0.05 was chosen, the rest were defaults.
        #expect(optimizer.double("learningRate") == 0.05 && optimizer.double("momentum") == 0)
        let plain = try sandbox.config(["optimizer.learningRate=0.001"]).effective.text()
        let other = try RunConfig(text: plain, overrides: ["optimizer.type=sgd"])
        #expect(other.value.child("optimizer").double("learningRate") == 0.01)
        _ = try Experiment(config)
        _ = try Experiment(
            RunConfig(text: text, overrides: ["loss.type=multiMargin", "model.layers.1.type=gelu"]))
    }

    @Test("every optimizer takes the place of every other")
    func all() throws {
        let sandbox = Sandbox()
        let names = CatalogTests.names("optimizer")
        for old in names {
            let text = try sandbox.config(["optimizer={\"type\":\"\(old)\"}"]).effective.text()
            for new in names {
                let config = try RunConfig(text: text, overrides: ["optimizer.type=\(new)"])
                let fresh = try sandbox.config(["optimizer={\"type\":\"\(new)\"}"])
                #expect(config.effective.text() == fresh.effective.text())
            }
        }
    }
}
