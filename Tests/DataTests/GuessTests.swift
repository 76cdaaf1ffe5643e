import FTJSON
import FTSupport
import Tensor
import Testing

@testable import Datasets

/// What columns are taken for, and what is refused instead of being guessed.
@Suite("Nothing in a table is guessed")
struct GuessTests {
    private let folder = TemporaryFolder()

    private func write(_ cells: [String], name: String = "t.csv", separator: String = "|") -> String
    {
        let rows = cells.enumerated().map { "\($1)\(separator)\($0 % 2 == 0 ? "u" : "v")" }
        return folder.write(name, "x\(separator)y\n" + rows.joined(separator: "\n") + "\n")
    }

    private func set(
        _ cells: [String], _ change: (inout TableOptions) -> Void = { _ in }
    ) throws -> TableSet {
        var options = TableOptions()
        options.separator = "|"
        change(&options)
        return try TableSet([write(cells)], options)
    }

    private func values(_ set: TableSet) throws -> [Float] {
        try TableEncoding(fitting: set, rows: set.rows[0]).encode(set.tables[0])
            .values(as: Float.self)
    }

    @Test("amounts with units, in parentheses, with other digits and spaces are numbers")
    func numbers() throws {
        let columns: [([String], [Float])] = [
            (["58.2 kg", "60 kg", "71.5 kg"], [58.2, 60, 71.5]),
            (["(2,474.14)", "1,200.00", "(3.50)"], [-2474.14, 1200, -3.5]),
            (["12,34,567.00", "1,00,000.00", "5.25"], [1_234_567, 100_000, 5.25]),
            (["8.1‰", "7‰", "6.5‰"], [8.1, 7, 6.5]),
            (["٣", "٤", "٥"], [3, 4, 5]),
            (["1\u{A0}200,5", "2\u{202F}300,5", "3,5"], [1200.5, 2300.5, 3.5]),
        ]
        for (cells, expected) in columns {
            let set = try set(cells)
            #expect(set.kinds[0].kind == .number, "\(cells)")
            #expect(try values(set) == expected)
        }
    }

    @Test("another unit among them is named by its line")
    func units() {
        let sentence = folder.sentence { try set(["58.2 kg", "60 kg", "120 lb"]) }
        #expect(
            sentence?.contains("t.csv:4: column 'x' holds '120 lb', not a number like '58.2 kg'")
                == true)
    }

    @Test(
        "quantities that aren't read are refused with the remedy, not taken for words",
        arguments: [
            ("#.5 stone", "what look like quantities, such as '1.5 stone'"),
            ("~#", "what look like quantities, such as '~1'"),
            ("<#", "what look like quantities, such as '<1'"),
            ("#.5x", ""),
            ("#:45", "times of day such as '1:45'"),
            ("#:05 pm", "times of day such as '1:05 pm'"),
        ])
    func refused(form: String, expected: String) throws {
        let cells = cells(form, 1...12)
        let sentence = folder.sentence { try set(cells) }
        if expected.isEmpty {
            #expect(sentence == nil)
            return
        }
        #expect(sentence?.contains("column 'x' holds \(expected)") == true, "\(sentence ?? "")")
        #expect(sentence?.contains("--types x=skip") == true)
        let told = try set(cells) { $0.types = ["x": .category] }
        #expect(told.kinds[0].kind == .category)
        // Few different ones are a category.
        #expect(try set(Array(cells.prefix(3))).kinds[0].kind == .category)
    }

    @Test(
        "codes and names stay words",
        arguments: [
            "A-10#", "P00#", "#st", "3.#.2", "192.168.1.#", "555-12#", "SW#A 1AA", "#A", "4f1c-#e",
        ])
    func names(form: String) throws {
        let kind = try set(cells(form, 10...25)).kinds[0].kind
        #expect(kind == .category || kind == .id)
    }

    @Test("so do addresses")
    func streets() throws {
        let streets = ["Main", "Oak", "High", "Mill", "Park"]
        let kind = try set((10...25).map { "\($0) \(streets[$0 % 5]) Street" }).kinds[0].kind
        #expect(kind == .category)
    }

    private func cells(_ form: String, _ numbers: ClosedRange<Int>) -> [String] {
        numbers.map {
            form.split(separator: "#", omittingEmptySubsequences: false).joined(separator: "\($0)")
        }
    }

    @Test("internet addresses are no numbers with thousands")
    func addresses() throws {
        let cells = (0..<12).map { "192.168.100.\(100 + $0)" }
        #expect(try set(cells).kinds[0].kind == .category)
        let path = write(cells, name: "t.tsv", separator: "\t")
        #expect(try TableSet([path], TableOptions()).kinds[0].kind == .category)
    }

    @Test("dates with the year last are read by the whole column, and by the model later")
    func dates() throws {
        func days(_ set: TableSet) throws -> [Double?] {
            let column = try #require(set.tables[0].column("x"))
            let read = CellReader(column, .date, order: set.dateOrders["x"])
            return (0..<column.count).map { read($0) }
        }
        let expected = ["2024-12-31", "2024-02-01"].map { CalendarDate.days($0) }
        for (cells, order) in [
            (["31.12.2024", "1.2.2024"], DateOrder.dayFirst),
            (["31/12/2024", "01/02/2024"], .dayFirst), (["12/31/2024", "02/01/2024"], .monthFirst),
        ] {
            let set = try set(cells)
            #expect(set.kinds[0].kind == .date && set.dateOrders["x"] == order)
            #expect(try days(set) == expected)
            let encoding = try TableEncoding(fitting: set, rows: [0, 1])
            let again = try #require(TableEncoding(encoding.json.text()))
            #expect(again == encoding && again.columns[0].dateOrder == order)
            // One that may be read in either order.
            let table = try again.read(folder.write("n.csv", "x\n\(cells[1])\n"))
            #expect(
                try again.encode(table).values(as: Float.self)
                    == encoding.encode(set.tables[0], rows: [1]).values(as: Float.self))
        }
        let sentence = folder.sentence { try set(["01/02/2024", "03/04/2024"]) }
        #expect(
            sentence
                == "t.csv: column 'x' holds dates such as '01/02/2024', which may be 2024-02-01 or "
                + "2024-01-02; say what comes first, --dates day-first or --dates month-first, or "
                + "that they are words: --types x=category")
        let told = try set(["01/02/2024", "03/04/2024"]) { $0.dateOrder = .monthFirst }
        #expect(try days(told) == ["2024-01-02", "2024-03-04"].map { CalendarDate.days($0) })
        #expect(
            folder.sentence { try set(["31/12/2024", "30/12/2024", "12/31/2024"]) }?.contains(
                "t.csv:4: column 'x' holds '12/31/2024', not a date (write 2024-12-31)") == true)
    }

    @Test("months, and dates with other spaces, are dates")
    func months() throws {
        for cells in [["2022-09", "2022-10", "2023-01"], ["5\u{A0}Jan\u{A0}2024", "6 Jan 2024"]] {
            #expect(try set(cells).kinds[0].kind == .date)
        }
        #expect(CalendarDate.days("2022-09") == CalendarDate.days("2022-09-01"))
        #expect(CalendarDate.days("2022-9") == nil && CalendarDate.days("2022-13") == nil)
    }

    @Test("a label of dates or quantities is refused with what to do")
    func labels() {
        func sentence(_ cells: [String]) -> String? {
            let rows = cells.enumerated().map { "\($0 % 7),\($1)" }.joined(separator: "\n")
            return folder.sentence {
                try TableSet([folder.write("t.csv", "x,y\n\(rows)\n")], TableOptions())
            }
        }
        #expect(
            sentence((10...25).map { "2024-01-\($0)" })?.hasPrefix(
                "t.csv: the label 'y' holds dates such as '2024-01-10'") == true)
        #expect(
            sentence((10...25).map { "\($0) stone" })?.contains(
                "or say that they are words: --words")
                == true)
    }

    @Test("a table may be separated otherwise than the one that was trained on")
    func separators() throws {
        let text = "a,b,y\n1,2,u\n3,4,v\n"
        let set = try TableSet([folder.write("t.csv", text)], TableOptions())
        let encoding = try TableEncoding(fitting: set, rows: [0, 1])
        for (name, other) in [
            ("s.csv", "a;b\n1;2\n3;4\n"), ("s.tsv", "b\ta\n2\t1\n4\t3\n"),
            ("q.csv", "\"a\";\"b\"\n1;2\n3;4\n"),
        ] {
            let table = try encoding.read(folder.write(name, other))
            #expect(try encoding.encode(table).values(as: Float.self) == [1, 2, 3, 4])
        }
    }
}
