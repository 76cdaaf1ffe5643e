import FTSupport
import Testing

@Suite("Guessing what was meant")
struct SuggestionTests {
    private let keys = ["learningRate", "batchSize", "epochs", "weightDecay", "momentum", "lr2"]

    @Test(
        "finds the near word",
        arguments: [
            ("learning_rte", "learningRate"), ("learning_rate", "learningRate"),
            ("LEARNINGRATE", "learningRate"), ("batch-size", "batchSize"), ("epoch", "epochs"),
            ("epohcs", "epochs"), ("momntum", "momentum"), ("wd", "weightDecay"),
            ("momentums", "momentum"), ("xepochs", "epochs"),
        ])
    func near(word: String, expected: String) {
        #expect(Suggestion.nearest(to: word, among: keys) == expected)
    }

    @Test(
        "stays silent when nothing is near",
        arguments: ["", "_", "x", "units", "epicentre", "abcd"])
    func far(word: String) {
        #expect(Suggestion.nearest(to: word, among: keys) == nil)
    }

    @Test("takes the nearest, and the first of equals")
    func ties() {
        #expect(Suggestion.nearest(to: "gelv", among: ["relu", "gelu"]) == "gelu")
        #expect(Suggestion.nearest(to: "xelu", among: ["relu", "gelu", "elu"]) == "relu")
    }

    @Test("allows more slips in long words, and none in endless ones")
    func lengths() {
        let path = ["train/images", "train/labels"]
        #expect(Suggestion.nearest(to: "train/images/deep", among: path) == "train/images")
        #expect(Suggestion.nearest(to: "train/picture", among: path) == nil)
        let endless = String(repeating: "a", count: 300)
        #expect(Suggestion.nearest(to: endless + "b", among: [endless]) == nil)
    }

    @Test("asks a question or nothing")
    func question() {
        #expect(Suggestion.question("gelv", among: ["gelu"]) == " Did you mean 'gelu'?")
        #expect(Suggestion.question("x", among: ["gelu"]) == "")
    }
}
