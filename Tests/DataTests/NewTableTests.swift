import FTJSON
import Tensor
import Testing

@testable import Datasets

/// Tables that a model didn't see: what can't be used of them, and what lies beyond its data.
@Suite("New tables")
struct NewTableTests {
    private let folder = TemporaryFolder()

    private func encoding(_ text: String) throws -> TableEncoding {
        let set = try TableSet([folder.write("t.tsv", text)], TableOptions())
        return try TableEncoding(fitting: set, rows: set.rows[0])
    }

    @Test("rows that can't be read are kept as such, and named with the cells")
    func faults() throws {
        let encoding = try encoding("a\tb\ty\n1\t2\tu\n3\t4\tv\n")
        var bytes = Array("a,b\n1,2\n3\n4,".utf8)
        bytes += [0xFF, 0xFE] + Array("\n5,\"6\"x\n7,8,9\nq,10\n11,\"12\n13,14\n".utf8)
        let table = try encoding.read(folder.write("n.csv", bytes))
        #expect(table.lines == [2, 3, 4, 5, 6, 7, 8, 9])
        #expect(try encoding.usableRows(table) == [0, 7])
        #expect(try encoding.encode(table, rows: [0, 7]).values(as: Float.self) == [1, 2, 13, 14])
        let found = folder.sentence { try encoding.encode(table) } ?? ""
        let expected = [
            "n.csv: 6 cells can't be used; correct them, the model",
            "n.csv:3    this row has 1 field, the first",
            "n.csv:4:3  the field is not valid UTF-8 text",
            "n.csv:5:6  text follows a closing quote",
            "n.csv:6    this row has 3 fields", "n.csv:7    column 'a' holds 'q', not a number",
            "n.csv:8:4  a quote is never closed",
        ]
        for (line, start) in zip(found.split(separator: "\n"), expected) {
            #expect(line.drop { $0 == " " }.hasPrefix(start), "\(line)")
        }
        #expect(
            folder.sentence { try encoding.encode(table, rows: [1]) }
                == "n.csv:3: this row has 1 field, the first has 2; complete it or remove it")
        // The training table may hold none.
        #expect(
            folder.sentence { try TableSet([folder["n.csv"]], TableOptions()) }?.hasPrefix(
                "n.csv:3: this row has 1 field") == true)
        let lines = "{\"a\": [1], \"b\": 2}\n{\"a\": 1, \"b\": 2}\n5\n{\"a\": 1,\n"
        let objects = try encoding.read(folder.write("n.jsonl", lines))
        #expect(try encoding.usableRows(objects) == [1])
        #expect(
            folder.sentence { try encoding.encode(objects, rows: [0]) }?.hasPrefix(
                "n.jsonl:1: 'a' holds a list or an object") == true)
        let none = try encoding.read(folder.write("o.jsonl", "[1]\n[2]\n"))
        #expect(folder.sentence { try encoding.encode(none) }?.contains("o.jsonl:2") == true)
    }

    @Test("decimals after another mark than the model's are told once, with the option")
    func decimals() throws {
        let points = try encoding("a\tb\ty\n1.5\t2\tu\n3.5\t4\tv\n")
        let commas = try encoding("a\tb\ty\n1,5\t2\tu\n3,5\t4\tv\n")
        let texts = ["a\tb\n1,5\t2\n3,5\t1.000\n2,5\tx\n", "a\tb\n1.5\t2\n3.5\t1000\n"]
        let foreign = try points.read(folder.write("c.tsv", texts[0]))
        #expect(
            folder.sentence { try points.encode(foreign) }
                == "c.tsv: 3 cells of 'a' have decimals after a comma, the training table had them "
                + "after a point; say so, --decimal comma, or write them as there\n  the first: "
                + "c.tsv:2: column 'a' holds '1,5', not a number (write 1.5)")
        let plain = try commas.read(folder.write("p.tsv", texts[1]))
        #expect(
            folder.sentence { try commas.encode(plain) }?.hasPrefix(
                "p.tsv: 2 cells of 'a' have decimals after a point, the training table had them "
                    + "after a comma; say so, --decimal point") == true)
        // One cell may be a slip.
        let slip = try points.read(folder.write("s.tsv", "a\tb\n1,5\t2\n3.5\t4\n"))
        #expect(folder.sentence { try points.encode(slip) }?.hasPrefix("s.tsv:2: column") == true)
        for (model, mark, text) in [
            (points, DecimalMark.comma, "a\tb\n1,5\t2\n3,5\t1.000\n"), (commas, .point, texts[1]),
        ] {
            var told = model
            told.readDecimals(after: mark)
            let table = try told.read(folder.write("n.tsv", text))
            #expect(try told.encode(table).values(as: Float.self) == [1.5, 2, 3.5, 1000])
        }
    }

    @Test("columns of whole numbers have decimals as the others of the training table had them")
    func whole() throws {
        let commas = try encoding("a\tb\ty\n1,5\t2\tu\n3,5\t4\tv\n")
        let table = try commas.read(folder.write("w.tsv", "a\tb\n1,5\t38,5\n2\t3\n"))
        #expect(try commas.encode(table).values(as: Float.self) == [1.5, 38.5, 2, 3])
        let object = try JSONNode(parsing: #"{"a": 0.25, "b": 38.5}"#)
        let one = try commas.table(of: object, line: 1, in: "stdin")
        #expect(try commas.encode(one).values(as: Float.self) == [0.25, 38.5])
    }

    @Test("numbers that have one reading are read where the training table had plain ones")
    func certain() throws {
        let encoding = try encoding("a\ty\n1.5\tu\n3\tv\n")
        let cells = ["1,234.50", "(2.5)", "−3", "1 000", "1.5-", "５"]
        let values: [Float] = [1234.5, -2.5, -3, 1000, -1.5, 5]
        let table = try encoding.read(
            folder.write("n.tsv", "a\n" + cells.joined(separator: "\n") + "\n"))
        #expect(try encoding.encode(table).values(as: Float.self) == values)
        for (cell, value) in zip(cells, values) {
            let object = try JSONNode(parsing: "{\"a\": \"\(cell)\"}")
            let one = try encoding.table(of: object, line: 1, in: "stdin")
            #expect(try encoding.encode(one).values(as: Float.self) == [value])
        }
        for cell in ["1,234", "1,5", "5-", "(5)", "$5", "4%", "3 kg"] {
            let odd = try encoding.read(folder.write("o.tsv", "a\n\(cell)\n"))
            let found = folder.sentence { try encoding.encode(odd) }
            #expect(
                found?.hasPrefix("o.tsv:2: column 'a' holds '\(cell)', not a number (w") == true)
        }
    }

    @Test("values beyond those of training are counted in rows that can be used, ranges exact")
    func beyond() throws {
        let encoding = try encoding(
            "a\td\ty\n0\t2024-01-01\tu\n1.04\t2024-12-31 13:30\tv\n1\t2024-05-05\tu\n")
        let table = try encoding.read(
            folder.write("n.tsv", "a\td\n1.03\t2024-02-02\n2\t2025-01-01\n3\tx\n4\t2024-03-03\n"))
        #expect(
            encoding.notes(on: table, rows: try encoding.usableRows(table)) == [
                "values beyond those that the model was trained on: 'a' in 2 rows, trained on 0 to "
                    + "1.04; 'd' in 1 row, trained on 2024-01-01 to 2024-12-31 13:30"
            ])
    }

    @Test(
        "days are written as dates",
        arguments: [
            "1970-01-01", "2000-02-29", "1969-12-31 23:59", "2024-12-31 13:30", "0001-03-01",
        ])
    func days(text: String) throws {
        #expect(CalendarDate.text(try #require(CalendarDate.days(text))) == text)
    }
}
