import FTJSON
import Tensor
import Testing

@testable import Datasets

/// Digits that any person takes for words, and numbers that look like words.
@Suite("Codes and groups of digits")
struct CodeColumnTests {
    private let folder = TemporaryFolder()

    private func set(
        _ cells: [String], rows: Int = 60, label: String = "",
        _ change: (inout TableOptions) -> Void = { _ in }
    ) throws -> TableSet {
        let lines = (0..<max(rows, cells.count)).map { row in
            let cell = cells[row % cells.count]
            return label.isEmpty
                ? "\(cell)\t\(row).5\t\(row % 2 == 0 ? "u" : "v")" : "\(row).5\t\(cell)"
        }
        let head = label.isEmpty ? "x\tz\ty" : "z\tx"
        var options = TableOptions()
        change(&options)
        return try TableSet(
            [folder.write("t.tsv", "\(head)\n" + lines.joined(separator: "\n") + "\n")], options)
    }

    private static let words: [[String]] = [
        ["11-103", "11-104", "22-105", "35-330"], ["1004 CD", "1011 AB", "1011 AC"],
        ["2019/20", "2020/21", "2021/22"], ["2010/11", "2011/12", "2012/13", "1999/00"],
        ["2:1", "0:0", "1:3", "10:2"], ["0/0", "0/1", "1/1"], ["32/34", "34/34", "32/32"],
        ["1920x1080", "1366 × 768"], ["3/2026", "739/2018", "12/2018"],
        ["31-33", "44-45", "48-49"],
        ["1", "2", "3", "crew"], ["38", "40", "42", "S"], ["0", "1", "2", "3+"],
        ["11", "21", "31-33", "42", "44-45"], ["3E5", "3F5", "2A1", "705"],
        ["2:1", "0:0", "abandoned"], ["24+3", "12+1", "24+1"], ["0|1", "1|1", "0|0"],
        ["<1", "1", "2", "3", "4"], ["10", "20", "30", ">=50"], ["0", "1", "≤-1"],
        ["1", "2", "3", ">3"],
    ]

    @Test(
        "are words, of an input and of a label, and told with what says otherwise", arguments: words
    )
    func areWords(cells: [String]) throws {
        let found = try set(cells)
        #expect(found.kinds[0].kind == .category)
        let encoding = try TableEncoding(fitting: found, rows: found.rows[0])
        #expect(Set(encoding.columns[0].categories) == Set(cells))
        let note = try #require(found.note(of: "x", nil))
        #expect(note.contains("is a word"), "\(note)")
        let remedies = ["--types x=number", "a column for each", "--types x=skip leaves it out"]
        #expect(remedies.contains { note.contains($0) }, "\(note)")
        let label = try set(cells, label: "x")
        #expect(label.label?.kind == .classes)
        let classes = try TableEncoding(fitting: label, rows: label.rows[0]).label?.classes
        #expect(Set(classes ?? []) == Set(cells))
        // What was trained on them reads them again.
        let again = try #require(TableEncoding(encoding.json.text()))
        let new = try again.read(folder.write("n.tsv", "x\tz\n\(cells[1])\t1.5\n"))
        let values = try again.encode(new).values(as: Float.self)
        #expect(values.prefix(cells.count).reduce(0, +) == 1)
    }

    @Test("many of which hardly two are alike tell rows apart where they can be nothing else")
    func apart() throws {
        for cells in [
            (0..<200).map { "\($0 + 3)/20\(10 + $0 % 9)" },
            (0..<200).map { "\(10 + $0 % 90)-\(100 + $0)" },
            (0..<200).map { "\(1000 + $0 * 7) \(["AB", "CD", "XE"][$0 % 3])" },
        ] { #expect(try set(cells).kinds[0].kind == .id, "\(cells[0])") }
    }

    @Test(
        "quantities in disguise stay refused",
        arguments: [
            (0..<200).map { "\(110 + $0 % 50)/\(60 + $0 % 37)" }, ["120/80", "130/85", "110/70"],
            ["1/2", "3/4", "1/4"], (0..<60).map { "\($0 + 1)x\($0 * 3 + 2)" },
            (0..<60).map { "\($0 + 1)-\($0 + 4)" }, (0..<60).map { "\($0):\($0 * 2 + 101)" },
            ["1", "2", "3", "0x1F"], ["1", "2", "3", "unknown"], ["1", "2", "3", "-"],
            ["1/2", "3/4", "1/4", "3/2"], ["120/80", "130/85", "110/70", "55/40"],
            ["1", "2", "3", "not recorded"], (1...9).map { "\($0)" } + ["crew"],
            ["1", "2", "3", "5 kg"], ["1", "2", "3", "<5"], ["1.5", "2.5", "3.5", "crew"],
            ["1200", "1300", "1400", "crew"], ["1", "0", "yes"],
            ["1", "2", "3", ">2"], ["1", "2", "3", ">=3"], ["1", "2", "3", "<=1"],
            (0..<59).map { "\($0 % 5)" } + ["crew"], ["12 kg", "13 kg", "12 lb"],
        ])
    func refused(cells: [String]) {
        let sentence = folder.sentence { try set(cells) } ?? "none"
        #expect(sentence.hasPrefix("t.tsv:"), "\(cells): \(sentence)")
        #expect(sentence.contains("--types"), "\(sentence)")
    }

    @Test(
        "months with the year last are refused with how they are read", arguments: ["", "x"],
        [
            (2015...2020).flatMap { year in (1...12).map { "\($0)/\(year)" } },
            (1...12).map { "\($0 < 10 ? "0" : "")\($0)-2020" }, ["11/2020", "12/2020", "unknown"],
        ])
    func months(label: String, cells: [String]) {
        let sentence = folder.sentence { try set(cells, label: label) } ?? "none"
        let year = cells.contains { $0.hasSuffix("-2020") } ? "12-2020" : "12/2020"
        #expect(
            sentence.hasPrefix(
                "t.tsv: column 'x' holds months such as '\(year)', which are read as 2020-12 alone; "
                    + "write them so"), "\(sentence)")
        #expect(sentence.contains("--types x=category"), "\(sentence)")
    }

    @Test("numbers that may be words are told with what makes them words")
    func told() throws {
        let exponents = try set(["3E5", "7E9", "2E1"])
        #expect(exponents.kinds[0].kind == .number)
        #expect(
            exponents.note(of: "x", nil)
                == "'3E5' is read as 300000 (--types x=category if it is a code)")
        #expect(try set(["3e5", "7e9"]).note(of: "x", nil) == nil)
        #expect(try set(["3.5E5", "1E+05"]).note(of: "x", nil) == nil)
        let units = try set(["3G", "4G", "5G"])
        let form = try TableEncoding(fitting: units, rows: [0, 1]).columns[0].form
        #expect(
            units.note(of: "x", form) == "the unit is G (--types x=category makes them words)")
        let sizes = try set(["8GB", "16GB", "4.5GB"])
        let other = try TableEncoding(fitting: sizes, rows: [0, 1]).columns[0].form
        #expect(sizes.note(of: "x", other) == "the unit is GB")
        let named = try set(["3G", "4G"]) { $0.types = ["x": .category] }
        #expect(named.kinds[0].kind == .category && named.note(of: "x", nil) == nil)
    }

    @Test("an hour with AM or PM is a time of day, beside others with minutes")
    func hours() throws {
        for cells in [["6 AM", "11 PM", "12am"], ["6 a.m.", "11 p.m.", "12:00 a.m."]] {
            let found = try set(cells)
            #expect(found.kinds[0].kind == .number)
            let encoding = try TableEncoding(fitting: found, rows: [0, 1, 2])
            let values = try encoding.encode(found.tables[0], rows: [0, 1, 2])
            #expect(values.values(as: Float.self) == [6, 0.5, 23, 1.5, 0, 2.5])
            #expect(encoding.columns[0].form?.note == "'\(cells[0])' is read as 6 hours")
        }
        let known = try TableEncoding(fitting: set(["6 AM", "11 PM"]), rows: [0, 1])
        for (cell, hint) in [
            ("6", "write 6 AM or 6 PM if it is hours"), ("13", "write 13:00 if it is hours"),
            ("6:00", "write it with AM or PM"),
        ] {
            let new = try known.read(folder.write("n.tsv", "x\tz\n\(cell)\t1.5\n"))
            let sentence = folder.sentence { try known.encode(new) } ?? "none"
            #expect(sentence.contains("like '6 AM' (\(hint))"), "\(sentence)")
        }
        for cell in ["6 AM", "6 PM", "13:00"] {
            let new = try known.read(folder.write("n.tsv", "x\tz\n\(cell)\t1.5\n"))
            #expect(try known.encode(new).shape == [1, 2])
        }
        let odd = folder.sentence { try set(["6 AM", "11 PM", "13 PM", "7 AM"]) } ?? "none"
        #expect(odd.contains("holds '13 PM', not a number like '6 AM'"), "\(odd)")
    }
}

/// Spaces at the ends of cells in quotes and of strings.
@Suite("Spaces around cells")
struct CellSpaceTests {
    private let folder = TemporaryFolder()

    private func set(_ name: String, _ text: String) throws -> TableSet {
        try TableSet([folder.write(name, text)], TableOptions())
    }

    @Test("don't count, in inputs, labels, numbers and cells without a value, and are counted")
    func trimmed() throws {
        let cells = [("PRO ", "yes"), ("PRO", "no "), ("\tFREE", " yes"), ("FREE", "no")]
        let rows = (0..<40).map { row in
            let (word, label) = cells[row % 4]
            return (word: word, label: label, number: row % 2 == 0 ? " \(row).5" : "\(row).5 ")
        }
        let fields = rows.map { "\"\($0.word)\",\"\($0.number)\",\"\($0.label)\"\n" }.joined()
        let objects = rows.map {
            #"{"p":"\#($0.word.replacing("\t", with: " "))","x":"\#($0.number)","y":"\#($0.label)"}"#
                + "\n"
        }.joined()
        for found in [try set("t.csv", "p,x,y\n" + fields), try set("t.jsonl", objects)] {
            #expect(found.kinds.map(\.kind) == [.category, .number])
            #expect(found.trimmed.map(\.column) == ["p", "y"])
            #expect(found.trimmed.map(\.count) == [20, 20])
            let encoding = try TableEncoding(fitting: found, rows: found.rows[0])
            #expect(encoding.columns[0].categories == ["FREE", "PRO"])
            #expect(encoding.label?.classes == ["no", "yes"])
            let new = "p,x,y\n\" PRO\",\"1.5\",\"yes \"\nPRO,1.5,yes\n"
            let table = try encoding.read(folder.write("n.csv", new))
            let inputs = try encoding.encode(table).values(as: Float.self)
            #expect(inputs == [0, 1, 1.5, 0, 1, 1.5])
            #expect(try encoding.targets(table)?.values(as: Int.self) == [1, 1])
        }
        var options = TableOptions()
        options.missing = .median
        let text = "p,x,y\n\"  \",1,u\n\" NA \",2,v\nq,3,u\nq,4,v\n"
        let blank = try TableSet([folder.write("b.csv", text)], options)
        #expect(blank.missingCount(of: "p") == 2)
    }

    @Test("that a model was trained with are found without them")
    func kept() {
        #expect(
            ColumnEncoding.places(["PRO", "PRO ", " X"]) == ["PRO": 0, "PRO ": 1, " X": 2, "X": 2])
    }

    @Test("two spellings are told in the order of the data")
    func order() {
        let found = LookAlikes.remark(on: "c", ["b", "yes", "Rome", "Yes", "rome"]) ?? "none"
        #expect(found.contains("'yes' and 'Yes' may be one word"), "\(found)")
        #expect(found.contains("as 1 more do"), "\(found)")
    }
}
