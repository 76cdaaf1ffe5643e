import FTJSON
import Tensor
import Testing

@testable import Datasets

@Suite("Several labels of one table")
struct SeveralLabelTests {
    private let folder = TemporaryFolder()

    private func set(
        _ text: String, _ labels: String, _ change: (inout TableOptions) -> Void = { _ in }
    ) throws -> TableSet {
        var options = TableOptions()
        options.label = .name(labels)
        change(&options)
        return try TableSet([folder.write("t.csv", text)], options)
    }

    private func targets(_ set: TableSet) throws -> (TableEncoding, NDArray) {
        let encoding = try TableEncoding(fitting: set, rows: set.rows[0])
        return (encoding, try #require(try encoding.targets(set.tables[0], rows: set.rows[0])))
    }

    @Test("numbers become columns of floats, each scaled by itself")
    func numbers() throws {
        let text = "x,a,b\n1,$10.00,1\n2,$20.00,0\n3,$30.00,1\n4,$20.00,0\n"
        let (plain, kept) = try targets(try set(text, "a,b"))
        #expect(kept.shape == [4, 2] && kept.dtype == .float32)
        #expect(kept.values(as: Float.self) == [10, 1, 20, 0, 30, 1, 20, 0])
        #expect(plain.label == nil && plain.labels.map(\.name) == ["a", "b"])
        #expect(plain.labels[0].form?.mark == "$")
        let (encoding, scaled) = try targets(try set(text, "a,b") { $0.standardizes = true })
        let values = scaled.values(as: Double.self)
        for place in 0..<2 {
            let column = stride(from: place, to: 8, by: 2).map { values[$0] }
            #expect(abs(column.reduce(0, +)) < 1e-6)
            #expect(abs(column.reduce(0) { $0 + $1 * $1 } / 4 - 1) < 1e-5)
            let label = encoding.labels[place]
            #expect(abs(label.value(column[0]) - [10.0, 1][place]) < 1e-5)
        }
        #expect(TableEncoding(encoding.json.text()) == encoding)
    }

    @Test("two words each become 0 and 1, yes for 1")
    func answers() throws {
        let (encoding, found) = try targets(
            try set("x,a,b,c\n1,ja,yes,1\n2,nein,no,0\n3,ja,no,1\n", "c,b,a"))
        #expect(encoding.labels.map(\.kind) == [.answers, .answers, .answers])
        #expect(
            encoding.labels.map(\.classes) == [["0", "1"], ["no", "yes"], ["ja", "nein"]])
        #expect(found.values(as: Int.self) == [1, 1, 0, 0, 0, 1, 1, 0, 0])
        #expect(found.dtype == .float32)
        #expect(TableEncoding(encoding.json.text()) == encoding)
        // A new table has words that were none of these.
        let new = try encoding.read(folder.write("n.csv", "x,a,b,c\n1,ja,maybe,1\n"))
        let sentence = folder.sentence { try encoding.targets(new) }
        #expect(sentence?.contains("the label 'b' holds 'maybe', none of the 2 classes") ?? false)
        // One that lacks a label has no targets.
        let lacking = try encoding.read(folder.write("l.csv", "x,a,b\n1,ja,yes\n"))
        #expect(try encoding.targets(lacking) == nil)
    }

    @Test("words that begin with 0 stay the words of new tables")
    func padded() throws {
        let (encoding, _) = try targets(try set("x,a,b\n1,01,u\n2,02,v\n", "a,b"))
        #expect(encoding.labels[0].classes == ["01", "02"])
        let new = try encoding.read(folder.write("n.csv", "x,a,b\n1,02,v\n"))
        #expect(try encoding.targets(new)?.values(as: Int.self) == [1, 1])
    }

    @Test(
        "what goes together neither as numbers nor as two words is named",
        arguments: [
            ("x,a,b\n1,2.5,u\n2,3.5,v\n", "'a' holds numbers, 'b' holds 2 different words"),
            (
                "x,a,b\n1,p,u\n2,q,v\n3,r,v\n",
                "'a' holds 3 different words, 'b' holds 2 different words"
            ),
            (
                "x,a,b\n1,p,u\n2,p,v\n",
                "'a' holds 1 different word, 'b' holds 2 different words"
            ),
        ])
    func mixed(text: String, what: String) {
        let sentence = folder.sentence { try set(text, "a,b") } ?? ""
        #expect(sentence.contains(what), "\(sentence)")
        #expect(sentence.contains("Name those of one kind with --label"))
        #expect(!sentence.contains("\n"))
    }

    @Test("dates, names that there aren't, and one twice are told")
    func refused() {
        let dates = folder.sentence {
            try set("x,a,b\n1,2024-01-02,1.5\n2,2024-01-03,2.5\n", "a,b")
        }
        #expect(dates?.contains("the label 'a' holds dates such as '2024-01-02'") ?? false)
        let text = "x,a,b\n1,2,3\n2,3,4\n"
        let near = folder.sentence { try set(text, "a,c") }
        #expect(near?.contains("there is no column 'c'") ?? false)
        let twice = folder.sentence { try set(text, "a,a") }
        #expect(twice?.contains("--label names 'a' twice; name it once") ?? false)
        let all = folder.sentence { try set(text, "x,a,b") }
        #expect(all?.contains("all columns are labels; add columns of inputs") ?? false)
    }

    @Test("a column whose name has a comma is one label")
    func comma() throws {
        let found = try set("x,\"a,b\"\n1,2\n2,3\n", "a,b")
        #expect(found.label?.name == "a,b")
    }

    @Test("rows that lack any of the labels are left out, and counted once")
    func missing() throws {
        let found = try set("x,a,b\n1,2,3\n2,,4\n3,,\n4,5,6\n", "a,b") { $0.missing = .median }
        #expect(found.rows == [[0, 3]] && found.unlabeledCount == 2)
        let sentence = folder.sentence { try set("x,a,b\n1,2,3\n2,,4\n", "a,b") }
        #expect(sentence?.contains("the label 'a' is missing") ?? false)
        let one = folder.sentence {
            let set = try set("x,a,b\n1,u,p\n2,v,\n3,u,q\n", "a,b") { $0.missing = .drop }
            return try TableEncoding(fitting: set, rows: set.rows[0])
        }
        #expect(one?.contains("the label 'a' holds one word alone") ?? false)
    }

    @Test("each combination is a group of its own")
    func groups() throws {
        let found = try set("x,a,b\n1,u,p\n2,v,p\n3,u,q\n4,u,p\n", "a,b")
        #expect(found.groups(of: ["a", "b"], rows: found.rows[0]) == [0, 2, 1, 0])
    }

    @Test("words in one table and numbers in another are told with both files")
    func kinds() throws {
        var options = TableOptions()
        options.label = .none
        let (words, numbers) = ("x,z\nu,1\nv,2\n", "x,z\n5,1\n6,2\n7,3\n")
        for (first, second) in [(words, numbers), (numbers, words)] {
            let sentence =
                folder.sentence {
                    try TableSet(
                        [folder.write("a.csv", first), folder.write("b.csv", second)], options)
                } ?? ""
            let (ofWords, ofNumbers) = first == words ? ("a", "b") : ("b", "a")
            for part in ["words such as 'u' in ", "numbers such as 5 in "] {
                #expect(sentence.contains(part), "\(sentence)")
            }
            #expect(sentence.contains("\(ofWords).csv, and numbers"))
            #expect(sentence.contains("\(ofNumbers).csv; write the same in both"))
        }
        options.types = ["x": .category]
        let paths = [folder.write("a.csv", words), folder.write("b.csv", numbers)]
        #expect(try TableSet(paths, options).kinds[0].kind == .category)
    }
}
