import FTConfig
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
}
