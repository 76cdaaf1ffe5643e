import Datasets
import FTJSON
import Tensor
import Testing

/// What `init` sees in data, chooses for it and says.
@Suite("What init chooses")
struct InitChoiceTests {
    private func table(_ header: String, _ rows: [String]) throws -> Workspace {
        let workspace = try Workspace()
        try workspace.write("t.csv", ([header] + rows).joined(separator: "\n") + "\n")
        return workspace
    }

    @Test("an option that is given twice is refused, and nothing is made")
    func twice() throws {
        let workspace = try table("a,b,y", (0..<30).map { "\($0),\($0 * 3 % 7),\($0 % 2)" })
        let result = try workspace.run("init", "t.csv", "--label", "a", "--label", "b")
        #expect(result.status == 2)
        #expect(
            result.errors.contains(#"--label is given twice: "a" and "b"; give one."#),
            "\(result.errors)")
        #expect(!workspace.exists("t.json"))
        let list = try workspace.run("init", "t.csv", "--types", "a=skip", "--types", "b=skip")
        #expect(
            list.errors.contains(
                #"--types is given twice: "a=skip" and "b=skip"; give one list, a comma between."#),
            "\(list.errors)")
    }

    @Test("of two classes one of which is rare, the best epoch is that of auc")
    func rare() throws {
        let workspace = try table(
            "x,z,y", (0..<400).map { "\($0 % 19),\($0 * 7 % 23),\($0 % 20 == 0 ? "yes" : "no")" })
        let made = try workspace.run("init", "t.csv", "training.epochs=2")
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.unfolded.contains("measured by auc, f1 of 'yes' and accuracy"))
        #expect(
            made.unfolded.contains("rare       20 of 400 examples are 'yes': accuracy is good "))
        #expect(made.unfolded.contains("loss.classWeights=balanced finds more of them, and prob"))
        let metrics = try JSONNode(parsing: workspace.text("t.json"))["metrics"]?.elements
        #expect(metrics?.count == 3 && metrics?[0].string == "auc")
        #expect(metrics?[1]["average"]?.string == "class" && metrics?[1]["class"]?.string == "yes")
        let run = try workspace.run("t.json", "--out", "run", "loss.classWeights=balanced")
        #expect(run.status == 0 && run.output.contains("auc"), "\(run.errors)")
        let best = run.lines.first { $0.hasPrefix("best ") }
        #expect(best?.contains("auc") == true, "\(run.output)")
    }

    @Test("of several classes f1 of all alike; where there is nothing to measure on, accuracy")
    func rareOfSeveral() throws {
        let several = try table(
            "x,y", (0..<300).map { "\($0 % 19),\($0 % 30 == 0 ? "c" : $0 % 2 == 0 ? "a" : "b")" })
        let made = try several.run("init", "t.csv", "training.epochs=1")
        #expect(made.unfolded.contains("measured by f1 (macro), balancedAccuracy and accuracy"))
        let metrics = try JSONNode(parsing: several.text("t.json"))["metrics"]?.elements
        #expect(metrics?[0]["type"]?.string == "f1" && metrics?[0]["average"]?.string == "macro")
        #expect(metrics?[1].string == "balancedAccuracy")
        #expect(try several.run("t.json", "--out", "run", "-q").status == 0)
        let single = try table("x,y", (0..<60).map { "\($0 % 19),\($0 == 7 ? "yes" : "no")" })
        let few = try single.run("init", "t.csv", "training.epochs=1")
        #expect(few.unfolded.contains("measured by accuracy and f1"), "\(few.output)")
        #expect(few.unfolded.contains("rare       1 of 60 examples is 'yes'"))
        #expect(try single.run("t.json", "--out", "run", "-q").status == 0)
    }

    @Test("whole numbers that may be counts are classes by their size, and told so")
    func counts() throws {
        let values = [0, 1, 2, 3, 4, 10, 12]
        let workspace = try table("x,visits", (0..<140).map { "\($0 % 19),\(values[$0 % 7])" })
        let made = try workspace.run("init", "t.csv")
        #expect(
            made.lines.contains("task       classification, 7 classes: 0, 1, 2, 3, 4, 10, 12"),
            "\(made.output)")
        #expect(
            made.unfolded.contains(
                "label      'visits' holds 7 whole numbers from 0 to 12, taken for classes; --types "
                    + "visits=number takes them for a quantity"))
        let other = try workspace.run("init", "t.csv", "--force", "--types", "visits=number")
        #expect(other.output.contains("task       regression") && other.status == 0)
        #expect(!other.output.contains("label      '"))
        let plain = try table("x,y", (0..<90).map { "\($0 % 19),\($0 % 3)" })
        #expect(!(try plain.run("init", "t.csv").output.contains("label      '")))
    }

    @Test("rows without a label are left out and counted, those with other gaps are filled")
    func unlabeled() throws {
        let rows = (0..<60).map {
            "\($0 % 9 == 0 ? "" : "\($0)"),\($0 % 10 == 0 ? "" : "\($0 % 2)")"
        }
        let workspace = try table("x,y", rows)
        let made = try workspace.run("init", "t.csv", "--missing", "median")
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.lines.contains("dropped 6 rows without a label, which is 'y'"))
        #expect(!made.output.contains("that lack a value"))
        let dropped = try workspace.run("data", "csv", "d.h5", "train=t.csv", "--missing", "drop")
        #expect(dropped.lines.contains("dropped 6 rows without a label, which is 'y'"))
        #expect(dropped.lines.contains("dropped 6 rows that lack a value"), "\(dropped.output)")
    }

    @Test("columns that teach nothing are named with what to write")
    func remarks() throws {
        let rows = (0..<40).map { row in
            "5,red,\(4_000_000_000 + row * 7919),\(1_700_000_000 + row * 60),\(row % 7),\(row % 2)"
        }
        let workspace = try table("k,c,account,ts,x,y", rows)
        let made = try workspace.run("init", "t.csv")
        for line in [
            "remark  'k', 'c': the same in all rows, so nothing is learned from it (--types "
                + "k=skip,c=skip)",
            "remark  'account': another whole number of ten digits or more in each row, as of "
                + "accounts (--types account=id)",
            "remark  'ts': may be seconds since 1970; if so, write 2026-01-31 12:30, or leave it "
                + "out (--types ts=skip)",
        ] {
            #expect("\n\(made.unfolded)\n".contains("\n\(line)\n"), "\(made.output)")
        }
        let told = try workspace.run(
            "init", "t.csv", "--force", "--types", "k=skip,c=skip,account=id,ts=skip")
        #expect(told.status == 0 && !told.output.contains("remark"), "\(told.output)")
    }

    @Test("data that are there are kept by another name, and told where others take their place")
    func data() throws {
        let workspace = try table("a,b,y", (0..<60).map { "\($0),\($0 * 3 % 7),\($0 % 2)" })
        #expect(try workspace.run("init", "t.csv").status == 0)
        let config = try workspace.run("init", "t.csv")
        #expect(
            config.errors.hasPrefix(
                "fttrain: t.json: there is such a file; name another with -o, or replace it with "))
        let refused = try workspace.run("init", "t.csv", "-o", "c2.json")
        #expect(refused.status == 2)
        #expect(
            refused.errors.hasPrefix(
                "fttrain: data/t.h5: there is such a file; make another, --data data/c2.h5, or "
                    + "replace it with --force"), "\(refused.errors)")
        #expect(
            try workspace.run("init", "t.csv", "-o", "c2.json", "--data", "data/c2.h5").status == 0)
        let same = try workspace.run("init", "t.csv", "--force")
        #expect(same.status == 0 && same.errors == "", "\(same.errors)")
        let other = try workspace.run("init", "t.csv", "--force", "--label", "b")
        #expect(other.status == 0)
        #expect(
            other.errors.hasPrefix(
                "fttrain: data/t.h5: other data take its place; runs trained on it can't be measured "
                    + "or resumed any more (--data data/t-2.h5 "), "\(other.errors)")
        let arguments = ["data", "csv", "d.h5", "train=t.csv", "--force"]
        for (options, isOther) in [([], false), ([], false), (["--split", "0.3"], true)] {
            let made = try workspace.run(arguments + options)
            #expect(made.status == 0)
            #expect(made.errors.contains("d.h5: other data take its place") == isOther)
        }
    }

    @Test("datasets of any names are found by their shapes; what is unclear is told")
    func shapes() throws {
        let workspace = try Workspace()
        let random = Random(seed: 5)
        try HDF5Writer.create(workspace.file("d.h5")) { file in
            try file.write("X", random.normal([90, 4], .float32))
            try file.write("y", NDArray((0..<90).map { UInt8($0 % 3) }))
        }
        #expect(try workspace.run("init", "d.h5", "training.epochs=1").status == 0)
        #expect(try workspace.run("d.json", "--out", "run", "-q").status == 0)
        try HDF5Writer.create(workspace.file("s.h5")) { file in
            for (part, count) in [("train", 80), ("test", 20)] {
                try file.write("X_\(part)", random.normal([count, 4], .float32))
                try file.write("y_\(part)", NDArray((0..<count).map { UInt8($0 % 3) }))
            }
        }
        #expect(try workspace.run("init", "s.h5").status == 0)
        let data = try JSONNode(parsing: workspace.text("s.json"))["data"]
        #expect(data?["train"]?["inputs"]?.string == "X_train")
        #expect(data?["validation"]?["targets"]?.string == "y_test")
        try HDF5Writer.create(workspace.file("u.h5")) { file in
            try file.write("A", random.normal([90, 4], .float32))
            try file.write("B", random.normal([90, 2], .float32))
        }
        let unclear = try workspace.run("init", "u.h5")
        #expect(unclear.status == 3 && unclear.errors.contains("it holds A 90×4, B 90×2; in a "))
        #expect(unclear.errors.contains("data.train.inputs and data.train.targets"))
    }

    @Test("the time of day is learned from, by predict and line by line alike")
    func times() throws {
        let rows = (0..<120).map { row in
            let hour = row * 5 % 24
            let text = hour < 10 ? "0\(hour)" : "\(hour)"
            return "2024-03-0\(row % 9 + 1) \(text):00:00,\(hour < 12 ? "early" : "late")"
        }
        let workspace = try table("when,y", rows)
        let made = try workspace.run("init", "t.csv", "training.epochs=30")
        #expect(made.unfolded.contains("days, their place in the year and the time of day"))
        #expect(try workspace.run("t.json", "--out", "run", "-q").status == 0)
        let report = try JSONNode(
            parsing: try workspace.run("eval", "run", "t.csv", "--report", "--json").output)
        #expect((report["accuracy"]?.double ?? 0) > 0.9)
        let table = try JSONNode(
            parsing: String(try workspace.run("predict", "run", "t.csv", "--json").lines[3]))
        try workspace.write("in.jsonl", #"{"when": "2024-03-04 15:00:00"}"# + "\n")
        try workspace.write("ask.sh", "\"$1\" predict run --stream < in.jsonl\n")
        let child = try Child(
            "/bin/sh", ["ask.sh", Workspace.program], in: workspace.path,
            output: workspace.file("out"), errors: workspace.file("err"))
        let line = try JSONNode(parsing: String(try child.wait().lines[0]))
        #expect(table["prediction"]?.string == "late" && line["prediction"]?.string == "late")
        #expect(line["probabilities"] != nil && line["probabilities"] == table["probabilities"])
    }
}
