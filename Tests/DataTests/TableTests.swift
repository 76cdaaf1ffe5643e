import FTJSON
import FTSupport
import Tensor
import Testing

@testable import Datasets

/// Tables of all kinds of columns, understood and encoded.
@Suite("Tables")
struct TableTests {
    private let folder = TemporaryFolder()

    private func set(
        _ text: String, _ name: String = "t.csv", _ change: (inout TableOptions) -> Void = { _ in }
    ) throws -> TableSet {
        var options = TableOptions()
        change(&options)
        return try TableSet([folder.write(name, text)], options)
    }

    private func encoding(_ set: TableSet) throws -> TableEncoding {
        try TableEncoding(fitting: set, rows: set.rows[0])
    }

    private static let people = """
        id,age,member,city,joined,score
        1,30,yes,Oslo,2026-01-01,1.5
        2,50,no,Bonn,2026-01-03,2.5
        3,40,yes,Oslo,2026-01-05,3.5

        """

    @Test("each column is taken for what its cells say")
    func kinds() throws {
        let set = try set(TableTests.people)
        #expect(set.kinds.map(\.kind) == [.id, .number, .boolean, .category, .date])
        #expect(set.label?.name == "score" && set.label?.kind == .numbers)
        let encoding = try encoding(set)
        #expect(encoding.features.prefix(4) == ["age", "member", "city=Bonn", "city=Oslo"])
        #expect(encoding.ids == ["id"])
        let inputs = try encoding.encode(set.tables[0])
        let values = inputs.values(as: Float.self)
        #expect(inputs.shape == [3, 7])
        #expect(Array(values[0..<4]) == [30, 1, 0, 1])
        #expect(Array(values[7..<11]) == [50, 0, 1, 0])
        // Days are 0, 2, 4 with mean 2 and deviation √(8/3).
        #expect(abs(values[4] + 2 / (8.0 / 3).squareRoot()) < 1e-6 && values[11] == 0)
        let targets = try encoding.targets(set.tables[0])
        #expect(targets?.values(as: Float.self) == [1.5, 2.5, 3.5])
    }

    @Test("numbers that no array can hold are named, all of them")
    func beyondFloats() throws {
        let text = "a,b,price\n1,2,1.5\n-1e200,4,1e39\n5,6,2.5\n"
        let set = try set(text)
        let encoding = try encoding(set)
        // One of them spoils no others.
        let scaled = try self.set(text) { $0.standardizes = true }
        #expect(
            folder.sentence { try self.encoding(scaled).encode(scaled.tables[0]) }?.hasPrefix(
                "t.csv:3: column 'a' holds '-1e200', too large for 32-bit floats") == true)
        #expect(
            folder.sentence { try encoding.encode(set.tables[0]) }?.hasPrefix(
                "t.csv:3: column 'a' holds '-1e200', too large for 32-bit floats (up to 3.4e38); ")
                == true)
        // Of a table in memory a cell is shown as it is written, too.
        let piped = try encoding.read(Array("a,b\n1e39,2\n".utf8), named: "standard input")
        #expect(
            folder.sentence { try encoding.encode(piped) }?.hasPrefix(
                "standard input:2: column 'a' holds '1e39', too large") == true)
        #expect(
            folder.sentence { try encoding.targets(set.tables[0]) }?.hasPrefix(
                "t.csv:3: the label 'price' holds '1e39', too large for 32-bit floats") == true)
        // A number that fits, but not as it is scaled.
        let steady = try self.set("a,price\n1,1\n1.001,2\n1.002,3\n") { $0.standardizes = true }
        let far = try self.encoding(steady).read(folder.write("n.csv", "a\n3.4e38\n"))
        #expect(
            folder.sentence { try self.encoding(steady).encode(far) }?.hasPrefix(
                "n.csv:2: column 'a' holds '3.4e38', so far from the training rows that, scaled as "
                    + "they are, it is too large for 32-bit floats; ") == true)
    }

    @Test(
        "numbers that are all equal aren't scaled by what rounding leaves of them",
        arguments: ["0.1", "0.7", "1e30", "123456.789", "5"])
    func constant(value: String) throws {
        let rows = (0..<60).map { "\($0),\(value),\($0 % 7)" }
        let text = "a,b,y\n\(rows.joined(separator: "\n"))\n"
        let set = try set(text) { $0.standardizes = true }
        let column = try #require(try encoding(set).columns.first { $0.name == "b" })
        #expect(column.deviation == 1 && column.mean == Double(value))
    }

    @Test("hexadecimal numbers are no numbers, and words where that is said")
    func hexadecimal() throws {
        let text = "code,y\n0x1p3,1.5\n0x10,2.5\n0X2,3.5\n"
        let sentence = folder.sentence { try set(text) } ?? ""
        #expect(sentence.contains("holds '0x1p3', '0x10', '0X2': numbers to the base 16, which"))
        #expect(sentence.contains("write 8 for '0x1p3' and so on"))
        #expect(try set(text) { $0.types = ["code": .category] }.kinds[0].kind == .category)
    }

    @Test("tabs, semicolons and JSON lines give the same as commas")
    func forms() throws {
        let comma = try set(TableTests.people)
        let expected = try encoding(comma).encode(comma.tables[0])
        let tabs = String(TableTests.people.map { $0 == "," ? "\t" : $0 })
        let semicolons = String(TableTests.people.map { $0 == "," ? ";" : $0 })
        let json = """
            {"id": 1, "age": 30, "member": true, "city": "Oslo", "joined": "2026-01-01", "score": 1.5}
            {"id": 2, "age": 50, "member": false, "city": "Bonn", "joined": "2026-01-03", "score": 2.5}

            {"id": 3, "age": 40, "member": true, "city": "Oslo", "joined": "2026-01-05", "score": 3.5}
            """
        for (name, text) in [("t.tsv", tabs), ("s.csv", semicolons), ("t.jsonl", json)] {
            let set = try set(text, name)
            #expect(same(try encoding(set).encode(set.tables[0]), expected), "\(name)")
        }
        #expect(try set(json, "u.jsonl").tables[0].lines == [1, 2, 4])
    }

    @Test(
        "what is missing gets a value of the training rows",
        arguments: [
            ("median", 2.0), ("mean", 4.0), ("most-frequent", 1.0), ("7", 7.0),
        ])
    func missing(rule: String, expected: Double) throws {
        let set = try set("a,b,y\n1,u,0\n1,v,1\n3,v,0\n11,v,1\n,,1\n") {
            $0.missing = MissingRule(rule)
        }
        let encoding = try encoding(set)
        let values = try encoding.encode(set.tables[0]).values(as: Float.self)
        let fill = rule == "7" ? ["u", "v", "7"] : ["u", "v"]
        #expect(encoding.columns[1].categories == fill)
        let row = values.suffix(1 + fill.count)
        #expect(Double(row.first ?? 0) == expected)
        #expect(Array(row.dropFirst()) == (rule == "7" ? [0, 0, 1] : [0, 1]))
    }

    @Test("rows that lack a value are dropped when told so")
    func drop() throws {
        let set = try set("a,y\n1,0\n,1\n3,\n4,1\n") { $0.missing = .drop }
        #expect(set.rows == [[0, 3]])
    }

    @Test("standardizing fits on the training rows alone, over all tables once")
    func standardize() throws {
        var options = TableOptions()
        options.standardizes = true
        let paths = [
            folder.write("a.csv", "x,y\n1,10.5\n3,20.5\n"), folder.write("b.csv", "x,y\n9,30.5\n"),
        ]
        let set = try TableSet(paths, options)
        let encoding = try TableEncoding(fitting: set, rows: [0, 1])
        #expect(try encoding.encode(set.tables[0]).values(as: Float.self) == [-1, 1])
        #expect(try encoding.encode(set.tables[1]).values(as: Float.self) == [7])
        #expect(try encoding.targets(set.tables[1])?.values(as: Float.self) == [3])
        #expect(encoding.label?.value(3) == 30.5)
    }

    @Test("an encoding comes back from its text")
    func text() throws {
        let set = try set(TableTests.people) {
            $0.standardizes = true
            $0.missing = .median
            $0.nulls = ["-"]
        }
        let encoding = try encoding(set)
        #expect(TableEncoding(encoding.json.text()) == encoding)
        #expect(TableEncoding("{}") == nil)
    }

    @Test("a new table may order its columns differently, lack the label and hold new words")
    func another() throws {
        let set = try set("a,city,y\n1,Oslo,0\n2,Bonn,1\n")
        let encoding = try encoding(set)
        let other = try encoding.read(folder.write("n.csv", "city,a\nRome,5\nOslo,6\n"))
        let encoded = try encoding.encode(other)
        #expect(encoded.values(as: Float.self) == [5, 0, 0, 6, 0, 1])
        let unknown = encoding.unknownWords(other)
        #expect(unknown.map(\.column) == ["city"] && unknown[0].count == 1)
        #expect(try encoding.targets(other) == nil)
    }

    @Test("all cells that can't be used are named at once, up to a limit")
    func odd() throws {
        let sentence = folder.sentence {
            try set("a,b,y\n1,2,0\nx,4,1\n5,y,0\n7,8,1\n")
        }
        let remedy =
            "correct them, or say what they mean: --null TEXT for nothing, --types COLUMN=category "
            + "or skip"
        #expect(
            sentence == """
                t.csv: 2 cells can't be used; \(remedy)
                  t.csv:3  column 'a' holds 'x', not a number
                  t.csv:4  column 'b' holds 'y', not a number
                """)
        let rows = (0..<60).map { $0 % 2 == 0 ? "1,0" : "x,0" } + ["1,0"]
        let many = folder.sentence { try set("a,y\n" + rows.joined(separator: "\n")) } ?? ""
        #expect(many.hasSuffix("\n  and 10 more"))
        let told = try set("a,y\n1,0\n-,1\n3,1\n") {
            $0.nulls = ["-"]
            $0.missing = .mean
        }
        #expect(told.kinds[0].kind == .number)
    }

    @Test(
        "what can't be a table is a sentence",
        arguments: [
            ("a,y\n1,0\n,1\n", "t.csv:3: column 'a' holds nothing; say what stands for a cell"),
            ("a,a\n1,0\n", "t.csv:1:3: two columns are called 'a'; rename one"),
            ("a,b\n1,2\n1\n", "t.csv:3: this row has 1 field, the first has 2"),
            ("a,b\n1,\0\n", "t.csv:2:3: the field holds a NUL byte"),
            ("a,b\r1,2\r", "t.csv: its lines end in CR alone"),
            ("a,b\n", "t.csv: the table has no rows"),
            ("y\n1\n", "t.csv: the only column is the label"),
            ("a,y\n1,u\n2,v\n3,4\n", "t.csv:4: the label '4' is a number, most are words"),
        ])
    func sentences(text: String, sentence: String) {
        let found = folder.sentence { try set(text) }
        #expect(found?.hasPrefix(sentence) == true, "\(found ?? "none")")
    }

    @Test("columns can be given a kind, chosen and left out")
    func chosen() throws {
        let set = try set("zip,a,b,y\n01,1,2,0\n02,3,4,1\n") {
            $0.types = ["zip": .category, "b": .skip]
        }
        #expect(try encoding(set).features == ["zip=01", "zip=02", "a"])
        let few = try self.set("zip,a,b,y\n01,1,2,0\n02,3,4,1\n") { $0.columns = ["a"] }
        #expect(few.kinds.map(\.name) == ["a"])
        let sentence = folder.sentence { try self.set("age,y\n1,2\n") { $0.columns = ["agee"] } }
        #expect(sentence == "t.csv: there is no column 'agee'; did you mean 'age'?")
    }

    @Test("a stratified split takes its share of each class, from the seed alone")
    func partition() {
        let groups = (0..<100).map { $0 < 90 ? 0 : 1 }
        let (first, second) = Partition.rows(100, share: 0.2, groups: groups, seed: 3)
        #expect(first.count == 80 && second.count == 20)
        #expect(second.count { groups[$0] == 1 } == 2)
        #expect(Set(first + second) == Set(0..<100) && second == second.sorted())
        #expect(Partition.rows(100, share: 0.2, groups: groups, seed: 3).second == second)
        #expect(Partition.rows(100, share: 0.2, groups: groups, seed: 4).second != second)
    }

    @Test(
        "dates are days since 1970 in UTC, and only real ones",
        arguments: [
            ("1970-01-01", 0.0), ("2000-03-01", 11017.0), ("2026/01/31", 20484.0),
            ("1970-01-02T12:00", 1.5), ("1970-01-02 00:00:00Z", 1),
            ("1970-01-01T01:00:00+01:00", 0),
            ("1969-12-31", -1),
        ])
    func dates(text: String, days: Double) {
        #expect(CalendarDate.days(text) == days)
    }

    @Test(
        "other texts are no dates",
        arguments: [
            "2026-02-29", "2026-13-01", "26-01-01", "2026-1", "2026-01-01T25", "today", "",
        ])
    func noDates(text: String) {
        #expect(CalendarDate.days(text) == nil)
    }
}
