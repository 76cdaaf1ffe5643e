import FTJSON
import Testing

/// Words that one table has and another hasn't, names of any length and numbers as the file has
/// them, as the commands print them.
@Suite("Words and names of tables")
struct TableWordTests {
    private func rows(_ words: [String], _ labels: [String]) -> String {
        let lines = (0..<40).map { row in
            "\(222799.65 + Double(row) * 0.5),\(words[row % words.count]),"
                + "\(labels[row % labels.count])\n"
        }
        return "x,c,y\n" + lines.joined()
    }

    @Test("a class of the validation table alone is refused, a word of an input told")
    func validation() throws {
        let workspace = try Workspace()
        try workspace.write("a.csv", rows(["red", "blue"], ["yes", "no"]))
        try workspace.write("b.csv", rows(["red", "Red"], ["yes", "no"]))
        try workspace.write("c.csv", rows(["red"], ["yes", "Yes"]))
        let refused = try workspace.run("data", "csv", "d.h5", "train=a.csv", "validation=c.csv")
        #expect(refused.status == 3 && !workspace.exists("d.h5"))
        #expect(
            refused.errors
                == "fttrain: c.csv:3: the label 'y' holds 'Yes' in 20 rows (did you mean 'yes'?), and "
                + "a.csv has 'no', 'yes'; correct it, leave its rows out, or add such rows to a.csv\n"
        )
        let told = try workspace.run("data", "csv", "d.h5", "train=a.csv", "validation=b.csv")
        let text = told.lines.map { $0.drop { $0 == " " } }.joined(separator: " ")
        #expect(
            text.contains(
                "remark  column 'c' holds words in 20 cells of validation that train hasn't ('Red', "
                    + "which may be 'red'); they count as none of its words"), "\(told.output)")
        #expect(told.output.contains("222799.65 to 222819.15"), "\(told.output)")
        let json = try workspace.run(
            "data", "csv", "e.h5", "train=a.csv", "validation=b.csv", "--json")
        #expect(json.errors.contains("column 'c' holds words in 20 cells of validation"))
        // In one table they are two words, and told.
        let one = try workspace.run("data", "csv", "f.h5", "train=c.csv")
        #expect(one.output.contains("'y': 'yes' and 'Yes' may be one word"), "\(one.output)")
    }

    @Test("a class that the split puts on one side is told")
    func split() throws {
        let workspace = try Workspace()
        let lines = (0..<40).map { "\($0),\($0 == 0 ? "rare" : $0 % 2 == 0 ? "u" : "v")\n" }
        try workspace.write("t.csv", "x,y\n" + lines.joined())
        let found = try (0..<12).map { seed in
            try workspace.run(
                "data", "csv", "s\(seed).h5", "train=t.csv", "--split", "0.3", "--seed", "\(seed)"
            ).output
        }.filter { $0.contains("1 row of validation holds 'rare', of which no row") }
        #expect((1...11).contains(found.count), "\(found.count)")
    }

    @Test("names of 66 letters leave all tables in 80 columns, and are whole for programs")
    func names() throws {
        let workspace = try Workspace()
        let long = String(repeating: "abcdef", count: 11)
        let lines = (0..<60).map { row in
            "\(row % 7),\(["u", long, "w"][row % 3]),\(["c", "d\(long)", "e\(long)"][row % 3])\n"
        }
        try workspace.write("t.csv", "x\(long),z\(long),y\(long)\n" + lines.joined())
        let made = try workspace.run("init", "t.csv", "training.epochs=2")
        #expect(made.status == 0, "\(made.errors)")
        #expect(try workspace.run("t.json", "--out", "run", "-q").status == 0)
        let outputs = try [
            made, workspace.run("data", "csv", "t.h5", "train=t.csv"),
            workspace.run("data", "info", "t.h5"), workspace.run("eval", "run", "--report"),
        ]
        for line in outputs.flatMap(\.lines) { #expect(line.unicodeScalars.count <= 80, "\(line)") }
        #expect(made.output.contains("…") && outputs[3].output.contains("…"))
        let report = try JSONNode(
            parsing: try workspace.run("eval", "run", "--report", "--json").output)
        let classes = report["classes"]?.elements?.map { $0["class"]?.string }
        #expect(classes == ["c", "d\(long)", "e\(long)"])
    }

    @Test("init refuses a label that numbers the rows, and names what it would take")
    func counter() throws {
        let workspace = try Workspace()
        let lines = (0..<40).map { "\($0 * 7 % 11),\($0)\n" }
        try workspace.write("t.csv", "x,id\n" + lines.joined())
        let refused = try workspace.run("init", "t.csv")
        #expect(refused.errors.contains("the label 'id' numbers the rows"), "\(refused.errors)")
        #expect(try workspace.run("init", "t.csv", "--types", "id=number").status == 0)
    }
}
