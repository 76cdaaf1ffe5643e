import Testing

/// What `-q` keeps back, and what not.
@Suite struct QuietTests {
    @Test("warnings of what becomes of a run are told, notes of what was meant are not")
    func warnings() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let still = ["optimizer.learningRate=1e-30", "training.patience=1", "training.epochs=9"]
        let quiet = try workspace.run(["tiny.json", "-q"] + still)
        #expect(quiet.status == 0 && quiet.output == "runs/tiny-001\n")
        let sentence = "fttrain: runs/tiny-001: no trained parameter changed by a single bit"
        #expect(quiet.errors.hasPrefix(sentence), "\(quiet)")
        // That patience ends the run is no warning.
        #expect(quiet.errors.split(separator: "\n").count == 1)
        #expect(try workspace.text("runs/tiny-001/log.txt").contains("stopped after epoch "))
        let idle = try workspace.run("tiny.json", "-q", "training.minimumChange=0.1")
        #expect(
            idle.errors.hasPrefix("fttrain: runs/tiny-002: training.minimumChange changes nothing"))
        let json = try workspace.run(["tiny.json", "--json"] + still)
        #expect(json.errors == "" && json.output.contains("\"event\":\"warning\""))
        let taken = ["model.from.path=runs/tiny-001", "training.epochs=1"]
        #expect(try workspace.run(["tiny.json", "-q"] + taken).errors == "")
    }

    @Test("a sweep tells each warning once")
    func sweep() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let arguments = ["sweep", "tiny.json", "seed=1,2", "training.minimumChange=0.1"]
        let sentence = "trial 1: training.minimumChange changes nothing: "
        let told = try workspace.run(arguments)
        #expect(told.errors == "" && told.lines.count { $0.contains("changes nothing") } == 1)
        #expect(told.lines.contains { $0.hasPrefix("note    \(sentence)") }, "\(told)")
        let quiet = try workspace.run(arguments + ["-q"])
        #expect(quiet.output == "")
        #expect(quiet.errors.hasPrefix("fttrain: sweeps/tiny-002: \(sentence)"), "\(quiet)")
        #expect(quiet.errors.split(separator: "\n").count == 1)
        // So do the processes of one, which leave nothing of it behind.
        for isQuiet in [false, true] {
            let many = try workspace.run(
                arguments + ["-j", "2", "--out", "many\(isQuiet)"] + (isQuiet ? ["-q"] : []))
            let lines = (many.output + many.errors).split(separator: "\n")
            #expect(lines.count { $0.contains("changes nothing") } == 1, "\(many)")
            #expect(try !workspace.names("many\(isQuiet)").contains { $0.hasPrefix(".") })
        }
    }

    @Test("trials on parts of the same data are ranked, with a word on what differs")
    func parts() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let result = try workspace.run(
            "sweep", "tiny.json", "seed=1,2", "data.validation=null", "data.split=0.3")
        #expect(result.status == 0 && result.output.contains("\nbest    trial "), "\(result)")
        #expect(result.output.contains("\nnote    each is measured on a part of its own"))
    }

    @Test("trials whose values don't compare have no best")
    func unranked() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let result = try workspace.run(
            "sweep", "tiny.json", "loss.labelSmoothing=0,0.3", "metrics=[]", "training.epochs=1")
        #expect(result.status == 0, "\(result)")
        #expect(result.output.contains("\nbest    none, for their values don't compare"))
        #expect(result.output.contains("loss is computed otherwise"))
        #expect(!workspace.exists("sweeps/tiny-001/best.json"))
    }
}
