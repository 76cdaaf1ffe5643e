import FTJSON
import Testing

/// Rows that `eval` can't use: all kinds of them are named together, with what leaves them out.
@Suite("Rows that can't be measured on")
struct EvalSkipTests {
    private static let config = """
        {"name": "t", "data": {"path": "t.h5", "batchSize": 8, "split": 0.2,
        "train": {"inputs": "train/inputs", "targets": "train/targets"}},
        "model": {"layers": [{"type": "embedding", "count": 5, "width": 2}, {"type": "flatten"},
        {"type": "linear", "units": 2}]}, "loss": {"type": "crossEntropy"},
        "optimizer": {"type": "adamW", "learningRate": 0.01}, "training": {"epochs": 1},
        "metrics": ["accuracy"]}
        """

    /// A run on a table of tokens from 0 to 4.
    private func prepared() throws -> Workspace {
        let workspace = try Workspace()
        let rows = (0..<40).map { "\($0 % 5),\($0 * 3 % 5),\($0 % 3 == 0 ? "u" : "v")\n" }
        try workspace.write("t.csv", "a,b,y\n" + rows.joined())
        #expect(try workspace.run("data", "csv", "t.h5", "train=t.csv").status == 0)
        try workspace.write("t.json", EvalSkipTests.config)
        let trained = try workspace.run("t.json", "--out", "run", "-q")
        #expect(trained.status == 0, "\(trained.errors)")
        return workspace
    }

    @Test("are named of inputs and labels at once, with the option", arguments: [[], ["--report"]])
    func kinds(options: [String]) throws {
        let workspace = try prepared()
        try workspace.write("new.csv", "a,b,y\n1,2,u\nzz,3,v\n4,1,w\n3,0,\n1,2\n")
        let refused = try workspace.run(["eval", "run", "new.csv"] + options)
        #expect(refused.status == 3)
        let expected = [
            "fttrain: new.csv: 4 cells can't be used; correct them, or leave their rows out with "
                + "--skip-bad",
            "  new.csv:3  column 'a' holds 'zz', not a number",
            "  new.csv:6  this row has 2 fields, the first has 3; complete it or remove it",
            "  new.csv:4  the label 'y' holds 'w', none of the 2 classes 'u', 'v'",
            "  new.csv:5  the label 'y' is missing",
        ]
        #expect(refused.errors == expected.joined(separator: "\n") + "\n", "\(refused.errors)")
        let left = try workspace.run(["eval", "run", "new.csv", "--skip-bad"] + options)
        #expect(left.status == 3 && left.output.contains("1 example"), "\(left.errors)")
        try workspace.write("one.csv", "a,b,y\n1,2,u\n3,3,\n")
        let one = try workspace.run(["eval", "run", "one.csv"] + options)
        #expect(
            one.errors
                == "fttrain: one.csv:3: the label 'y' is missing; correct it, or leave its row out "
                + "with --skip-bad\n")
    }

    @Test("a token that an embedding hasn't is one of them")
    func tokens() throws {
        let workspace = try prepared()
        try workspace.write("new.csv", "a,b,y\n1,2,u\n7,3,v\n4,-1,u\n3,0,v\n")
        let refused = try workspace.run("eval", "run", "new.csv")
        let index = "but layer 0 (embedding) takes whole numbers from 0 to 4"
        #expect(refused.status == 3, "\(refused.output)")
        #expect(
            refused.errors
                == "fttrain: new.csv: 2 cells can't be used; correct them, or leave their rows out with "
                + "--skip-bad\n  new.csv:3  an index is 7, \(index)\n  new.csv:4  an index is -1, "
                + "\(index)\n", "\(refused.errors)")
        try workspace.write("mixed.csv", "a,b,y\n1,2,u\n7,3,v\nzz,1,u\n3,0,w\n")
        let mixed = try workspace.run("eval", "run", "mixed.csv")
        let told = ["mixed.csv:4  column 'a' holds 'zz'", "mixed.csv:5  the label 'y'", index]
        #expect(
            mixed.status == 3 && told.allSatisfy { mixed.errors.contains($0) }, "\(mixed.errors)")
        let left = try workspace.run("eval", "run", "new.csv", "--skip-bad", "--json")
        #expect(left.status == 3, "\(left.errors)")
        let node = try JSONNode(parsing: String(left.lines[0]))
        #expect(node["examples"]?.int == 2)
        #expect(node["leftOut"]?.elements?.map { $0["example"]?.string } == ["3", "4"])
        #expect(
            left.errors.contains(
                "new.csv:3: an index is 7, \(index)"), "\(left.errors)")
    }

    @Test("rows that are left out don't count among values beyond those of training")
    func beyond() throws {
        let workspace = try prepared()
        // Layer 0 refuses 9 of the first row, and the label of the second is none.
        try workspace.write("new.csv", "a,b,y\n9,2,u\n1,2.5,w\n1,2,u\n3,3,v\n")
        for command in ["eval", "predict"] {
            let left = try workspace.run(command, "run", "new.csv", "--skip-bad")
            #expect(left.status == 3 && !left.errors.contains("values beyond"), "\(left.errors)")
        }
    }

    @Test("a table without labels is said to have none, whatever else is wrong")
    func unlabeled() throws {
        let workspace = try prepared()
        try workspace.write("new.csv", "a,b\n1,2\nzz,3\n")
        for options in [[], ["--skip-bad"]] {
            let refused = try workspace.run(["eval", "run", "new.csv"] + options)
            #expect(refused.status == 3)
            #expect(
                refused.errors.hasPrefix(
                    "fttrain: new.csv: holds no targets: it lacks the column 'y', so there is nothing"
                ),
                "\(refused.errors)")
        }
    }
}
