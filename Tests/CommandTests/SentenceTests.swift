import Glibc
import Testing

/// Sentences on what would otherwise mislead.
@Suite("What a newcomer meets")
struct SentenceTests {
    private func trained() throws -> Workspace {
        let workspace = try Workspace()
        try workspace.prepare()
        #expect(try workspace.run("tiny.json", "--out", "run", "-q").status == 0)
        return workspace
    }

    @Test(
        "a word that is none is refused, with one that may be meant",
        arguments: [
            (["help", "nocmd"], "there is no command 'nocmd'. See 'fttrain --help'"),
            (["help", "swep"], "there is no command 'swep'. Did you mean 'sweep'?"),
            (["help", "data", "image"], "'fttrain data' makes no 'image'. Did you mean 'images'?"),
            (["help", "eval", "nosuch"], "'fttrain eval' has no help of its own on 'nosuch'"),
            (
                ["tiny.json", "seed=18446744073709551615"],
                "found 18446744073709551615, which is more than 9223372036854775807"
            ),
            (
                ["sweep", "tiny.json", "--seed", "18446744073709551615"],
                "--seed: expected an integer ≥ 0, found 18446744073709551615, which is more than"
            ),
            (
                ["folds", "tiny.json", "--folds", "3", "data.split=0.2"],
                "so data.split=0.2 has no use; leave it out"
            ),
            (["folds", "tiny.json", "data.split=0.2"], "so data.split=0.2 has no use"),
            (
                ["list", "training.mixp"],
                "nothing called 'training.mixp'. Did you mean 'training.mixup'"
            ),
            (["tiny.json", "metrics=accuracy"], #"Write metrics='["accuracy"]'"#),
            (["tiny.json", "metrics=accuracy,f1"], #"Write metrics='["accuracy","f1"]'"#),
            (
                ["tiny.json", "out=x"],
                "the run folder is named on the command line alone: --out DIR"
            ),
            (["tiny.json", "threads=2"], "--threads N"),
        ])
    func words(arguments: [String], sentence: String) throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let result = try workspace.run(arguments)
        #expect(result.status == 2 && result.errors.contains(sentence), "\(result.errors)")
    }

    @Test("a number in the list of keys is called one, however long its range is")
    func keyTypes() throws {
        let workspace = try Workspace()
        let text = try workspace.run("list", "training.maxSteps").output
        #expect(text.contains("training.maxSteps  integer  optional"), "\(text)")
    }

    @Test("a text is told apart from data")
    func text() throws {
        let workspace = try Workspace()
        try workspace.write("README.md", "# A text\n\nWith words — and a dash.\n")
        let result = try workspace.run("init", "README.md")
        #expect(
            result.status == 3
                && result.errors.contains("characters is too short to learn from"),
            "\(result.errors)")
    }

    @Test("a damaged config.json comes with what takes its place")
    func damagedConfig() throws {
        let workspace = try trained()
        let config = try workspace.text("run/config.json")
        for text in [String(config.prefix(200)), config.replacing("\"epochs\"", with: "\"epoch\"")]
        {
            try workspace.write("run/config.json", text)
            for command in ["resume", "compare", "plot"] {
                let result = try workspace.run(command, "run")
                #expect(result.status == 2)
                #expect(
                    result.errors.contains(
                        "run/last.safetensors holds the config of the run; to go on with that: rm "
                            + "run/config.json"), "\(result.errors)")
            }
        }
    }

    @Test("a run that is over is left as it is, and so may lie where nothing can be written")
    func over() throws {
        let workspace = try trained()
        /// A file that is written again is another one.
        func files() throws -> [UInt64] {
            try workspace.names("run").sorted().filter { $0 != ".lock" }.map { name in
                var status = stat()
                try #require(stat(workspace.file("run/\(name)"), &status) == 0)
                return UInt64(status.st_ino)
            }
        }
        let before = try files()
        #expect(try workspace.run("resume", "run").status == 0)
        #expect(try files() == before)
    }

    @Test("an option of one kind of data is refused beside another, and shown in its help alone")
    func optionsOfKinds() throws {
        let workspace = try Workspace()
        let refused = try workspace.run("data", "npy", "x.h5", "a=a.npy", "--bytes")
        #expect(
            refused.status == 2
                && refused.errors.contains(
                    "--bytes is an option of 'fttrain data text', not of 'fttrain data npy'")
        )
        for arguments in [["help", "data", "text"], ["data", "text", "--help"]] {
            let help = try workspace.run(arguments).output
            #expect(help.contains("--bytes   tokens are bytes") && !help.contains("--stratify"))
        }
        let all = try workspace.run("help", "data").output
        #expect(all.contains("text: tokens are bytes") && all.contains("csv: split each class"))
    }

    @Test("a list in a file may be meant where a word stands")
    func list() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        try workspace.write(
            "word.json", Workspace.tiny.replacing(#"["accuracy"]"#, with: #""accuracy""#))
        let result = try workspace.run("check", "word.json")
        #expect(result.status == 2 && result.errors.contains(#"Write a list: ["accuracy"]"#))
    }

    @Test("list describes a key, a group of them and what takes it")
    func mistaken() throws {
        let workspace = try Workspace()
        let mixup = try workspace.run("list", "training.mixup")
        #expect(mixup.status == 0 && mixup.output.hasPrefix("  training.mixup  number > 0"))
        let training = try workspace.run("list", "training").lines
        #expect(training.contains { $0.hasPrefix("  training.epochs ") })
        let rate = try workspace.run("list", "optimizer.learningRate").lines
        #expect(rate[0] == "optimizer.learningRate")
        #expect(rate.contains { $0.hasPrefix("  optimizer 'adam' ") })
        #expect(!rate.contains { $0.contains("lbfgs") })
    }

    @Test("a warm-up that is longer than the run is remarked on")
    func warmUp() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let sentence =
            "schedule.warmupSteps is 100 and the run has 15 steps, so the learning rate gets to "
            + "0.007 and never to 0.05; warm up in fewer steps or train longer"
        func schedule(_ steps: Int) -> String {
            "schedule={\"type\": \"constant\", \"warmupSteps\": \(steps)}"
        }
        let checked = try workspace.run("check", "tiny.json", schedule(100))
        #expect(checked.status == 0 && checked.errors == "fttrain: note: \(sentence)\n")
        let run = try workspace.run("tiny.json", schedule(100), "--out", "w")
        #expect(run.status == 0 && run.unfolded.contains("note    \(sentence)"))
        #expect(try workspace.run("check", "tiny.json", schedule(15)).errors == "")
    }

    @Test("a run of some steps says no epochs, and fewer epochs than are done are none taken back")
    func lengths() throws {
        let workspace = try trained()
        let steps = try workspace.run("tiny.json", "training.maxSteps=3", "--out", "steps")
        #expect(steps.output.contains("\ndone    3 steps in ") && steps.status == 0)
        #expect(try workspace.text("steps/report.html").contains("completed, 3 steps in "))
        #expect(try workspace.run("inspect", "steps").output.contains("completed, 3 steps"))
        let config = try workspace.text("run/config.json")
        let fewer = try workspace.run("resume", "run", "training.epochs=2")
        #expect(fewer.status == 0)
        #expect(fewer.errors.contains("the run stays as it is, without training.epochs=2, "))
        let anew = "; to train anew: fttrain run/config.json training.epochs=2; "
        #expect(fewer.errors.contains(anew), "\(fewer)")
        #expect(try workspace.text("run/config.json") == config)
        #expect(fewer.output.hasPrefix("run: all 3 epochs are done\nbest    "))
    }

    @Test("resuming a run that is over leaves its files as they are", arguments: [false, true])
    func over(byLimit: Bool) throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let limit = byLimit ? ["training.maxSteps=2"] : []
        #expect(try workspace.run(["tiny.json", "--out", "run", "-q"] + limit).status == 0)
        let names = ["summary.json", "log.txt", "metrics.csv", "config.json", "last.safetensors"]
        let before = try names.map { try workspace.bytes("run/\($0)") }
        let resumed = try workspace.run("resume", "run")
        let words =
            byLimit ? "run: stopped after step 2 (training.maxSteps)" : "run: all 3 epochs are done"
        let more = byLimit ? "training.maxSteps=4" : "training.epochs=6"
        #expect(resumed.status == 0)
        #expect(resumed.output.hasPrefix("\(words)\nbest    epoch "), "\(resumed)")
        #expect(resumed.output.hasSuffix("\nnext    fttrain resume run \(more)\n"))
        #expect(try names.map { try workspace.bytes("run/\($0)") } == before)
    }

    @Test("a key of the config that is taken for an option is named with its value")
    func keys() throws {
        let workspace = try Workspace()
        for (arguments, question) in [
            (["tiny.json", "--epochs", "3"], "Did you mean 'training.epochs=3'?"),
            (["--batch-size=8", "tiny.json"], "Did you mean 'data.batchSize=8'?"),
            (["check", "tiny.json", "--learning-rate"], "mean 'optimizer.learningRate=…'?"),
            (["check", "tiny.json", "--gradient"], "Did you mean '--gradients'?"),
        ] {
            let result = try workspace.run(arguments)
            #expect(result.status == 2 && result.errors.contains(question), "\(result.errors)")
        }
    }

    @Test("a metric that chooses among outputs is none of a single one")
    func choices() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let single = ["check", "tiny.json", #"model.layers=[{"type":"linear","units":1}]"#]
        let losses = [
            ("binaryCrossEntropy", "use binaryAccuracy"), ("meanSquaredError", "use r2"),
        ]
        for (loss, remedy) in losses {
            for metric in ["accuracy", "balancedAccuracy", "confusionMatrix"] {
                let result = try workspace.run(
                    single + ["loss.type=\(loss)", #"metrics=["\#(metric)"]"#])
                #expect(result.status == 2, "\(result.output)")
                #expect(result.errors.contains(remedy), "\(result.errors)")
            }
        }
        let several = try workspace.run("check", "tiny.json", #"metrics=["accuracy"]"#)
        #expect(several.status == 0)
    }

    @Test("a folder with other things in it is no run to go on with")
    func out() throws {
        let workspace = try trained()
        let other = try workspace.run("tiny.json", "--out", ".")
        #expect(other.status == 2 && other.errors.contains("or one in it, such as ./run"))
        let same = try workspace.run("tiny.json", "--out", "run")
        #expect(same.status == 2 && same.errors.contains("fttrain resume run"))
    }

    @Test("a name that says no form is no form of an export")
    func export() throws {
        let workspace = try trained()
        let text = try workspace.run("export", "run", "-o", "a.txt")
        #expect(text.status == 2 && text.errors.contains("a.txt: the name says no form"))
        #expect(!workspace.exists("a.txt"))
        let told = try workspace.run("export", "run", "-o", "a.txt", "--format", "npz")
        #expect(told.status == 0 && workspace.exists("a.txt"))
    }

    @Test("rates that lie too far apart are remarked on")
    func rates() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let wide = try workspace.run(
            "find-rate", "tiny.json", "--from", "1e-300", "--to", "1e300", "--steps", "50")
        #expect(wide.errors == "" && wide.unfolded.contains("-fold, so what is found is rough"))
        #expect(!(try workspace.run("find-rate", "tiny.json").output.contains("rough")))
    }

    @Test("an example without a number is named as the file names it")
    func unsound() throws {
        let workspace = try trained()
        let rows = (0..<3).map { $0 == 1 ? "3e38,3e38,3e38,3e38,3e38,3e38" : "1,1,1,1,1,1" }
        try workspace.write("rows.csv", rows.joined(separator: "\n") + "\n")
        let result = try workspace.run("predict", "run", "rows.csv")
        let named = result.lines.dropFirst().first { $0.contains("nan") || $0.contains(",,") }
        if let row = named?.split(separator: ",").first {
            #expect(result.errors.contains(" 1 of 3 examples (row \(row)), and "))
        } else {
            Issue.record("no example without a number: \(result)")
        }
    }
}
