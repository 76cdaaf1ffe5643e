import Testing

@testable import Datasets

@Suite("Classes that the training table hasn't")
struct StrangeClassTests {
    private let folder = TemporaryFolder()

    private func set(
        _ first: [String], _ second: [String], header: String = "x,y",
        _ change: (inout TableOptions) -> Void = { _ in }
    ) throws -> TableSet {
        let paths = [("a.csv", first), ("b.csv", second)].map { name, cells in
            let rows = cells.enumerated().map { "\($0).5,\($1)\n" }
            return folder.write(name, "\(header)\n" + rows.joined())
        }
        var options = TableOptions()
        change(&options)
        return try TableSet(paths, options)
    }

    @Test("one is refused by its line, with what there is and what may be meant")
    func one() {
        let other = folder.sentence { try set(["yes", "no"], ["no", "maybe", "yes"]) }
        #expect(
            other == "b.csv:3: the label 'y' holds 'maybe', and a.csv has 'no', 'yes'; correct it, "
                + "leave its row out, or add such rows to a.csv")
        let near = folder.sentence { try set(["yes", "no"], ["Yes", "no", "Yes"]) }
        #expect(
            near == "b.csv:2: the label 'y' holds 'Yes' in 2 rows (did you mean 'yes'?), and a.csv "
                + "has 'no', 'yes'; correct it, leave its rows out, or add such rows to a.csv")
    }

    @Test("several are told at once, numbers and words alike")
    func several() {
        let found = folder.sentence { try set(["u", "v", "u"], ["w", "U", "v", "w"]) } ?? ""
        #expect(
            found == """
                b.csv: 2 words of the label 'y' aren't in a.csv, for a.csv has 'u', 'v'; correct \
                them, leave their rows out, or add such rows to a.csv
                  b.csv:2  'w' in 2 rows
                  b.csv:3  'U' (did you mean 'u'?)
                """)
        let numbers = folder.sentence {
            try set(["1", "2", "1"], ["1.0", "2"]) { $0.types = ["y": .category] }
        }
        #expect(
            numbers?.contains("holds '1.0' (did you mean '1'?)") == true, "\(numbers ?? "none")")
        #expect(
            folder.sentence { try set(["1", "2"], ["3", "2"]) { $0.labelsAreWords = true } } != nil)
        // The same classes, or fewer, are right.
        #expect(folder.sentence { try set(["u", "v"], ["v", "v"]) } == nil)
    }

    @Test("of many classes those that are no mistake are taken")
    func many() throws {
        let words = (0..<21).map { "w\(Character(Unicode.Scalar(UInt8(97 + $0))))" }
        let found = try set(words, ["other", "wa"])
        let encoding = try TableEncoding(fitting: found, rows: found.rows[0])
        #expect(encoding.label?.classes.count == 22)
        let near = folder.sentence { try set(words, ["other", "Wa"]) } ?? ""
        #expect(near.hasPrefix("b.csv:3: the label 'y' holds 'Wa' (did you mean 'wa'?)"), "\(near)")
    }

    @Test("several labels likewise: two words in the training table are two")
    func labels() {
        let found = folder.sentence {
            try set(["u,p", "v,q"], ["u,p", "w,q"], header: "x,a,b") { $0.label = .name("a,b") }
        }
        #expect(
            found == "b.csv:3: the label 'a' holds 'w', and a.csv has 'u', 'v'; correct it, leave "
                + "its row out, or add such rows to a.csv")
        let lacking = folder.sentence {
            try set(["u,p", "u,q"], ["u,p", "w,q"], header: "x,a,b") { $0.label = .name("a,b") }
        }
        #expect(
            lacking?.contains("'a' holds 1 different word in a.csv") == true, "\(lacking ?? "none")"
        )
    }

    @Test("a new table's words are told with what may be meant")
    func new() throws {
        let found = try set(["red,yes", "blue,no"], ["red,no", "blue,yes"], header: "x,c,y")
        let encoding = try TableEncoding(fitting: found, rows: [0, 1])
        let table = try encoding.read(
            folder.write("n.csv", "x,c,y\n1,Red,Yes\n2,green,yes\n3,red,maybe\n"))
        #expect(
            encoding.notes(on: table, rows: [0, 1, 2]).first
                == "column 'c' holds words that the training table hadn't, in 2 cells ('Red', which "
                + "may be 'red', 'green'); they count as none of its words")
        let labels = folder.sentence { try encoding.targets(table) } ?? ""
        #expect(labels.hasPrefix("n.csv: 2 cells can't be used; correct them, or predict"))
        #expect(labels.contains("holds 'Yes', none of the 2 classes (did you mean 'yes'?)"))
        #expect(labels.contains("holds 'maybe', none of the 2 classes 'no', 'yes'"), "\(labels)")
    }
}
