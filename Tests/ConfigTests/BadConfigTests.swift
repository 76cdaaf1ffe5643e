import FTConfig
import FTJSON
import Testing

@Suite("A bad config gets a sentence for each of its problems")
struct BadConfigTests {
    @Test("names place, key and remedy", arguments: BadConfig.corpus)
    func sentences(bad: BadConfig) {
        #expect(goodConfig.contains(bad.old))
        #expect(problems(goodConfig.replacing(bad.old, with: bad.new)) == bad.expected)
    }

    @Test(
        "says what is wrong with a whole file",
        arguments: [
            ("", "c.json:1:1: there is nothing here; expected a JSON value"),
            ("[]", "c.json:1:1: expected an object, found an array"),
            (
                "\u{FEFF}{}",
                "c.json:1:1: starts with a byte order mark; save it as UTF-8 without BOM"
            ),
            (
                String(repeating: "{\"a\":", count: 10_000),
                "c.json:1:641: nested more than 128 levels deep"
            ),
            (
                #"{"name": "\ud800"}"#,
                #"c.json:1:11: half of a surrogate pair; '\uD83D' needs its '\uDE00'"#
            ),
        ])
    func wholeFile(text: String, expected: String) {
        let error = #expect(throws: ConfigError.self) { try read(text) }
        #expect(error?.description == expected)
    }

    @Test("lists everything that is missing, at the object that lacks it")
    func missing() {
        #expect(
            problems("{}") == [
                "c.json:1:1: data: missing. Give an object: what to train on",
                "c.json:1:1: model: missing. Give an object: the network",
                "c.json:1:1: loss: missing. Give a loss: what is minimised",
                "c.json:1:1: optimizer: missing. Give an optimizer: how it is minimised",
            ])
    }

    @Test("prints file and command line problems together in aligned rows")
    func rendering() {
        let text = goodConfig.replacing("512", with: "\"ten\"")
        let error = #expect(throws: ConfigError.self) {
            try trainingSchema.read(
                text, file: "configs/mlp.json",
                overrides: ["optimizer.learning_rte=0.01", "epochs=ten"])
        }
        #expect(
            error?.description == """
                configs/mlp.json: 4 problems
                  configs/mlp.json:11:33  model.layers[0].units            expected an integer ≥ 1, \
                found the string "ten"
                  configs/mlp.json:12:65  model.layers[2].layers[0].units  expected an integer ≥ 1, \
                found the string "ten"
                  (command line)          optimizer.learning_rte           unknown key of optimizer \
                'adam'. Did you mean 'learningRate'?
                  (command line)          epochs                           unknown key. Did you mean \
                'training.epochs'?
                """)
    }

    @Test("shows fifty problems and counts the rest")
    func many() {
        let keys = (0..<70).map { "\"unknown\($0)\": 0" }.joined(separator: ",")
        let error = #expect(throws: ConfigError.self) { try read("{\(keys)}") }
        #expect(error?.issues.count == 74)
        #expect(error?.description.hasPrefix("c.json: 74 problems\n") == true)
        #expect(error?.description.hasSuffix("\n  … and 24 more") == true)
    }

    @Test("reads a config of a hundred thousand problems to its end")
    func flood() {
        let layers = String(repeating: "{},", count: 100_000)
        let text = "{\"model\": {\"layers\": [\(layers){}]}}"
        let error = #expect(throws: ConfigError.self) { try read(text) }
        #expect(error?.issues.count == 100_004)
        let keys = (0..<100_000).map { "\"epoch\($0)\": 0" }.joined(separator: ",")
        let unknown = #expect(throws: ConfigError.self) { try read("{\(keys)}") }
        #expect(unknown?.issues.count == 100_004)
    }
}
