import Tensor
import Testing

@testable import Datasets

@Suite("Signs that nobody sees, and words that look the same")
struct LookAlikeTests {
    private let folder = TemporaryFolder()
    private static let invisible = [
        "\u{200B}", "\u{200C}", "\u{200D}", "\u{2060}", "\u{FEFF}", "\u{AD}", "\u{200E}",
        "\u{FE0F}",
    ]

    private func set(_ cells: [String], missing: MissingRule? = nil) throws -> TableSet {
        let rows = cells.enumerated().map { "\($1)\t\($0 % 2 == 0 ? "u" : "v")" }
        var options = TableOptions()
        options.missing = missing
        return try TableSet(
            [folder.write("t.tsv", "x\ty\n" + rows.joined(separator: "\n") + "\n")], options)
    }

    @Test("in and around a number they count for nothing", arguments: invisible)
    func numbers(sign: String) throws {
        let found = try set(["1\(sign)5", "2.5\(sign)", "-3\(sign)", "4", "1\(sign),250.5"])
        #expect(found.kinds[0].kind == .number)
        let column = found.tables[0].column("x")
        #expect((0..<5).map { column?.number($0) } == [15, 2.5, -3, 4, 1250.5])
        let encoding = try TableEncoding(fitting: set(["1", "2"]), rows: [0, 1])
        let new = try encoding.read(folder.write("n.csv", "x\n7\(sign)\n\(sign)8.5\n"))
        #expect(try encoding.encode(new).values(as: Float.self) == [7, 8.5])
    }

    @Test("a cell of such signs and spaces alone holds nothing", arguments: invisible)
    func blank(sign: String) throws {
        let found = try set(["1", "\(sign)", "\u{A0}\(sign)", "4"], missing: .median)
        #expect(found.kinds[0].kind == .number && found.missingCount(of: "x") == 2)
    }

    @Test(
        "two words that look the same, or nearly, are told",
        arguments: [
            (["red", "red\u{200B}", "blue"], "'red' and 'red\\u{200b}' look the same and are"),
            (["abc", "\u{430}bc"], "'abc' and '\u{430}bc' (with U+0430) look the same and are"),
            (["a b", "a\u{A0}b"], "'a b' and 'a\u{A0}b' (with U+00A0) look the same"),
            (["Red", "red"], "'Red' and 'red' may be one word and are taken for two;"),
            (["New York", "new-york", "Rome", "ROME"], "are taken for two, as 1 more do;"),
        ])
    func told(words: [String], sentence: String) {
        let found = LookAlikes.remark(on: "c", words) ?? "none"
        #expect(found.contains(sentence), "\(found)")
    }

    @Test("others, and codes that differ in signs, are not")
    func others() {
        for words in [["red", "blue"], ["1.2", "12"], ["A-1", "A1"], ["", "-"], ["a1", "A1"]] {
            #expect(LookAlikes.remark(on: "c", words) == nil, "\(words)")
        }
    }

    @Test("the word that is meant is found")
    func meant() {
        let words = KnownWords(["yes", "no", "New York", "NEW YORK", "1", "12", "1.0"])
        for (word, meant) in [
            ("Yes", "yes"), (" yes ", "yes"), ("ye\u{AD}s", "yes"), ("new_york", "New York"),
            ("1.0", "1"), ("12.00", "12"),
        ] { #expect(words.meant(by: word) == meant) }
        for word in ["maybe", "1.2", "2", "", "-"] {
            #expect(words.meant(by: word) == nil)
        }
    }
}
