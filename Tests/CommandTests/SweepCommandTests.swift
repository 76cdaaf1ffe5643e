import FTJSON
import Glibc
import Testing

@Suite struct SweepCommandTests {
    @Test("sweeps, goes on, finds rates, and refuses what makes no sense")
    func sweep() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let arguments = ["sweep", "tiny.json", "optimizer.learningRate=0.05,0.0001"]
        let result = try workspace.run(arguments)
        #expect(result.status == 0 && result.errors == "")
        #expect(result.lines[0] == "sweep   sweeps/tiny-001")
        #expect(result.lines[1].hasPrefix("trial   1/2   optimizer.learningRate=0.05   accuracy "))
        let trial = "sweeps/tiny-001/trial-001"
        #expect(
            result.output.hasSuffix(
                "\nbest    trial 1, in \(trial)\nnext    fttrain eval \(trial)\n"
                    + "        fttrain predict \(trial) data.h5\n"
                    + "        fttrain resume \(trial) training.epochs=6\n"
                    + "config  fttrain sweeps/tiny-001/best.json\n"), "\(result)")
        #expect(try workspace.run("eval", trial).status == 0)
        #expect(try workspace.run("check", "sweeps/tiny-001/best.json").status == 0)
        let again = try workspace.run("sweep", "sweeps/tiny-001", "--json")
        let line = try JSONNode(parsing: again.output)
        #expect(line["results"]?.elements?.count == 2 && line["by"]?.string == "accuracy")
        #expect(try workspace.run("sweep", "sweeps/tiny-001", "a=1").status == 2)
        #expect(try workspace.run("sweep", "sweeps/tiny-001", "--device", "cpu").status == 2)
        let onCPU = try workspace.run(["sweep", "tiny.json", "seed=1,2", "--device", "cpu", "-q"])
        #expect(onCPU.status == 0 && onCPU.errors == "")
        let config = try JSONNode(parsing: workspace.text("sweeps/tiny-002/trial-001/config.json"))
        #expect(config["device"]?.string == "cpu")
        #expect(try workspace.run("sweep", "tiny.json").status == 2)
        #expect(try workspace.run("sweep", "tiny.json", "seed=0..9").errors.contains("--trials"))
        #expect(try workspace.run("sweep", ".").status == 3)
        #expect(
            try workspace.run("sweep", "none", "a=1,2").errors.contains("there is no such file"))
        let impossible = try workspace.run("sweep", "tiny.json", "data.path=no.h5,none.h5")
        #expect(impossible.status == 3 && impossible.output == "")
        #expect(impossible.errors.contains("2 trials can't be trained, so nothing was begun"))
        let taken = try workspace.run("sweep", "tiny.json", "seed=1,2", "--out", "sweeps/tiny-001")
        #expect(taken.status == 2 && taken.errors.contains("fttrain sweep sweeps/tiny-001"))

        let rates = try workspace.run("find-rate", "tiny.json", "--from", "1e-5", "--to", "10")
        #expect(rates.status == 0 && rates.errors == "")
        #expect(rates.lines.allSatisfy { $0.count <= 80 })
        #expect(rates.output.contains("\nnext    fttrain tiny.json optimizer.learningRate="))
        let batch = try workspace.run(
            "find-rate", "tiny.json", "--from", "1e-5", "--to", "10", "data.batchSize=4",
            "optimizer.learningRate=3")
        #expect(
            batch.output.contains(
                "\nnext    fttrain tiny.json data.batchSize=4 optimizer.learningRate="))
        let frozen = try workspace.run("find-rate", "tiny.json", "--to", "1e-5", "--json")
        #expect(frozen.status == 1)
        #expect(try JSONNode(parsing: String(frozen.lines[0]))["suggestion"]?.isNull == true)
    }

    @Test("several at once come to the same bits as one after another, and can be stopped")
    func jobs() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let arguments = ["sweep", "tiny.json", "seed=1,2,3", "optimizer.learningRate=0.05,0.01"]
        let one = try workspace.run(arguments + ["--out", "one", "--json"])
        let many = try workspace.run(arguments + ["--out", "many", "--jobs", "3", "--json"])
        #expect(one.status == 0 && many.status == 0 && many.errors == "")
        for trial in 1...6 {
            let name = "trial-00\(trial)/last.safetensors"
            #expect(try workspace.tensors("one/\(name)") == workspace.tensors("many/\(name)"))
        }
        let (a, b) = (try JSONNode(parsing: one.output), try JSONNode(parsing: many.output))
        func trials(_ node: JSONNode) -> [Int] {
            node["results"]?.elements?.compactMap { $0["trial"]?.int } ?? []
        }
        #expect(trials(a).count == 6 && trials(a) == trials(b))
        #expect(try workspace.bytes("one/best.json") == workspace.bytes("many/best.json"))
        // One that was stopped goes on, and one trial can be trained alone.
        let long = ["sweep", "tiny.json", "seed=1,2", "training.epochs=20000", "-j", "2"]
        let child = try workspace.start(long + ["--out", "long"])
        for trial in ["trial-001", "trial-002"] {
            while !workspace.exists("long/\(trial)/best.safetensors") { usleep(5000) }
        }
        child.send(SIGTERM)
        let stopped = try child.wait()
        #expect(stopped.status == 143 && stopped.output.contains("next    fttrain sweep long"))
        #expect(stopped.output.contains("interrupted"))
        for trial in ["trial-001", "trial-002"] {
            #expect(try workspace.text("long/\(trial)/summary.json").contains("interrupted"))
        }
        let alone = try workspace.run("sweep", "one", "--only", "2")
        #expect(alone.status == 0 && alone.output == "")
        #expect(try workspace.run("sweep", "one", "--only", "7").errors.contains("no trial 7"))
        #expect(try workspace.run("sweep", "tiny.json", "--only", "1").status == 2)
    }

    @Test("folds give means and deviations, and go on")
    func folds() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let result = try workspace.run("folds", "tiny.json", "--folds", "4", "training.epochs=2")
        #expect(result.status == 0)
        #expect(
            result.errors
                == "fttrain: note: data.validation isn't used: the folds are of data.train\n")
        #expect(result.lines[0] == "folds   folds/tiny-001")
        #expect(result.lines[1].hasPrefix("fold    1/4   accuracy "))
        #expect(result.lines.contains { $0.hasPrefix("mean  ") })
        #expect(
            result.output.hasSuffix(
                "\nnext    fttrain tiny.json training.epochs=2\n"
                    + "        fttrain eval folds/tiny-001/fold-001\n"), "\(result)")
        let own = ["tiny.json", "data.validation=null", "data.folds=2", "seed=3"]
        let cut = try workspace.run(["folds"] + own)
        #expect(
            cut.output.contains(
                "\nnext    fttrain tiny.json data.validation=null data.folds=2 seed=3 "
                    + "data.folds=null training.epochs="), "\(cut)")
        let json = try workspace.run("folds", "folds/tiny-001", "--json")
        let node = try JSONNode(parsing: json.output)
        let values = node["folds"]?.elements?.compactMap { $0["values"]?["accuracy"]?.double } ?? []
        #expect(values.count == 4)
        let mean = values.reduce(0, +) / 4
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        #expect(abs((node["mean"]?["accuracy"]?.double ?? 9) - mean) < 1e-12)
        let deviation = node["deviation"]?["accuracy"]?.double ?? 9
        #expect(abs(deviation - (squares / 3).squareRoot()) < 1e-12)
        #expect(!workspace.exists("folds/tiny-001/best.json"))
        // A fold is the run that its config names.
        let alone = [
            "tiny.json", "-q", "--out", "alone", "training.epochs=2", "data.validation=null",
            "data.folds=4", "data.fold=3",
        ]
        #expect(try workspace.run(alone).status == 0)
        #expect(
            try workspace.tensors("alone/last.safetensors")
                == workspace.tensors("folds/tiny-001/fold-003/last.safetensors"))
        #expect(try workspace.run("folds", "tiny.json").errors.contains("--folds 5"))
        #expect(try workspace.run("folds", "folds/tiny-001", "seed=2").status == 2)
        let one = try workspace.run("folds", "tiny.json", "--folds", "4", "data.fold=2")
        #expect(one.status == 2 && one.errors.contains("leave data.fold=2 out"))
    }
}
