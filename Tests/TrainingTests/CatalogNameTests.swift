import FTConfig
import FTJSON
import FakeTensor
import Testing

@testable import Training

/// What configs and commands call things, and what the library does.
@Suite("Names and defaults of the catalogs")
struct CatalogNameTests {
    @Test("a focal loss of single outputs weighs as in the library, and null weighs all alike")
    func focal() throws {
        let sandbox = Sandbox()
        func alpha(_ keys: String) throws -> Double? {
            let config = try sandbox.config([
                "data.train.targets=train/sums", "data.validation.targets=test/sums",
                "model.layers.2.units=6", "metrics=[]", "loss={\"type\":\"binaryFocal\"\(keys)}",
            ])
            let again = try RunConfig(text: config.effective.text())
            let losses = try [config, again].map {
                try Catalogs.losses.make($0.value.child("loss")).loss as? BinaryFocal
            }
            #expect(losses[0]?.alpha == losses[1]?.alpha && losses[0]?.gamma == BinaryFocal().gamma)
            return try #require(losses[0]).alpha
        }
        #expect(try alpha("") == BinaryFocal().alpha && BinaryFocal().alpha == 0.25)
        #expect(try alpha(",\"alpha\":null") == nil)
        #expect(try alpha(",\"alpha\":0.5") == 0.5)
        #expect(throws: ConfigError.self) { try alpha(",\"gamma\":null") }
    }

    @Test("the catalog says which layers look their inputs up, so that no scale is proposed there")
    func indices() throws {
        #expect(Catalogs.layers.names.filter(Catalogs.layers.takesIndices) == ["embedding", "gpt"])
        let sandbox = Sandbox()
        let whole = [
            "data.train.inputs=train/indices", "data.validation.inputs=test/indices",
            "data.transforms=[]",
        ]
        let embedding = #"{"type":"embedding","count":5,"width":4},{"type":"flatten"}"#
        let last = #"{"type":"linear","units":3}"#
        for (layers, proposesScale) in [(last, true), ("\(embedding),\(last)", false)] {
            let error = #expect(throws: ConfigError.self) {
                try Experiment(sandbox.config(whole + ["model.layers=[\(layers)]"]))
            }
            #expect(error?.description.contains("at the end, or a scale") == proposesScale)
            #expect(error?.description.contains("needs float32 inputs") == true)
        }
    }

    @Test("what a shell offers to sort runs by are names of columns")
    func measures() throws {
        let names = RunSchema.measures
        #expect(Set(names).count == names.count && names[0] == "loss")
        for name in ["accuracy", "auc", "aucMacro", "top5Accuracy", "r2"] {
            #expect(names.contains(name), "\(name) in \(names)")
        }
        #expect(!names.contains("topKAccuracy"))
        let sandbox = Sandbox()
        for metric in ["precision", "f1", "auc"] {
            for average in ["macro", "binary"] {
                let config = try sandbox.config([
                    "metrics=[{\"type\":\"\(metric)\",\"average\":\"\(average)\"}]"
                ])
                let name = Catalogs.metricName(config.value.children("metrics")[0])
                #expect(names.contains(name), "\(name) in \(names)")
            }
        }
    }
}
