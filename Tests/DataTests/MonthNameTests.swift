import Testing

@testable import Datasets

@Suite("Dates with the names of months")
struct MonthNameTests {
    private let folder = TemporaryFolder()

    @Test(
        "are days as others are",
        arguments: [
            "5 Jan 2024", "05 january 2024", "Jan 5, 2024", "January 5 2024", "5-Jan-2024",
            "5/jan/2024", "5. Jan. 2024", "Fri, 5 Jan 2024", "Friday 5th January 2024",
        ])
    func days(text: String) {
        #expect(CalendarDate.days(text) == CalendarDate.days("2024-01-05"))
        #expect(CalendarDate.days(text + " 12:00") == CalendarDate.days("2024-01-05T12:00"))
    }

    @Test(
        "and only real ones",
        arguments: [
            "30 Feb 2024", "5 Ja 2024", "5 Janu4ry 2024", "5 Jan 24", "Jan 2024", "2024 Jan 5",
            "32 Jan 2024", "5 Jan 2024 at noon", "5 apples 2024", "May", "5 Jan 20245",
        ])
    func others(text: String) { #expect(CalendarDate.days(text) == nil) }

    @Test("a column of them is dates; one that may be is refused, a cell that is none is named")
    func columns() throws {
        func set(_ cells: [String]) throws -> TableSet {
            let rows = cells.enumerated().map { "\($1);\($0 % 2 == 0 ? "u" : "v")" }
            let text = "x;y\n" + rows.joined(separator: "\n") + "\n"
            return try TableSet([folder.write("t.csv", text)], TableOptions())
        }
        #expect(try set(["5 Jan 2024", "6 Feb 2024", "7 Mar 2024"]).kinds[0].kind == .date)
        for cell in ["5-Jan-24", "Jan 2024", "5. März 2024"] {
            let found = folder.sentence { try set([cell, cell, cell]) }
            #expect(
                found == "t.csv: column 'x' holds dates such as '\(cell)', which are read as "
                    + "2024-01-31, 31 Jan 2024 or January 31, 2024 alone; write them so, leave them "
                    + "out, --types x=skip, or say that they are words: --types x=category")
        }
        for cell in ["2024-02-30", "unknown", "20240131"] {
            let found = folder.sentence { try set(["5 Jan 2024", "2024-02-28", cell]) }
            #expect(found?.hasPrefix("t.csv:4: column 'x' holds '\(cell)', not a date") == true)
        }
        #expect(try set(["may", "june", "may"]).kinds[0].kind == .category)
    }
}
