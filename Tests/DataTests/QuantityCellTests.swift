import FTJSON
import Tensor
import Testing

@testable import Datasets

/// Columns of numbers with something around them: read where that is certain, else never taken for
/// words without being asked.
@Suite("Quantities and names with digits")
struct QuantityCellTests {
    private let folder = TemporaryFolder()

    private func set(
        _ cells: [String], name: String = "t.tsv", _ change: (inout TableOptions) -> Void = { _ in }
    ) throws -> TableSet {
        let rows = cells.enumerated().map { "\($1)\t\($0 % 2 == 0 ? "u" : "v")" }
        var options = TableOptions()
        change(&options)
        return try TableSet(
            [folder.write(name, "x\ty\n" + rows.joined(separator: "\n") + "\n")], options)
    }

    @Test(
        "a unit, a time or an accountant's parentheses are read, and said",
        arguments: [
            (["58.2 kg", "61 kg", "70.5 kg"], [58.2, 61, 70.5], "'58.2 kg' is read as 58.2"),
            (["1.5e3x", "2e3x", "5x"], [1500, 2000, 5], "'1.5e3x' is read as 1500"),
            (["20°C", "-3°C", "7"], [20, -3, 7], "'20°C' is read as 20"),
            (["13:45", "9:30", "00:15"], [13.75, 9.5, 0.25], "'13:45' is read as 13.75 hours"),
            (
                ["1:30 PM", "12:00 AM", "12:45 pm"], [13.5, 0, 12.75],
                "'1:30 PM' is read as 13.5 hours"
            ),
            (
                ["(2,474.14)", "12.5", "(3.00)"], [-2474.14, 12.5, -3],
                "'(2,474.14)' is read as -2474.14"
            ),
            (["1.50- EUR", "1,250.00-EUR", "3"], [-1.5, -1250, 3], nil),
            (["8.1‰", "9‰", "7.5‰"], [8.1, 9, 7.5], "'8.1‰' is read as 8.1"),
            (["１２", "１３．５", "7"], [12, 13.5, 7], "'１２' is read as 12"),
            (["1\u{2009}000,5", "2\u{A0}500", "7,25"], [1000.5, 2500, 7.25], nil),
        ] as [([String], [Float], String?)])
    func read(cells: [String], values: [Float], note: String?) throws {
        let set = try set(cells)
        #expect(set.kinds[0].kind == .number)
        let encoding = try TableEncoding(fitting: set, rows: [0, 1, 2])
        #expect(try encoding.encode(set.tables[0]).values(as: Float.self) == values)
        if let note { #expect(encoding.columns[0].form?.note == note) }
        let again = try #require(TableEncoding(encoding.json.text()))
        let table = try again.read(folder.write("n.tsv", "x\n\(cells[1])\n"))
        #expect(try again.encode(table).values(as: Float.self) == [values[1]])
    }

    @Test(
        "others are refused with what to write",
        arguments: [
            (0..<30).map { "<\($0)" }, (0..<30).map { "~\($0).5" },
            (1..<31).map { "\($0)-\($0 + 3)" }, (0..<30).map { $0 < 15 ? "\($0) kg" : "\($0) lb" },
            (0..<30).map { "\(110 + $0)/80" }, (0..<30).map { "\(4 + $0 % 3) ft \($0) in" },
            (0..<30).map { "\($0)\($0 < 20 ? "K" : "M")" }, (0..<30).map { "\($0)+" },
            ["<5", "12-15", "~7"], (1..<31).map { "10/\($0)/08" },
        ])
    func refused(cells: [String]) throws {
        let sentence = folder.sentence { try set(cells) }
        #expect(sentence?.hasPrefix("t.tsv: column 'x' holds ") == true, "\(sentence ?? "none")")
        #expect(sentence?.contains("--types x=category") == true)
        #expect(sentence?.contains("--types x=skip") == true)
        #expect(try set(cells) { $0.types = ["x": .category] }.kinds[0].kind == .category)
        // A label likewise.
        let rows = cells.map { "1\t\($0)" }.joined(separator: "\n")
        let label = folder.sentence {
            try TableSet([folder.write("l.tsv", "a\tx\n\(rows)\n")], TableOptions())
        }
        #expect(label?.hasPrefix("l.tsv: column 'x' holds ") == true, "\(label ?? "none")")
    }

    @Test(
        "names with digits stay what they were",
        arguments: [
            (0..<60).map { "A-\(1000 + $0)" }, (0..<60).map { "P00\(10 + $0)" },
            (0..<60).map { "\($0)e8400-e29b-41d4-a7\($0)" }, ["1st", "2nd", "3rd", "4th", "5th"],
            (0..<60).map { "555-\(1234 + $0)" }, (0..<60).map { "+1 555 123 4\(100 + $0)" },
            (0..<60).map { "(555) 123-4\(100 + $0)" }, (0..<60).map { "3.\($0).2" },
            (0..<60).map { "192.168.100.\(100 + $0)" }, (0..<60).map { "SW\($0)A 1AA" },
            (0..<60).map { "\($0 / 6 + 1)\(["A", "B", "C", "D", "E", "F"][$0 % 6])" },
            (0..<60).map { "10\(10 + $0) \(["AB", "CD", "EF", "GH", "IJ", "KL"][$0 % 6])" },
            (0..<60).map { "\($0 + 1) Elm Street" }, (0..<60).map { "0\(10 + $0)-123" },
            ["18-25", "26-35", "18-25", "26-35", "18-25"],
            ["3 rooms", "1 room", "3 rooms", "1 room"],
        ])
    func names(cells: [String]) throws {
        let rows = cells.enumerated().map { "\($1)\t\($0).5\tu" }.joined(separator: "\n")
        let text = "x\tz\ty\n\(rows)\n"
        let kind = try TableSet([folder.write("t.tsv", text)], TableOptions()).kinds[0].kind
        #expect(kind == (cells.count > 50 ? .id : .category))
    }

    @Test("addresses of computers and versions are no numbers with thousands")
    func addresses() throws {
        for cells in [["192.168.100.100", "10.100.100.200"], ["1.2.3", "1.2.4"]] {
            #expect(try set(cells).kinds[0].kind == .category)
        }
        #expect(try set(["1.234.567", "2.345.678"]).kinds[0].kind == .number)
    }

    @Test("a cell with other decimals says which were taken, and the option")
    func decimals() throws {
        let seen = folder.sentence { try set(["1,5", "2,5", "3,25", "4.5"]) }
        #expect(
            seen?.contains(
                "holds '4.5', not a number like '1,5', where decimals stand after a comma "
                    + "(--decimal point says otherwise)") == true, "\(seen ?? "none")")
        let given = folder.sentence { try set(["1,5", "2.5", "3.25"]) { $0.decimal = .comma } }
        #expect(
            given?.contains("after a comma, as --decimal comma says") == true, "\(given ?? "none")")
    }
}

/// What separates the fields of a new table is seen by that table.
@Suite("Separators of new tables")
struct NewSeparatorTests {
    private let folder = TemporaryFolder()

    private func encoding(_ text: String, _ separator: Character? = nil) throws -> TableEncoding {
        var options = TableOptions()
        options.separator = separator
        let set = try TableSet([folder.write("t.csv", text)], options)
        return try TableEncoding(fitting: set, rows: set.rows[0])
    }

    @Test("may differ from those of the training table")
    func others() throws {
        let encoding = try encoding("a,b,y\n1,2.5,u\n3,4.5,v\n")
        let files = [
            ("n.csv", "a;b\n5;6.5\n"), ("n.tsv", "b\ta\n6.5\t5\n"),
            ("n.txt", "\"a\"\t\"b\"\n5\t6.5\n"),
            ("n.csv", "a,b\n5,6.5\n"), ("n.csv", "a;b;what, else\n5;6.5;1\n"),
        ]
        for (name, text) in files {
            let table = try encoding.read(folder.write(name, text))
            #expect(try encoding.encode(table).values(as: Float.self) == [5, 6.5], "\(text)")
            let piped = try encoding.read(Array(text.utf8), named: "standard input")
            #expect(try encoding.encode(piped).values(as: Float.self) == [5, 6.5], "\(text)")
        }
        let odd = try encoding.read(folder.write("n.csv", "a:b\n5:6.5\n"))
        #expect(try encoding.encode(odd).values(as: Float.self) == [5, 6.5])
    }

    @Test("that were given for the training table are found again, without names too")
    func given() throws {
        for text in ["a|b|y\n1|2.5|u\n3|4.5|v\n", "1|2.5|u\n3|4.5|v\n"] {
            let encoding = try encoding(text, "|")
            let first = text.hasPrefix("a") ? "a|b|y\n" : ""
            let table = try encoding.read(folder.write("n.csv", first + "5|6.5|u\n"))
            #expect(try encoding.encode(table).values(as: Float.self) == [5, 6.5])
            let comma = try encoding.read(
                folder.write("n.csv", (first + "5|6.5|u\n").replacing("|", with: ",")))
            #expect(try encoding.encode(comma).values(as: Float.self) == [5, 6.5])
        }
    }

    @Test("one of another unit or length among many is named by its line")
    func odd() throws {
        let folder = TemporaryFolder()
        for (cells, odd) in [
            ((1..<40).map { "\($0).5 kg" }, "5 g"), ((10..<40).map { "2:02:\($0)" }, "24:00"),
        ] {
            let rows = ([odd] + cells).enumerated().map { "\($1),\($0 % 2 == 0 ? "u" : "v")" }
            let text = "x,y\n" + rows.joined(separator: "\n") + "\n"
            let sentence = folder.sentence {
                try TableSet([folder.write("t.csv", text)], TableOptions())
            }
            #expect(
                sentence?.contains(
                    "t.csv:2: column 'x' holds '\(odd)', not a number like '\(cells[0])'")
                    == true, "\(sentence ?? "none")")
            #expect(sentence?.contains("t.csv:3") == false)
        }
    }
}
