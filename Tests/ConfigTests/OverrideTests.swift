import FTConfig
import FTJSON
import Testing

@Suite("key=value arguments")
struct OverrideTests {
    @Test("change a value in the file, by either spelling of an index")
    func change() throws {
        for argument in ["model.layers.0.units=128", "model.layers[0].units=128"] {
            let config = try read(goodConfig, argument)
            #expect(config.child("model").children("layers")[0].int("units") == 128)
        }
    }

    @Test("create the objects that are missing")
    func create() throws {
        let config = try read(smallConfig, "training.epochs=20", "schedule.type=cosine")
        #expect(config.child("training").int("epochs") == 20)
        #expect(config.child("schedule").type == "cosine")
    }

    @Test("split at the first = and read JSON, or else a string")
    func values() throws {
        #expect(try read(goodConfig, "name=a=b").string("name") == "a=b")
        #expect(try read(goodConfig, "name=").string("name") == "")
        #expect(try read(goodConfig, "name=\"7\"").string("name") == "7")
        #expect(try read(goodConfig, #"name="[x""#).string("name") == "[x")
        #expect(
            try read(goodConfig, "data.path=../x y.h5").child("data").string("path") == "../x y.h5")
        let optimizer = try read(goodConfig, #"optimizer={"type": "sgd", "learningRate": 1}"#)
        #expect(optimizer.child("optimizer").type == "sgd")
        #expect(try read(goodConfig, "metrics=[]").children("metrics").isEmpty)
        #expect(
            try read(goodConfig, "training.clipNorm=2", "training.clipNorm=null")
                .child("training").optionalDouble("clipNorm") == nil)
    }

    @Test("go through what is null, as an effective config has it")
    func throughNull() throws {
        let effective = try read(smallConfig).effective.text()
        let config = try read(
            effective, "data.validation.inputs=a", "data.validation.targets=b")
        #expect(config.child("data").optional("validation")?.string("targets") == "b")
    }

    @Test("that change a type leave out what the old one had by default")
    func types() throws {
        let effective = try read(smallConfig, "schedule.type=cosine").effective.text()
        #expect(effective.contains("warmupSteps"))
        let config = try read(effective, "schedule.type=constant", "optimizer.type=sgd")
        #expect(config.child("schedule").type == "constant")
        // What the new type needs stays.
        #expect(config.child("optimizer").double("learningRate") == 0.001)
        #expect(config.child("optimizer").double("momentum") == 0)
        let layers = try read(
            effective, "model.layers.0.bias=true", "model.layers[0].units=3",
            "model.layers[0].type=linear")
        #expect(layers.child("model").children("layers")[0].int("units") == 3)
        // What isn't a default says something, so it isn't dropped.
        let error = #expect(throws: ConfigError.self) {
            try read(effective, "schedule.warmupSteps=5", "schedule.type=constant")
        }
        #expect(error?.issues.first?.path == "schedule.warmupSteps")
    }

    @Test("apply in order")
    func order() throws {
        #expect(try read(goodConfig, "seed=1", "seed=2").int("seed") == 2)
    }

    @Test(
        "get the same checks and sentences as the file",
        arguments: [
            ("seed.x=3", "seed: cannot set \"x\" in it, for it is 42, not an object"),
            (
                "optimizer.learning_rte=0.01",
                "optimizer.learning_rte: unknown key of optimizer 'adam'. Did you mean 'learningRate'?"
            ),
            ("epochs=ten", "epochs: unknown key. Did you mean 'training.epochs'?"),
            ("lr=0.1", "lr: unknown key. Did you mean 'optimizer.learningRate'?"),
            ("batch_size=1", "batch_size: unknown key. Did you mean 'data.batchSize'?"),
            ("inputs=1", "inputs: unknown key. Did you mean 'data.train.inputs'?"),
            ("trainin.epochs=3", "trainin: unknown key. Did you mean 'training'?"),
            (
                "training.epochs=ten",
                "training.epochs: expected an integer ≥ 1, found the string \"ten\""
            ),
            ("training.epochs=0", "training.epochs: expected an integer ≥ 1, found 0"),
            (
                "model.layers.9.units=3",
                "model.layers: the array takes an index from 0 to 3, found \"9\". "
                    + "Add elements in the file, or give the whole list: model.layers='[…]'"
            ),
            (
                "schedule=null",
                "schedule: expected a schedule, found null. For the default write "
                    + "schedule='{\"type\":\"constant\"}'"
            ),
            (
                "model.layers.-1.units=3",
                "model.layers: the array takes an index from 0 to 3, found \"-1\""
            ),
            ("model.layers.x=3", "model.layers: the array takes an index from 0 to 3, found \"x\""),
            ("model.layers.0=null", "model.layers[0]: expected a layer, found null"),
            (
                "metrics.0.k=5",
                "metrics[0]: cannot set \"k\" in it, for it is the string \"accuracy\", not an "
                    + "object. Write metrics[0]='{\"type\":\"accuracy\",\"k\":5}'"
            ),
            ("name=7", "name: expected a string, found 7. To give it as a string, write '\"7\"'"),
            (
                "training={\"epochs\":1,\"epochs\":2}",
                "training.epochs: given twice. Remove one"
            ),
            ("loss={}", "loss.type: missing. Name the loss: crossEntropy, mse"),
            ("=3", "\"=3\" has an empty key. Write key=value or outer.key=value"),
            ("a..b=3", "\"a..b=3\" has an empty key. Write key=value or outer.key=value"),
            (
                "metrics[]=3",
                "\"metrics[]=3\" has an empty key. Write key=value or outer.key=value"
            ),
            ("noequals", "\"noequals\" has no '='. Write key=value"),
            (
                "optimizer.learningRate=.1",
                "optimizer.learningRate: .1 is not how JSON writes a number; write 0.1, 1 or -1, say, "
                    + "or write '\".1\"' for a string"
            ),
        ])
    func mistakes(argument: String, expected: String) {
        #expect(problems(goodConfig, [argument]) == ["(command line): " + expected])
    }

    @Test(
        "are no words where they begin as JSON",
        arguments: [
            (#"model.layers=[{"type":"linear",}]"#, 18), ("name=[x", 2), (#"name="x"#, 1),
            (#"optimizer={"type": "sgd""#, 15),
        ])
    func almostJSON(argument: String, column: Int) throws {
        let found = problems(goodConfig, [argument])
        let key = argument.prefix { $0 != "=" }
        #expect(found.count == 1)
        #expect(found[0].hasPrefix("(command line): \(key): the value is not JSON: "), "\(found)")
        #expect(found[0].contains("(at its column \(column))"), "\(found)")
    }

    @Test("cannot nest without end")
    func depth() {
        let path = Array(repeating: "a", count: 33).joined(separator: ".")
        #expect(
            problems(goodConfig, ["\(path)=1"]) == [
                "(command line): a key path of more than 32 parts"
            ])
        let deep = String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
        #expect(problems(goodConfig, ["metrics=\(deep)"]).count == 1)
    }

    @Test("are reported after the file, in their order")
    func reportOrder() {
        let text = goodConfig.replacing(#""seed": 42"#, with: #""sed": 42"#)
        let found = problems(text, ["optimizer.x=1", "noequals", "data.x=1"])
        #expect(found.count == 4)
        #expect(found[0].hasPrefix("c.json:2:18: sed:"))
        #expect(found[1].hasPrefix("(command line): optimizer.x:"))
        #expect(found[2].hasPrefix("(command line): \"noequals\""))
        #expect(found[3].hasPrefix("(command line): data.x:"))
    }
}
