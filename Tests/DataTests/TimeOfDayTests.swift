import FTJSON
import Glibc
import Tensor
import Testing

@testable import Datasets

/// Times of day beside dates, words that are numbers, and rows without a label.
@Suite("What tables teach")
struct TimeOfDayTests {
    private let folder = TemporaryFolder()

    private func set(
        _ text: String, _ change: (inout TableOptions) -> Void = { _ in }
    ) throws -> TableSet {
        var options = TableOptions()
        change(&options)
        return try TableSet([folder.write("t.csv", text)], options)
    }

    @Test("times of day that differ are two inputs more, around the clock")
    func times() throws {
        let set = try set(
            "t,y\n2024-03-05 00:00:00,0\n2024-03-05 06:00:00,1\n2024-03-06 15:00:00,0\n")
        let encoding = try TableEncoding(fitting: set, rows: [0, 1, 2])
        #expect(
            encoding.features == [
                "t day", "t sine of the year", "t cosine of the year", "t sine of the day",
                "t cosine of the day",
            ])
        let values = try encoding.encode(set.tables[0]).values(as: Float.self)
        let half = Float(0.5.squareRoot())
        for (row, expected) in [[0, 1], [1, 0], [-half, -half]].enumerated() {
            for (place, value) in expected.enumerated() {
                #expect(abs(values[row * 5 + 3 + place] - value) < 1e-6, "\(row)")
            }
        }
        let again = try #require(TableEncoding(encoding.json.text()))
        #expect(again == encoding)
        // Before 1970, too.
        let early = try encoding.read(folder.write("n.csv", "t\n1969-12-31 06:00\n"))
        let cells = try encoding.encode(early).values(as: Float.self)
        #expect(abs(cells[3] - 1) < 1e-6 && abs(cells[4]) < 1e-6)
    }

    @Test(
        "days alone, and a time that is always the same, are three inputs",
        arguments: ["", " 07:00", "T12:30:00Z"])
    func days(time: String) throws {
        let set = try set("t,y\n2024-03-05\(time),0\n2024-03-06\(time),1\n")
        let encoding = try TableEncoding(fitting: set, rows: [0, 1])
        #expect(encoding.features.count == 3 && !encoding.json.text().contains("times"))
    }

    @Test("an encoding of before, which doesn't know of times, keeps its three inputs")
    func old() throws {
        let set = try set("t,y\n2024-03-05 00:00,0\n2024-03-05 06:00,1\n")
        let encoding = try TableEncoding(fitting: set, rows: [0, 1])
        let text = encoding.json.text()
        let before = text.replacing(#""times":true,"#, with: "")
            .replacing(#""times": true, "#, with: "")
        #expect(text != before)
        let old = try #require(TableEncoding(before))
        #expect(old.features.count == 3)
        #expect(try old.encode(set.tables[0]).shape == [2, 3])
        #expect(
            encoding.difference(from: old, called: "the model")?.contains("time of day") == true)
    }

    @Test("words that are all numbers stand by their size, others by their letters")
    func words() {
        #expect(Words.sorted(["10", "2", "0", "-1", "1.5"]) == ["-1", "0", "1.5", "2", "10"])
        #expect(Words.sorted(["10", "2", "a"]) == ["10", "2", "a"])
        #expect(Words.sorted(["7", "07"]) == ["07", "7"])
    }

    @Test("classes that are numbers are numbered by their size")
    func classes() throws {
        let set = try set("x,y\n1,10\n2,2\n3,0\n") { $0.types["y"] = .category }
        #expect(
            try TableEncoding(fitting: set, rows: [0, 1, 2]).label?.classes == ["0", "2", "10"])
    }

    @Test("rows without a label are left out by any rule, those without a value by drop alone")
    func unlabeled() throws {
        let text = "x,y\n1,0\n,1\n3,\n4,1\n"
        for (rule, rows) in [("median", [0, 1, 3]), ("0", [0, 1, 3]), ("drop", [0, 3])] {
            let set = try set(text) { $0.missing = MissingRule(rule) }
            #expect(set.rows == [rows] && set.unlabeledCount == 1, "\(rule)")
        }
        let refused = folder.sentence { try set("x,y\n1,0\n3,\n4,1\n") }
        #expect(refused?.contains("is missing (--missing median, say, leaves the row out)") == true)
        let none = folder.sentence { try set("x,y\n1,\n3,\n") { $0.missing = .median } }
        #expect(
            none == "t.csv: the label 'y' is missing in all rows; name another column with --label")
    }

    @Test("numbers of accounts and seconds since 1970 are seen, prices and ids of few digits not")
    func remarks() throws {
        let rows = (0..<12).map { row in
            let (account, second) = (4_000_000_000 + row * 7919, 1_700_000_000 + row / 2)
            return "\(account),\(second),\(second)500,\(row),\(row)\(row * 31 % 7)000.5,\(row % 2)"
        }
        let set = try set("a,s,ms,n,p,y\n" + rows.joined(separator: "\n") + "\n")
        #expect(set.kinds.map(\.name).filter { set.mayBeAccounts($0) }.contains("a"))
        #expect(!["s", "n", "p"].contains { set.mayBeAccounts($0) })
        #expect(["a", "s", "ms", "n", "p"].filter { set.unitSince1970($0) != nil } == ["s", "ms"])
    }
}
