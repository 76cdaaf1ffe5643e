import FTJSON
import Tensor
import Testing

@testable import Datasets

/// Numbers with signs of money and percent, thousands and decimal commas.
@Suite("Numbers as people write them")
struct NumberFormTests {
    private let folder = TemporaryFolder()

    private func set(
        _ cells: [String], separator: String = ";",
        _ change: (inout TableOptions) -> Void = { _ in }
    ) throws -> TableSet {
        let rows = cells.enumerated().map { "\($1)\(separator)\($0 % 2 == 0 ? "u" : "v")" }
        var options = TableOptions()
        change(&options)
        let text = "x\(separator)y\n" + rows.joined(separator: "\n") + "\n"
        return try TableSet([folder.write("t.csv", text)], options)
    }

    private func inputs(_ set: TableSet) throws -> [Float] {
        try TableEncoding(fitting: set, rows: set.rows[0]).encode(set.tables[0])
            .values(as: Float.self)
    }

    @Test(
        "one number is read by what stands before its decimals",
        arguments: [
            ("$12.50", 12.5, nil), ("-$12.50", -12.5, nil), ("$-12.50", -12.5, nil),
            ("€ 3,20", nil, 3.2), ("3,20 €", nil, 3.2), ("10%", 10, 10), ("% 7.5", 7.5, nil),
            ("1,234.50", 1234.5, nil), ("1.234,50", nil, 1234.5), ("1,234", 1234, 1.234),
            ("CHF 1'200", 1200, 1200), ("1 234 567,8 kr", nil, nil), ("1 234,5", nil, 1234.5),
            ("1\u{202F}234", 1234, 1234), ("US$5", 5, 5), ("0,250", nil, 0.25),
            ("5e3 %", 5000, 5000),
            ("12,34,567.00", 1_234_567, nil), ("1,2,345", nil, nil), ("(2,474.14)", -2474.14, nil),
            ("($5)", -5, -5), ("$(5.5)", -5.5, nil), ("(-5)", nil, nil), ("(555) 123", nil, nil),
            ("8.1‰", 8.1, nil), ("１２．５", 12.5, nil), ("١٢٫٥", 12.5, nil),
            ("1\u{2009}000,5", nil, 1000.5),
            ("192.168.100.100", nil, nil), ("1.2.3", nil, nil), ("1.234.567", nil, 1_234_567),
            ("\u{2212}3.5", -3.5, nil), ("1,23,456", 123456, nil), ("$", nil, nil),
            ("1.5-", -1.5, nil), ("1.234,50- €", nil, -1234.5), ("-5-", nil, nil),
            ("5.-", 5, nil), ("12,- €", nil, 12), ("1.200,– €", nil, 1200), ("5,--", nil, 5),
            ("58-kg", nil, nil), ("+5-", nil, nil), ("\u{2013}1.5", -1.5, nil),
            ("$5 %", nil, nil), ("12 kg", nil, nil), ("A12", nil, nil), ("10-19", nil, nil),
        ] as [(String, Double?, Double?)])
    func one(text: String, point: Double?, comma: Double?) {
        let number = MarkedNumber(text)
        #expect(number?.value(.point) == point)
        #expect(number?.value(.comma) == comma)
    }

    @Test(
        "a column of them is numbers, and says how one is read",
        arguments: [
            (["$12.50", "$3.00", "$1,200.25"], [12.5, 3, 1200.25], "'$12.50' is read as 12.5"),
            (["10%", "7.5%", "100%"], [10, 7.5, 100], "'10%' is read as 10"),
            (["€ 3,20", "€ 1.234,50", "€ 12"], [3.2, 1234.5, 12], "'€ 3,20' is read as 3.2"),
            (
                ["1,234.50", "2,000.25", "12.5"], [1234.5, 2000.25, 12.5],
                "'1,234.50' is read as 1234.5"
            ),
            (["1,5", "2,25", "3,125"], [1.5, 2.25, 3.125], "'1,5' is read as 1.5"),
            (["$1,234", "$3.5", "$7"], [1234, 3.5, 7], "'$1,234' is read as 1234"),
        ])
    func columns(cells: [String], values: [Float], note: String) throws {
        let set = try set(cells)
        #expect(set.kinds[0].kind == .number)
        #expect(try inputs(set) == values)
        let encoding = try TableEncoding(fitting: set, rows: [0, 1, 2])
        #expect(encoding.columns[0].form?.note == note)
        // A model reads new tables in the same way.
        let again = try #require(TableEncoding(encoding.json.text()))
        #expect(again == encoding)
        let table = try again.read(folder.write("n.csv", "x\n" + cells[2] + "\n"))
        #expect(try again.encode(table).values(as: Float.self) == [values[2]])
    }

    @Test("what may be one of two numbers is decided by the other columns, else refused")
    func unclear() throws {
        func sentence(_ text: String) -> String? {
            folder.sentence { try TableSet([folder.write("t.csv", text)], TableOptions()) }
        }
        #expect(
            sentence("x;y\n1,234;u\n2,345;v\n3,456;u\n")
                == "t.csv: column 'x' holds numbers such as '1,234', which may be 1234 or 1.234; "
                + "say what stands before decimals, --decimal point or --decimal comma, or that "
                + "they are words: --types x=category")
        #expect(
            sentence("x,y\n\"1,5\",u\n\"2,5\",v\n\"3,5\",u\n")?.hasPrefix(
                "t.csv: column 'x' holds numbers such as '1,5', whose decimals would stand after a "
                    + "comma, in a table that commas separate") == true)
        for (other, value) in [("3,5", Float(1.234)), ("$3.5", 1234)] {
            let text = "x;z;y\n1,234;\(other);u\n2,345;\(other);v\n3,456;\(other);u\n"
            let set = try TableSet([folder.write("t.csv", text)], TableOptions())
            #expect(try inputs(set)[0] == value)
        }
        for (mark, value) in [(DecimalMark.point, Float(1234)), (.comma, 1.234)] {
            let set = try set(["1,234", "2,345", "3,456"]) { $0.decimal = mark }
            #expect(try inputs(set)[0] == value)
        }
    }

    @Test("with decimal commas a point stands between thousands, or is refused")
    func commas() throws {
        let set = try set(["1.234", "2", "3"]) { $0.decimal = .comma }
        #expect(try inputs(set) == [1234, 2, 3])
        let sentence = folder.sentence {
            try self.set(["1.5", "2", "3"]) { $0.decimal = .comma }
        }
        #expect(sentence?.contains("t.csv:2: column 'x' holds '1.5', not a number") == true)
    }

    @Test("a cell that is written otherwise is named by its line, and how the others are")
    func odd() throws {
        let sentences = [
            (
                ["10%", "20%", "0.3", "40%"],
                "t.csv:4: column 'x' holds '0.3', not a number like '10%'"
            ),
            (["$1", "$2", "€3", "$4"], "t.csv:4: column 'x' holds '€3', not a number like '$1'"),
            (["$1.50", "$2.50", "$3,50"], "t.csv:4: column 'x' holds '$3,50', not a number like"),
            (["$1", "$2", "none"], "t.csv:4: column 'x' holds 'none', not a number like '$1'"),
            (["1", "2", "$3"], "t.csv:4: column 'x' holds '$3', not a number (write 3)"),
            (["1", "2", "3,5"], "t.csv:4: column 'x' holds '3,5', not a number (write 3.5)"),
        ]
        for (cells, expected) in sentences {
            let found = folder.sentence { try set(cells) }
            #expect(found?.hasPrefix(expected) == true, "\(found ?? "none")")
        }
        // A currency may be left out, and JSON's numbers are what they are.
        #expect(try inputs(set(["$1.5", "$2", "3"])) == [1.5, 2, 3])
        let encoding = try TableEncoding(fitting: set(["1,5", "2,5", "3,25"]), rows: [0, 1, 2])
        let table = try encoding.read(folder.write("n.jsonl", "{\"x\": 1.234}\n{\"x\": \"1,5\"}\n"))
        #expect(try encoding.encode(table).values(as: Float.self) == [1.234, 1.5])
    }

    @Test("labels are read so, too, and words where that is said")
    func labels() throws {
        let text = "a,price\n1,$12.50\n2,$13.25\n3,$15.00\n"
        let set = try TableSet([folder.write("t.csv", text)], TableOptions())
        #expect(set.label?.kind == .numbers)
        let encoding = try TableEncoding(fitting: set, rows: [0, 1, 2])
        #expect(try encoding.targets(set.tables[0])?.values(as: Double.self) == [12.5, 13.25, 15])
        #expect(encoding.label?.form?.note == "'$12.50' is read as 12.5")
        var options = TableOptions()
        options.labelsAreWords = true
        #expect(try TableSet([folder.write("t.csv", text)], options).label?.kind == .classes)
        let words = try self.set(["$1", "$2", "$1"]) { $0.types = ["x": .category] }
        #expect(try TableEncoding(fitting: words, rows: [0, 1, 2]).features == ["x=$1", "x=$2"])
    }

    @Test("cells are quoted as they are written, from every kind of file")
    func quoted() throws {
        let forms = [
            ("t.csv", "a,y\n1,0.5\n\"1e308\",1.5\n+2.50,2.5\n"),
            ("t.tsv", "a\ty\r\n1\t0.5\r\n1e308\t1.5\r\n+2.50\t2.5\r\n"),
            ("t.jsonl", "{\"a\":1,\"y\":0.5}\n{\"a\":1e308,\"y\":1.5}\n{\"a\":2.50,\"y\":2.5}\n"),
        ]
        for (name, text) in forms {
            let set = try TableSet([folder.write(name, text)], TableOptions())
            let encoding = try TableEncoding(fitting: set, rows: [0, 1, 2])
            let found = folder.sentence { try encoding.encode(set.tables[0]) }
            #expect(found?.contains("column 'a' holds '1e308', too large") == true)
            #expect(set.tables[0].written(2, "a")?.hasSuffix("2.50") == true)
        }
    }

    @Test("numbers that float32 holds as 0 are counted, those that others dwarf are not")
    func vanishing() throws {
        let text = "a,b,y\n1e-320,1e-9,0.5\n2e-50,1e9,1.5\n0,2e9,1e-300\n"
        let set = try TableSet([folder.write("t.csv", text)], TableOptions())
        let encoding = try TableEncoding(fitting: set, rows: [0, 1, 2])
        let found = encoding.vanishing(set.tables[0])
        #expect(found.map(\.column) == ["a", "y"] && found.map(\.count) == [2, 1])
        // Scaled to deviation 1 they are told apart.
        var options = TableOptions()
        options.standardizes = true
        let tiny = "a,y\n1e-50,0.5\n3e-50,1.5\n"
        let scaled = try TableSet([folder.write("t.csv", tiny)], options)
        let scaling = try TableEncoding(fitting: scaled, rows: [0, 1])
        #expect(scaling.vanishing(scaled.tables[0]).isEmpty)
        // Numbers that no float holds are no 0 either.
        let least = try TableSet(
            [folder.write("l.csv", "a,y\n1e-400,1\n0e-400,2\n-0.01e-500,3\n")], TableOptions())
        let counted = try TableEncoding(fitting: least, rows: [0, 1, 2])
        #expect(counted.vanishing(least.tables[0]).map(\.count) == [2])
        // Arrays likewise, labels too.
        let arrays = try CSV.read(
            folder.write("n.csv", "1,1e-320,0.5\n1e-50,0,1e-46\n"), .init(label: .last))
        #expect(arrays.tooSmall == 3)
        #expect(arrays.inputs.values(as: Float.self) == [1, 0, 0, 0])
        #expect(arrays.targets?.values(as: Float.self) == [0.5, 0])
    }

    @Test("a number of JSON is no percent, and any amount of money")
    func numbersOfJSON() throws {
        for (cells, isRead) in [
            (["5%", "10%"], false), (["$5", "$10"], true), (["1:30", "2:30"], false),
        ] {
            let encoding = try TableEncoding(fitting: set(cells), rows: [0, 1])
            let object = try JSONNode(parsing: "{\"x\": 0.05}")
            let table = try encoding.table(of: object, line: 1, in: "stdin")
            if isRead {
                #expect(try encoding.encode(table).values(as: Float.self) == [0.05])
                continue
            }
            let error = #expect(throws: DataError.self) { _ = try encoding.encode(table) }
            let sentence = error.map { "\($0)" } ?? ""
            #expect(
                sentence.contains("holds '0.05', not a number like '\(cells[0])'"), "\(sentence)")
        }
    }
}
