import Testing

@testable import Datasets

/// Numbers in forms that aren't read: never words without being asked, however few of them repeat.
@Suite("Numbers in disguise")
struct DisguisedNumberTests {
    private let folder = TemporaryFolder()

    private func set(_ cells: [String]) throws -> TableSet {
        let rows = (0..<40).map { "\(cells[$0 % cells.count])\t\($0 % 2 == 0 ? "u" : "v")" }
        return try TableSet(
            [folder.write("t.tsv", "x\ty\n" + rows.joined(separator: "\n") + "\n")], TableOptions())
    }

    @Test(
        "are known with what would be read in their place",
        arguments: [
            ("0x1F", "31"), ("0x1p3", "8"), ("0b101", "5"), ("0o17", "15"), ("½", "0.5"),
            ("1½", "1.5"),
            ("-2 ¼", "-2.25"), ("1 3/4", "1.75"), ("②", "2"), ("1_000", "1000"),
            ("-1_000_000", "-1000000"), ("1.5D+03", "1.5e3"), ("1.5×10³", "1.5e3"),
            ("2*10^-3", "2e-3"), ("10⁵", "1e5"), ("1·5", "1.5"), ("0.05*", "0.05"),
            ("1.5²", "1.5"), ("'5", "5"), ("=\"5\"", "5"), ("~5", "5"), ("ca. 12.5", "12.5"),
            ("$1k", "1000"), ("$1.5M", "1500000"), ("[7]", "7"), ("FY2024", "2024"),
            ("circa 5", "5"),
        ])
    func plain(text: String, plain: String) { #expect(DisguisedNumber.read(text)?.plain == plain) }

    @Test(
        "are known where nothing is certain",
        arguments: [
            "1/2", "110/80", "１／２", "1·000", "2024Q1", "Q3 2024", "2024-H2", "2024-W05", "(1, 2)",
            "[1;2]", "0.5 0.6", "1:2", "16:9", "1 in 5", "5 out of 10", "5±1", "5 +/- 1", "5 (1)",
            "1 h 20 min", "1h20m", "PT1H20M", "P1DT2H", "5'11\"", "5'11", "6 lb 3 oz", "50°30'N",
            "-inf", "∞", "1:02.5", "10x20", "10 × 20", "2024-M01", "2024S2",
        ])
    func unclear(text: String) {
        let found = DisguisedNumber.read(text)
        #expect(found != nil && found?.plain == nil)
    }

    @Test(
        "codes, names and what is read are none",
        arguments: [
            "1FFh", "#12", "No. 5", "12th", "10_11", "0_100", "1.2.3", "10-20", "555-1234",
            "192.168.1.1", "A1", "12C", "x²", "IV", "2024-01-31", "31/12/2024", "13:45", "(1,234)",
            "(5)", "1,234", "5", "-1.5", "1e5", "P12M", "PT", "c. elegans", "in 5", "5 rooms",
            "+1 555 123 4567", "0x52908400098527886E0F7030069857D2E4169EE7", "", "½ cup", "i",
            "2.5-", "5+", "24:00", "1d", "一", "Ⅳ", "1/2/3", "a/b", "1/", "/2", "1/2 kg", "P", "10",
            "x3", "3x", "0x", "(0, 5]", "[5,10)", "FY24", "*", "3-1",
        ])
    func others(text: String) { #expect(DisguisedNumber.read(text) == nil, "\(text)") }

    @Test(
        "make no words of a column, few or many, of inputs or of a label",
        arguments: [
            ["0x1F", "0x2A"], ["½", "¼"], ["1/2", "3/4"], ["1 1/2", "2", "2 1/4"],
            ["1_000", "2_500"], ["2024Q1", "2024Q2"], ["1×10^5", "2×10^5"], ["1·5", "2·5"],
            ["0.05*", "0.01**", "0.3"], ["~5", "~6"], ["5'11", "6'0"], ["1 h 20 min", "45 min"],
            ["(1, 2)", "(3, 4)"], ["1.5N", "2.5S"], ["5 kg", "6 KG"], ["2 h", "30 min"],
            ["30 mph", "50 km/h"], (0..<40).map { "\($0)x\($0 * 3 + 7)" },
        ])
    func refused(cells: [String]) throws {
        let sentence = folder.sentence { try set(cells) } ?? "none"
        #expect(sentence.hasPrefix("t.tsv: column 'x' holds '"), "\(sentence)")
        #expect(sentence.contains("--types x=category"), "\(sentence)")
        #expect(sentence.contains("--types x=skip"), "\(sentence)")
        let rows = (0..<40).map { "\($0).5\t\(cells[$0 % cells.count])" }.joined(separator: "\n")
        let path = folder.write("l.tsv", "a\tx\n\(rows)\n")
        let label = folder.sentence { try TableSet([path], TableOptions()) }
        #expect(label?.hasPrefix("l.tsv: column 'x' holds '") == true, "\(label ?? "none")")
        #expect(label?.hasSuffix("or name another column with --label") == true)
        var options = TableOptions()
        options.types = ["x": .category]
        #expect(try TableSet([path], options).label?.kind == .classes)
    }

    @Test("among numbers one is named by its line with what to write")
    func among() {
        for (cell, hint) in [
            ("0x1F", "(write 31)"), ("½", "(write 0.5)"), ("1_000", "(write 1000)"),
            ("1.5*", "(write 1.5)"), ("1 in 5", "(write one number)"), ("∞", "(write one number)"),
        ] {
            let sentence = folder.sentence { try set(["1", "2", "3", "4", cell]) } ?? "none"
            #expect(sentence.contains("holds '\(cell)', not a number \(hint)"), "\(sentence)")
        }
    }

    @Test("groups of numbers that repeat stay words")
    func groups() throws {
        for cells in [
            ["18-25", "26-35", "65+"], ["<5", ">=5"], ["3 rooms", "1 room"], ["1st", "2nd"],
        ] {
            #expect(try set(cells).kinds[0].kind == .category, "\(cells)")
        }
    }
}
