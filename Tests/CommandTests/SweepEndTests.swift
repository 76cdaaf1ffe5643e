import FTJSON
import FoundationEssentials
import Glibc
import Testing

/// How `sweep` and `folds` end where trials don't.
@Suite("The ends of sweeps")
struct SweepEndTests {
    @Test("values that can't be are found before the first trial, each with its trial")
    func before() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let paths = try workspace.run(
            "sweep", "tiny.json", "seed=1,2", "data.path=data.h5,no.h5", "--out", "a")
        #expect(paths.status == 3 && paths.output == "" && !workspace.exists("a"))
        #expect(paths.errors.hasPrefix("fttrain: tiny.json: 1 trial can't be trained, so nothing"))
        #expect(
            paths.errors.contains("\n  trial 2  seed=1 data.path=no.h5  no.h5: there is no such"))
        let many = (1...40).map { "\($0 * 100_000_000)" }.joined(separator: ",")
        let sizes = try workspace.run("sweep", "tiny.json", "model.layers.0.units=\(many)")
        #expect(
            sizes.status == 2 && sizes.errors.contains("trial 40  model.layers.0.units=4000000"))
        let folds = try workspace.run("folds", "tiny.json", "--folds", "41")
        #expect(folds.status == 3 && folds.errors.contains("40 examples are too few for 41 folds"))
        #expect(!workspace.exists("folds"))
    }

    @Test("one that failed or is under way elsewhere makes the end no success")
    func wanting() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let arguments = ["sweep", "tiny.json", "seed=1,2,3"]
        #expect(try workspace.run(arguments + ["--out", "a", "-q"]).output == "")
        try workspace.write("a/trial-002/summary.json", "{\"status\": \"failed\"}")
        let failed = try workspace.run("sweep", "a", "--json")
        #expect(failed.status == 1)
        #expect(
            failed.errors
                == "fttrain: 1 of 3 trials came to no end (2); look at a/trial-002/log.txt\n")
        let summary = try JSONNode(parsing: String(failed.lines[0]))
        #expect(summary["wanting"]?.elements?.map(\.int) == [2])
        // Another process trains the first of two.
        let long = ["sweep", "tiny.json", "seed=1,2", "--out", "b", "training.epochs=2"]
        #expect(try workspace.run(long + ["-q"]).status == 0)
        let other = try workspace.start([
            "resume", "b/trial-001", "training.epochs=1000000", "training.report=false",
        ])
        other.waitForOutput("\nepoch ")
        let beside = try workspace.run("sweep", "b")
        other.send(SIGKILL)
        _ = try other.wait()
        #expect(beside.status == 1, "\(beside)")
        #expect(beside.unfolded.contains("is training this run"))
        #expect(
            beside.errors.hasSuffix(
                "1 of 2 trials came to no end (1); go on with: "
                    + "fttrain sweep b\n"))
    }

    @Test(
        "nothing that is said of all trials, or of one in silence, is lost", arguments: ["1", "2"])
    func told(jobs: String) throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let alike = try workspace.run(
            "sweep", "tiny.json", "seed=1,2", "optimizer={\"type\":\"lbfgs\"}",
            "training.accumulate=2")
        #expect(alike.status == 2 && alike.errors.hasPrefix("fttrain: tiny.json: "), "\(alike)")
        let begun = try workspace.run("sweep", "tiny.json", "seed=1,2", "--out", "s", "-q")
        #expect(begun.status == 0, "\(begun)")
        let again = try workspace.run("folds", "tiny.json", "--folds", "2", "--out", "s")
        #expect(again.errors.contains("holds a sweep; go on with it by: fttrain sweep s,"))
        // The first trial can't begin again: its folder is a file.
        try FileManager.default.removeItem(atPath: workspace.file("s/trial-001"))
        try workspace.write("s/trial-001", "")
        let silent = try workspace.run("sweep", "s", "-q", "-j", jobs)
        #expect(silent.status == 1 && silent.output == "")
        #expect(silent.errors.hasPrefix("fttrain: trial   1/2   seed=1   can't be: "), "\(silent)")
        #expect(try workspace.run("folds", "tiny.json", "--folds", "2", "--out", "f").status == 0)
        let folds = try workspace.run("folds", "tiny.json", "--folds", "2", "--out", "f")
        #expect(folds.errors.contains("holds folds; go on with them by: fttrain folds f,"))
    }

    @Test("a trial that diverges is a result, a fold is not")
    func diverged() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let rates = "optimizer.learningRate=0.05,1e30"
        let sweep = try workspace.run("sweep", "tiny.json", rates, "-q", "--out", "s")
        #expect(sweep.status == 0 && sweep.output == "" && sweep.errors == "")
        let folds = try workspace.run(
            "folds", "tiny.json", "--folds", "2", "optimizer.learningRate=1e30", "-q")
        #expect(folds.status == 1)
        #expect(folds.errors.contains("2 of 2 folds came to no end (1, 2); look at folds/tiny-001"))
    }

    @Test("trials end when the process that started them is killed, and save")
    func orphans() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let child = try workspace.start([
            "sweep", "tiny.json", "seed=1,2", "training.epochs=1000000", "-j", "2", "--out", "a",
        ])
        let trials = ["a/trial-001", "a/trial-002"]
        for trial in trials {
            while !workspace.exists("\(trial)/best.safetensors") { usleep(5000) }
        }
        child.send(SIGKILL)
        #expect(try child.wait().signal == SIGKILL)
        for trial in trials {
            for _ in 0..<6000
            where !(try workspace.text("\(trial)/summary.json").contains("interrupted")) {
                usleep(10_000)
            }
            #expect(try workspace.text("\(trial)/summary.json").contains("interrupted"))
        }
    }

    @Test("trials write for TensorBoard where that is asked for")
    func tensorboard() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        for (out, jobs) in [("one", "1"), ("two", "2")] {
            let result = try workspace.run(
                "sweep", "tiny.json", "seed=1,2", "--out", out, "-j", jobs, "--tensorboard", "-q")
            #expect(result.status == 0 && result.output == "")
            for trial in ["trial-001", "trial-002"] {
                #expect(try workspace.names("\(out)/\(trial)").contains { $0.hasPrefix("events.") })
            }
        }
    }

    @Test("folds in which what decides has no value are told, for the means lack them")
    func unmeasured() throws {
        let workspace = try Workspace()
        let rows = (0..<80).map { "\($0 % 13),\($0 % 40 == 3 ? "yes" : "no")" }
        try workspace.write("t.csv", "x,y\n" + rows.joined(separator: "\n") + "\n")
        #expect(try workspace.run("init", "t.csv", "--split", "0.5").status == 0)
        let arguments = ["folds", "t.json", "--folds", "8", "training.epochs=1"]
        let few = try workspace.run(arguments + [#"metrics=["auc"]"#, "--json"])
        #expect(few.status == 1, "\(few.errors)")
        #expect(few.errors.contains("has no value") && few.errors.contains("take fewer folds"))
        let all = try workspace.run(arguments + ["training.bestBy=loss", "--out", "all"])
        #expect(all.status == 0, "\(all.errors)")
    }
}
