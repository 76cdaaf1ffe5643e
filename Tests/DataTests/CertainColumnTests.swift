import Tensor
import Testing

@testable import Datasets

/// Columns whose cells have one reading together, however few of them say it; others are refused.
@Suite("Columns of one reading")
struct CertainColumnTests {
    private let folder = TemporaryFolder()

    private func set(
        _ cells: [String], others: String = "u", _ change: (inout TableOptions) -> Void = { _ in }
    ) throws -> TableSet {
        let rows = cells.enumerated().map { "\($1)\t\(others)\t\($0 % 2 == 0 ? "u" : "v")" }
        var options = TableOptions()
        change(&options)
        return try TableSet(
            [folder.write("t.tsv", "x\tz\ty\n" + rows.joined(separator: "\n") + "\n")], options)
    }

    private func inputs(_ set: TableSet) throws -> [Float] {
        let encoding = try TableEncoding(fitting: set, rows: set.rows[0])
        let width = encoding.features.count
        let values = try encoding.encode(set.tables[0]).values(as: Float.self)
        return stride(from: 0, to: values.count, by: width).map { values[$0] }
    }

    @Test(
        "few cells with thousands, parentheses or other signs are read as the others allow",
        arguments: [
            (["250.00", "99.1", "7", "1,234.50", "(12.50)"], [250, 99.1, 7, 1234.5, -12.5]),
            (["250.00", "99.1", "7", "1,234"], [250, 99.1, 7, 1234]),
            (["2", "3", "4", "1 000"], [2, 3, 4, 1000]),
            (["2", "3", "4", "1'000"], [2, 3, 4, 1000]),
            (["2", "3", "4", "(10)"], [2, 3, 4, -10]),
            (["2.5", "3", "4", "1.5-", "7-"], [2.5, 3, 4, -1.5, -7]),
            (["1.50-", "2.25-"], [-1.5, -2.25]),
            (["2.5", "3", "4", "\u{2013}1.5"], [2.5, 3, 4, -1.5]),
            (["\u{2212}10.5", "3", "4", "5"], [-10.5, 3, 4, 5]),
            (["１０.５", "3", "4", "5"], [10.5, 3, 4, 5]),
            (["5.", "+3", ".5", "1,000"], [5, 3, 0.5, 1000]),
        ] as [([String], [Float])])
    func read(cells: [String], values: [Float]) throws {
        let set = try set(cells) { $0.columns = ["x"] }
        #expect(set.kinds[0].kind == .number)
        #expect(try inputs(set) == values)
    }

    @Test("what few cells leave open, plain numbers of other columns decide, else it is refused")
    func open() throws {
        let cells = ["250", "99", "7", "1,234"]
        #expect(
            folder.sentence { try set(cells) }?.hasPrefix(
                "t.tsv: column 'x' holds numbers such as '1,234', which may be 1234 or 1.234")
                == true)
        #expect(try inputs(set(cells, others: "2.5"))[3] == 1234)
        #expect(try inputs(set(cells, others: "2,5"))[3] == 1.234)
        // 2.500 may itself be a number of thousands.
        #expect(folder.sentence { try set(cells, others: "2.500") } != nil)
        // Where commas stand before decimals, points stand between thousands.
        #expect(try inputs(set(["1.234", "2.500", "7"], others: "2,5")) == [1234, 2500, 7])
        #expect(try inputs(set(["1.234", "2.500", "7"])) == [1.234, 2.5, 7])
        #expect(try inputs(set(["1", "2", "3,5"], others: "2,5")) == [1, 2, 3.5])
        // Where others disagree, nothing is certain.
        let mixed = "x;a;b;y\n1.234;2,5;2.5;u\n2.500;3,5;3.5;v\n"
        let found = folder.sentence { try TableSet([folder.write("m.csv", mixed)], TableOptions()) }
        #expect(
            found?.hasPrefix(
                "m.csv: column 'x' holds numbers such as '1.234', which may be 1.234 or 1234, for "
                    + "other columns have decimal commas, and others points; say that they are 1.234, "
                    + "--types x=number") == true, "\(found ?? "none")")
        var said = TableOptions()
        said.types = ["x": .number]
        #expect(try inputs(TableSet([folder["m.csv"]], said)) == [1.234, 2.5])
    }

    @Test(
        "a sign beside few, a number without among percents or times, and what may be a mark",
        arguments: [
            (["4", "5", "6", "4%"], "'4%', not a number (write 4, or 0.04 if the others"),
            (["4%", "5%", "6%", "7"], "'7', not a number like '4%' (write 7%, or 700% if"),
            (["1.2k", "3k", "900"], "'900', not a number like '1.2k' (write how many k it is)"),
            (["4", "5", "6", "13:45"], "'13:45', not a number (write it as a number, in the unit"),
            (["13:45", "9:30", "14"], "'14', not a number like '13:45' (write 14:00 if it"),
            (["1:15 PM", "2:30 PM", "1:45"], "'1:45', not a number like '1:15 PM' (write it"),
            (["4", "5", "6", "$4"], "'$4', not a number (write 4) (--types x=number takes"),
            (["4", "5", "6", "4 kg"], "'4 kg', not a number (write the number alone, in"),
            (["1", "2", "3,5"], "'3,5', not a number (write 3.5) (--decimal comma"),
            (["1-", "2", "2-", "3"], "holds '1-', which may be -1 or a mark; say that"),
            (["(1)", "(2)", "(3)"], "holds '(1)', which may be -1 or a number in a list"),
        ])
    func refused(cells: [String], sentence: String) throws {
        let found = folder.sentence { try set(cells) }
        #expect(found?.contains(sentence) == true, "\(found ?? "none")")
    }

    @Test("is read where the column is said to be of numbers")
    func said() throws {
        for (cells, value) in [
            (["4", "5", "6", "$4"], Float(4)), (["4", "5", "6", "4 kg"], 4),
            (["1-", "2", "3", "2-"], -2), (["(1)", "(2)", "(3)"], -3),
        ] {
            let set = try set(cells) { $0.types = ["x": .number] }
            #expect(try inputs(set)[cells.count - 1] == value)
        }
        #expect(try inputs(set(["58 kg", "60 kg", "61"])) == [58, 60, 61])
        #expect(try inputs(set(["1:15 PM", "2:30 PM", "13:45"])) == [13.25, 14.5, 13.75])
    }

    @Test("all columns that can't be read are told at once, and cells of the others")
    func together() throws {
        let rows = (0..<30).map { "1,\($0 + 100);3/4/200\($0 % 10);<\($0);\($0 == 4 ? "x" : "1")" }
        let text = "a;d;q;n;y\n" + rows.map { "\($0);u" }.joined(separator: "\n") + "\n"
        let found = folder.sentence { try TableSet([folder.write("t.csv", text)], TableOptions()) }
        let lines = (found ?? "").split(separator: "\n").map { String($0) }
        let starts = [
            "t.csv: can't be read as it is; mend all of this",
            "  3 columns can't be read as they are",
            "    column 'a' holds numbers such as '1,100'",
            "    column 'd' holds dates such as '3/4/2000'",
            "    column 'q' holds '<0'", "  t.csv:6: column 'n' holds 'x', not a number; correct",
        ]
        for (line, start) in zip(lines, starts) { #expect(line.hasPrefix(start), "\(line)") }
        #expect(lines.count == starts.count)
        // Of many columns ten, of many cells some of each column.
        let names = (0..<14).map { "c\($0)" }
        let wide =
            names.joined(separator: ";") + ";y\n"
            + (1...3).map { row in names.map { _ in "1,23\(row);" }.joined() + "u\n" }.joined()
        let columns = folder.sentence {
            try TableSet([folder.write("w.csv", wide)], TableOptions())
        }
        #expect(columns?.hasPrefix("w.csv: 14 columns can't be read as they are\n") == true)
        #expect(columns?.hasSuffix("\n  and 4 columns more") == true, "\(columns ?? "none")")
        let cells = (0..<90).map { $0 % 3 == 0 ? "x,y,1" : "1,2,0" }.joined(separator: "\n")
        let odd = folder.sentence {
            try TableSet([folder.write("o.csv", "a,b,y\n1,1,1\n\(cells)\n")], TableOptions())
        }
        let told = (odd ?? "").split(separator: "\n").filter { $0.contains("column 'b'") }
        #expect(told.count == 10 && odd?.hasSuffix("\n  and 40 more") == true, "\(odd ?? "none")")
    }

    @Test("a column that counts the rows is told from others by its name, and said")
    func counters() throws {
        let many = (1...20).map { "\($0)" }
        func kind(_ name: String, _ cells: [String]) throws -> TableSet {
            let rows = cells.map { "\($0),2.5,u\n" }.joined()
            return try TableSet([folder.write("c.csv", "\(name),z,y\n\(rows)")], TableOptions())
        }
        for name in ["nr", "No.", "Unnamed: 0", "#"] {
            #expect(try kind(name, many).kinds[0].kind == .id)
        }
        #expect(try kind("nr", many.reversed()).kinds[0].kind == .number)
        let hours = try kind("hours", many)
        #expect(hours.kinds[0].kind == .number && hours.counts(rowsBy: "hours"))
        #expect(!(try kind("hours", many.map { "\($0).5" }).counts(rowsBy: "hours")))
    }

    @Test("numbers that may be days are told")
    func days() throws {
        #expect(try set(["20260131", "20251231"]).mayBeDays("x"))
        for cells in [["20260131", "20260231"], ["20260131", "5"], ["10260131", "10260201"]] {
            #expect(try !set(cells).mayBeDays("x"))
        }
    }
}
