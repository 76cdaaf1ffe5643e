import FTJSON
import Tensor
import Testing

@testable import Datasets

/// Dates with the year last, whose day the whole column tells.
@Suite("Dates with the year last")
struct DateOrderTests {
    private let folder = TemporaryFolder()

    private func set(
        _ cells: [String], _ change: (inout TableOptions) -> Void = { _ in }
    ) throws -> TableSet {
        let rows = cells.enumerated().map { "\($1),\($0 % 2 == 0 ? "u" : "v")" }
        var options = TableOptions()
        change(&options)
        return try TableSet(
            [folder.write("t.csv", "x,y\n" + rows.joined(separator: "\n") + "\n")], options)
    }

    @Test(
        "one order fits, or is said",
        arguments: [
            (["17.10.2008", "5.1.2009", "1.2.2010"], nil, "2009-01-05"),
            (["1.2.2008", "5.1.2009", "2.3.2010"], nil, "2009-01-05"),
            (["10/17/2008", "5/1/2009", "1/2/2010"], nil, "2009-05-01"),
            (["17/10/2008", "5/1/2009", "1/2/2010"], nil, "2009-01-05"),
            (["17-10-2008 10:30", "5-1-2009", "1-2-2010"], nil, "2009-01-05"),
            (["7/10/2008", "5/1/2009", "1/2/2010"], .dayFirst, "2009-01-05"),
            (["7/10/2008", "5/1/2009", "1/2/2010"], .monthFirst, "2009-05-01"),
            (["2022-09", "2009-05", "2022-11"], nil, "2009-05-01"),
            (["5\u{A0}Jan\u{A0}2024", "6\u{A0}Feb\u{A0}2024", "7 Mar 2024"], nil, "2024-02-06"),
        ] as [([String], DateOrder?, String)])
    func orders(cells: [String], order: DateOrder?, second: String) throws {
        let set = try set(cells) { $0.dates = order }
        #expect(set.kinds[0].kind == .date)
        let encoding = try TableEncoding(fitting: set, rows: [0, 1, 2])
        let again = try #require(TableEncoding(encoding.json.text()))
        #expect(again == encoding)
        // A model reads new tables as its own, where these alone would tell nothing.
        func values(_ text: String) throws -> [Float] {
            let table = try again.read(folder.write("n.csv", "x\n\(text)\n"))
            return try again.encode(table).values(as: Float.self)
        }
        #expect(try values(cells[1]) == values(second))
    }

    @Test("what fits both or none is refused, and a cell that is no date named")
    func refused() throws {
        let unclear = folder.sentence { try set(["7/10/2008", "5/1/2009"]) }
        #expect(
            unclear
                == "t.csv: column 'x' holds dates such as '7/10/2008', any of which may have the "
                + "day or the month first; say which is right, --date day-first or --date "
                + "month-first, or write them as 2024-01-31")
        let mixed = folder.sentence { try set(["17/10/2008", "10/17/2008", "1/2/2008"]) }
        #expect(
            mixed?.hasPrefix(
                "t.csv: column 'x' holds '17/10/2008', with the day first, and '10/17/2008', with "
                    + "the month first") == true)
        let odd = folder.sentence { try set(["17/10/2008", "31/2/2008", "1/2/2008"]) }
        #expect(odd?.hasPrefix("t.csv:3: column 'x' holds '31/2/2008', not a date") == true)
        let wrong = folder.sentence { try set(["17/10/2008"]) { $0.dates = .monthFirst } }
        #expect(wrong?.contains("'17/10/2008', not a date") == true, "\(wrong ?? "none")")
    }

    @Test(
        "times of day have AM or PM, in every form of a date",
        arguments: [
            ("3/14/2024 1:15 PM", "2024-03-14 13:15"),
            ("3/14/2024, 1:15:30 pm", "2024-03-14 13:15:30"),
            ("2024-03-14 12:15 AM", "2024-03-14 00:15"),
            ("2024-03-14 12:15 p.m.", "2024-03-14 12:15"),
            ("14 Mar 2024 1:15\u{202F}PM", "2024-03-14 13:15"),
            ("3/14/2024 1 PM", "2024-03-14 13:00"),
        ])
    func halves(text: String, plain: String) {
        #expect(CalendarDate.days(text, .monthFirst) == CalendarDate.days(plain))
        #expect(CalendarDate.days(plain) != nil)
        #expect(CalendarDate.days("2024-03-14 13:15 PM") == nil)
        #expect(CalendarDate.days("2024-03-14 24:15") == nil)
    }

    @Test("dates of several forms are one column, others in it mistakes")
    func mixedForms() throws {
        let encoding = try TableEncoding(
            fitting: set(["2024-03-14", "3/15/2024", "2024-03-16", "3/17/2024"]),
            rows: [0, 1, 2, 3])
        #expect(encoding.columns[0].kind == .date && encoding.columns[0].order == .monthFirst)
        let odd = folder.sentence { try set(["2024-03-14", "unknown", "2024-03-15", "unknown"]) }
        #expect(odd?.contains("holds 'unknown', not a date") == true, "\(odd ?? "none")")
    }

    @Test("a time without, beside others with AM or PM, is refused, in new tables too")
    func mixedHalves() throws {
        let cells = ["3/14/2024 1:15 PM", "3/15/2024 11:15 AM", "3/16/2024 13:45", "3/17/2024"]
        let encoding = try TableEncoding(fitting: set(cells), rows: [0, 1, 2, 3])
        let again = try #require(TableEncoding(encoding.json.text()))
        #expect(again == encoding)
        let odd = folder.sentence { try set(cells + ["3/18/2024 1:45"]) }
        #expect(
            odd?.hasPrefix(
                "t.csv:6: column 'x' holds '3/18/2024 1:45', not a date (write it with AM or PM)")
                == true, "\(odd ?? "none")")
        let table = try again.read(folder.write("n.csv", "x\n3/18/2024 1:45\n"))
        #expect(
            folder.sentence { try again.encode(table) }?.contains("(write it with AM or PM)")
                == true)
    }

    @Test("days that there aren't are mistakes, however many, and never words")
    func impossible() throws {
        for cells in [
            ["2024-02-30", "2024-02-28"], ["2024-02-30", "2024-02-31", "2024-02-28"],
            ["30 Feb 2024", "28 Feb 2024"], ["31/02/2024", "28/02/2024"],
        ] {
            let found = folder.sentence { try set(cells) }
            #expect(
                found?.contains("holds '\(cells[0])', not a date (there is no such day or time)")
                    == true, "\(found ?? "none")")
        }
        let swapped = folder.sentence { try set(["2024-31-12", "2024-30-11"]) }
        #expect(swapped?.contains("holds dates such as '2024-31-12', and there is no such") == true)
        #expect(try set(["1234-56-78", "1234-56-79"]).kinds[0].kind == .category)
    }

    @Test("years of two digits are refused, where they can be no versions")
    func shortYears() throws {
        for cells in [["17/10/24", "5/1/24"], ["31.12.24", "1.2.23"]] {
            let sentence = folder.sentence { try set(cells) }
            #expect(sentence?.contains("which are read with a year of four digits alone") == true)
        }
        #expect(try set(["3.11.24", "3.10.12"]).kinds[0].kind == .category)
        #expect(try set(["17.10.24", "3.40.12"]).kinds[0].kind == .category)
    }

    @Test(
        "a label of dates is refused for what it is",
        arguments: ["2008-10-17", "17.10.2008", "7/10/2008"])
    func label(date: String) throws {
        let text = "a,d\n1,\(date)\n2,\(date)\n"
        func sentence(_ kind: ColumnKind?) -> String? {
            folder.sentence {
                var options = TableOptions()
                options.types["d"] = kind
                return try TableSet([folder.write("l.csv", text)], options)
            }
        }
        let expected =
            "l.csv: the label 'd' holds dates such as '\(date)', and dates can't be predicted"
        #expect(sentence(nil)?.hasPrefix(expected) == true)
        #expect(sentence(.date)?.hasPrefix(expected) == true)
        #expect(sentence(.category) == nil)
    }
}
