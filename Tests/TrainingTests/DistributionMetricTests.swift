import FTConfig
import FTJSON
import FakeTensor
import Testing

@Suite("Metrics beside losses of distributions and of single outputs")
struct DistributionMetricTests {
    private let regression = [
        "data.train.targets=train/sums", "data.validation.targets=test/sums",
        "training.epochs=1", "optimizer.learningRate=1e-30",
    ]

    private func measured(_ overrides: [String]) throws -> [String: Double] {
        let sandbox = Sandbox()
        let summary = try sandbox.trainer("run", regression + overrides).run()
        let measurement = try #require(summary.best?.measurement)
        return Dictionary(uniqueKeysWithValues: measurement.metrics.map { ($0.name, $0.value) })
    }

    @Test("errors are those of the predicted means")
    func gaussian() throws {
        let found = try measured([
            "model.layers.2.units=12", #"loss={"type": "gaussianNLL"}"#,
            #"metrics=["meanAbsoluteError", "rootMeanSquaredError", "meanSquaredError"]"#,
        ])
        let squared = try #require(found["meanSquaredError"])
        let root = try #require(found["rootMeanSquaredError"])
        #expect(squared > 0 && abs(root * root - squared) < 1e-9)
        #expect(try #require(found["meanAbsoluteError"]) <= root)
    }

    @Test("errors are those of the quantile nearest to the median, and pinball is the loss")
    func quantiles() throws {
        let quantiles = "\"quantiles\": [0.1, 0.5, 0.9]"
        let sandbox = Sandbox()
        let overrides =
            regression + [
                #"model.layers=[{"type": "linear", "units": 18}, "#
                    + #"{"type": "reshape", "shape": [6, 3]}]"#,
                "loss={\"type\": \"quantile\", \(quantiles)}",
                "metrics=[\"meanAbsoluteError\", {\"type\": \"pinball\", \(quantiles)}]",
            ]
        let summary = try sandbox.trainer("run", overrides).run()
        let measurement = try #require(summary.best?.measurement)
        #expect(measurement.metrics.map(\.name) == ["meanAbsoluteError", "pinball"])
        #expect(abs(measurement.metrics[1].value - measurement.loss) < 1e-6)
    }

    @Test("F1 takes each output by itself where the loss does")
    func multiLabel() throws {
        let found = try measured([
            "model.layers.2.units=6", #"loss={"type": "binaryCrossEntropy"}"#,
            #"metrics=["f1", {"type": "f1", "average": "binary"}]"#,
        ])
        let explicit = try measured([
            "model.layers.2.units=6", #"loss={"type": "binaryCrossEntropy"}"#,
            #"metrics=[{"type": "f1", "average": "perOutput"}]"#,
        ])
        #expect(found["f1"] == explicit["f1"] && found["f1Binary"] != nil)
    }

    @Test("the area under the curve is that of each class against the rest")
    func area() throws {
        let sandbox = Sandbox()
        let options = [
            #"metrics=[{"type": "auc", "average": "macro"}]"#, "training.epochs=1",
        ]
        let summary = try sandbox.trainer("run", options).run()
        let metrics = try #require(summary.best?.measurement.metrics)
        #expect(metrics.map(\.name) == ["aucMacro"] && (0...1).contains(metrics[0].value))
    }
}
