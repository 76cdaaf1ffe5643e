import FTConfig
import FTJSON
import Testing

@Suite("Reading a good config")
struct ConfigReadingTests {
    @Test("gives the builder typed values without a way to fail")
    func accessors() throws {
        let config = try read(goodConfig)
        #expect(config.string("name") == "mlp")
        #expect(config.int("seed") == 42)
        #expect(config.child("data").bool("shuffle"))
        #expect(config.child("data").optional("validation")?.string("inputs") == "test/images")
        let layers = config.child("model").children("layers")
        #expect(layers.map(\.type) == ["linear", "relu", "residual", "linear"])
        #expect(layers[0].int("units") == 512)
        #expect(layers[0].bool("bias"))
        #expect(!layers[2].children("layers")[0].bool("bias"))
        #expect(config.child("optimizer").double("learningRate") == 0.001)
        #expect(config.child("training").optionalDouble("clipNorm") == nil)
        #expect(config.children("metrics").map(\.type) == ["accuracy", "topK"])
    }

    @Test("reads lists of scalars")
    func lists() throws {
        let text =
            goodConfig
            .replacing(#"{"type": "relu"}"#, with: #"{"type": "reshape", "shape": [1, -1]}"#)
            .replacing(
                #""crossEntropy""#, with: #""crossEntropy", "classWeights": [1, 2.5]"#)
        let config = try read(text)
        #expect(config.child("model").children("layers")[1].ints("shape") == [1, -1])
        #expect(
            config.child("loss").optional("classWeights")?.elements.map(\.asDouble) == [1, 2.5])
        #expect(config.child("loss").doubles("classWeights") == [1, 2.5])
    }

    @Test("reads optional keys of every type as nil or a value")
    func optionals() throws {
        let schema = ConfigSchema(
            title: "t",
            fields: [
                .int("i", doc: "").optional, .number("d", doc: "").optional,
                .bool("b", doc: "").optional, .string("s", doc: "").optional,
                .array("a", of: .string(), default: ["x"], doc: ""),
            ])
        let empty = try schema.read("{}", file: "c.json")
        #expect(empty.optionalInt("i") == nil && empty.optionalDouble("d") == nil)
        #expect(empty.optional("b") == nil && empty.optionalString("s") == nil)
        #expect(empty.strings("a") == ["x"])
        let full = try schema.read(
            #"{"i": 1, "d": 2, "b": false, "s": "", "a": []}"#, file: "c.json")
        #expect(full.optionalInt("i") == 1 && full.optionalDouble("d") == 2)
        #expect(full.optional("b")?.asBool == false && full.optionalString("s") == "")
        #expect(full.strings("a") == [])
    }

    @Test("fills in every default")
    func defaults() throws {
        let config = try read(smallConfig)
        #expect(
            config.effective == [
                "name": "run", "seed": 42, "device": "auto",
                "data": [
                    "path": "d.h5", "train": ["inputs": "x", "targets": "y"], "validation": .null,
                    "transforms": [], "batchSize": 32, "shuffle": true,
                ],
                "model": ["layers": [["type": "linear", "units": 10, "bias": true]]],
                "loss": ["type": "mse"], "optimizer": ["type": "adam", "learningRate": 0.001],
                "schedule": ["type": "constant"], "training": ["epochs": 10, "clipNorm": .null],
                "metrics": [],
            ])
    }

    @Test(
        "reads its own effective config as the same config", arguments: [goodConfig, smallConfig])
    func idempotence(text: String) throws {
        let first = try read(text).effective
        for style in [JSONStyle.compact, .pretty] {
            #expect(try read(first.text(style)).effective == first)
        }
    }

    @Test("takes an integral number for an integer, as JSON Schema does")
    func integralNumbers() throws {
        let config = try read(
            goodConfig.replacing("42", with: "42.0").replacing("512", with: "1e2"))
        #expect(config.int("seed") == 42)
        #expect(config.child("model").children("layers")[0].int("units") == 100)
    }

    @Test("lets an editor's $schema pass and takes null for what is optional")
    func schemaLink() throws {
        let text =
            goodConfig
            .replacing(#""name": "mlp""#, with: #""$schema": "fttrain.schema.json""#)
            .replacing(#"{"epochs": 10}"#, with: #"{"clipNorm": null}"#)
        let config = try read(text)
        #expect(config.string("name") == "run")
        #expect(config.child("training").optional("clipNorm") == nil)
        #expect(config.effective["$schema"] == nil)
    }

    @Test("lets the builder report a problem at its place in the file")
    func builderIssues() throws {
        let layer = try read(goodConfig).child("model").children("layers")[0]
        #expect(layer.path == "model.layers[0]")
        #expect(
            ConfigError([layer.issue("needs an input of rank 2", at: "units")]).description == """
                c.json: 1 problem
                  c.json:11:33  model.layers[0].units  needs an input of rank 2
                """)
        #expect(
            layer.issue("too wide").description == "c.json:11:5: model.layers[0]: too wide")
        #expect(
            layer.issue("no bias, please", at: "bias").description
                == "c.json:11:5: model.layers[0].bias: no bias, please")
        let overridden = try read(goodConfig, "model.layers.0.units=3")
        let units = overridden.child("model").children("layers")[0].issue("odd", at: "units")
        #expect(units.description == "(command line): model.layers[0].units: odd")
    }

    @Test("goes as deep as the parser does")
    func nestedLayers() throws {
        func nested(_ depth: Int) -> String {
            let open = String(repeating: #"{"type": "residual", "layers": ["#, count: depth)
            let close = String(repeating: "]}", count: depth)
            return goodConfig.replacing(
                #"{"type": "relu"}"#, with: open + #"{"type": "relu"}"# + close)
        }
        #expect(throws: Never.self) { try read(nested(60)) }
        let error = #expect(throws: ConfigError.self) { try read(nested(63)) }
        #expect(error?.issues.first?.message == "nested more than 128 levels deep")
    }
}

@Suite("A mistake in a schema stops the program")
struct SchemaDeclarationTests {
    @Test("a name twice")
    func duplicateField() async {
        await #expect(processExitsWith: .failure) {
            _ = ConfigSchema(title: "t", fields: [.bool("a", doc: ""), .bool("a", doc: "")])
        }
    }

    @Test("a union that is not there")
    func unknownUnion() async {
        await #expect(processExitsWith: .failure) {
            _ = ConfigSchema(title: "t", fields: [.union("a", of: "layer", doc: "")])
        }
    }

    @Test("a default that its own range refuses")
    func badDefault() async {
        await #expect(processExitsWith: .failure) {
            _ = ConfigSchema(title: "t", fields: [.int("a", default: 0, min: 1, doc: "")])
        }
    }

    @Test("a default that contains itself")
    func endlessDefault() async {
        await #expect(processExitsWith: .failure) {
            let inner = Field.union("inner", of: "u", default: ["type": "v"], doc: "")
            let union = Union(
                name: "u", variants: [Variant(name: "v", summary: "", fields: [inner])])
            _ = ConfigSchema(title: "t", fields: [inner], unions: [union])
        }
    }

    @Test("a key that the schema does not declare")
    func unknownAccess() async {
        await #expect(processExitsWith: .failure) {
            let schema = ConfigSchema(title: "t", fields: [.int("a", doc: "")])
            _ = try schema.read(#"{"a": 1}"#, file: "c.json").int("b")
        }
    }
}
