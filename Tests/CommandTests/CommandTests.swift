import Datasets
import FTJSON
import Tensor
import Testing

@Suite struct CommandTests {
    private func workspace() throws -> Workspace {
        let workspace = try Workspace()
        try workspace.prepare()
        return workspace
    }

    /// The text with every digit as 0, and without the line of the device.
    private func masked(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let kept = lines.filter { !$0.hasPrefix("device ") }.joined(separator: "\n")
        return String(kept.map { $0.isNumber ? "0" : $0 })
    }

    @Test("checks a config and prints the model")
    func check() throws {
        let result = try workspace().run("check", "tiny.json")
        #expect(result.status == 0)
        let masked = ["device ", "first   loss "]
        let text = result.lines.filter { line in !masked.contains { line.hasPrefix($0) } }
            .joined(separator: "\n")
        #expect(
            text == """
                data    data.h5   train 40, validation 12   float32 6
                model   4 layers   83 parameters (0.00 MiB)
                train   3 epochs of 5 steps, batch 8   crossEntropy, adam, constant schedule

                layer  type     output     params  MACs
                       input    float32 6
                0      linear   8              56    48
                1      dropout  8
                2      relu     8
                3      linear   3              27    24
                       total                   83    72


                tiny.json: fine

                """)
    }

    @Test("trains in the next free folder and says where it is")
    func train() throws {
        let workspace = try workspace()
        #expect(try workspace.run("tiny.json", "--quiet").output == "runs/tiny-001\n")
        let result = try workspace.run("tiny.json")
        #expect(result.status == 0)
        #expect(result.errors == "")
        #expect(result.output.hasPrefix("run     runs/tiny-002   seed 42\n"))
        let table = masked(result.output).split(separator: "\n\n").dropFirst().first
        #expect(table?.split(separator: "\n").count == 4)
        #expect(
            table?.hasPrefix("epoch    step     train       val  accuracy        lr") == true)
        #expect(
            result.output.hasSuffix(
                """
                run     runs/tiny-002
                next    fttrain eval runs/tiny-002
                        fttrain inspect runs/tiny-002
                        fttrain resume runs/tiny-002 training.epochs=6

                """))
        let log = try workspace.text("runs/tiny-002/log.txt")
        #expect(log.hasSuffix(result.output))
        let first = try workspace.text("runs/tiny-001/log.txt")
        #expect(
            masked(first).split(separator: "\n").count == masked(log).split(separator: "\n").count)
    }

    @Test("prints one JSON object a line")
    func json() throws {
        let workspace = try workspace()
        let result = try workspace.run("tiny.json", "--json", "--out", "run")
        let events = try result.lines.dropLast().map { try JSONNode(parsing: String($0)) }
        let names = events.compactMap { $0["event"]?.string }
        #expect(names.first == "start")
        #expect(names.last == "end")
        #expect(names.filter { $0 == "epoch" }.count == 3)
        #expect(names.filter { $0 == "checkpoint" }.count == 9)
        #expect(events.last?["status"]?.string == "completed")
        #expect(events.last?["run"]?.string == "run")
        let failure = try workspace.run("check", "none.json", "--json")
        #expect(try JSONNode(parsing: failure.output)["exitCode"]?.int == 2)
    }

    @Test("stops with status 4 when training diverges")
    func diverges() throws {
        let workspace = try workspace()
        let result = try workspace.run("tiny.json", "optimizer.learningRate=1e38", "--out", "run")
        #expect(result.status == 4)
        #expect(result.output.contains("learning rate 1.0e+38"))
        #expect(result.output.contains("\nfailed  the loss is"))
        let advice = "\nnext    lower optimizer.learningRate"
        #expect(result.output.contains("\(advice) or set optimizer.clipNorm, and train again\n"))
        let clipped = try workspace.run(
            "tiny.json", "optimizer.learningRate=1e38", "optimizer.clipNorm=1e30")
        #expect(clipped.output.contains("\(advice), and train again\n"))
    }

    @Test("says of a run that ends within an epoch that it does")
    func withinEpoch() throws {
        let workspace = try workspace()
        let trained = try workspace.run("tiny.json", "training.maxSteps=1", "--out", "run")
        #expect(trained.output.contains("\nbest    epoch 1: "), "\(trained.output)")
        let measured = try workspace.run("eval", "run").output
        #expect(measured.contains("best.safetensors   within epoch 1, step 1\n"), "\(measured)")
        let shown = try workspace.run("inspect", "run/best.safetensors").output
        #expect(shown.contains(" · within epoch 1 · step 1 · "), "\(shown)")
    }

    @Test(
        "doesn't blame the learning rate for the first loss",
        arguments: [
            (
                #"{"type":"weightNorm","layer":{"type":"linear","units":4,"initializer":"zeros"}}"#,
                "the weight of layer 0 is zero, and has no direction to normalize"
            ),
            (
                #"{"type":"linear","units":4,"initializer":"zeros","bias":false},"#
                    + #"{"type":"layerNorm","epsilon":0}"#,
                "scale the inputs (data.transforms) to about 1, and look for an epsilon of 0"
            ),
        ])
    func firstLoss(layers: String, remedy: String) throws {
        let workspace = try workspace()
        let result = try workspace.run(
            "tiny.json", #"model.layers=[\#(layers),{"type":"linear","units":3}]"#, "--out", "run")
        #expect(result.status == 4)
        #expect(result.unfolded.contains("\nnext    \(remedy)"), "\(result.output)")
    }

    @Test("resumes a finished run with more epochs and shows what changed")
    func resume() throws {
        let workspace = try workspace()
        _ = try workspace.run("tiny.json", "--out", "run")
        let done = try workspace.run("resume", "run")
        #expect(done.output.hasPrefix("run: all 3 epochs are done\nbest    epoch "))
        #expect(done.output.contains(" → run/best.safetensors\n"), "\(done)")
        #expect(done.output.hasSuffix("\nnext    fttrain resume run training.epochs=6\n"))
        let more = try workspace.run("resume", "run", "training.epochs=4")
        #expect(more.output.hasPrefix("changed\n  training.epochs: 3 → 4\nrun     run   seed 42"))
        #expect(more.output.contains("resumed at step 15, epoch 4"))
        let refused = try workspace.run("resume", "run", "model.layers.0.units=9")
        #expect(refused.status == 2)
        #expect(refused.errors.contains("model.layers[0].units: 8 → 9"))
    }

    @Test("evaluates, inspects and compares what was trained")
    func look() throws {
        let workspace = try workspace()
        _ = try workspace.run("tiny.json", "--out", "run")
        let eval = try workspace.run("eval", "run", "--json")
        let summary = try JSONNode(parsing: try workspace.text("run/summary.json"))
        let expected = summary["best"]?["validation"]?["accuracy"]?.double
        let found = try JSONNode(parsing: eval.output)["validation"]?["accuracy"]?.double
        #expect(found == expected)
        let run = try workspace.run("inspect", "run", "--stats")
        #expect(run.status == 0)
        #expect(run.output.contains("resumable: yes"))
        #expect(run.output.contains("0.weight"))
        let same = try workspace.run("inspect", "run", "run/best.safetensors")
        #expect(same.status == 0)
        let data = try workspace.run("inspect", "data.h5", "--filter", "train/*")
        #expect(data.output.contains("train/images"))
        #expect(!data.output.contains("test/images"))
    }

    @Test("tells mean, deviation, extremes and NaN of an HDF5 file's datasets")
    func statistics() throws {
        let workspace = try Workspace()
        try HDF5Writer.create(workspace.file("a.h5")) { file in
            try file.write("x", NDArray([1, 3, .nan, 5, 7, .infinity] as [Float], [3, 2]))
            try file.write("big", NDArray((0..<3_000_000).map { Float($0 % 2) }))
        }
        let plain = try workspace.run("inspect", "a.h5")
        #expect(!plain.output.contains("NaN") && !plain.output.contains("mean"))
        let text = try workspace.run("inspect", "a.h5", "--stats").output
        #expect(text.contains("1 NaN, 1 Inf") && text.contains("mean"))
        let json = try JSONNode(
            parsing: try workspace.run("inspect", "a.h5", "--stats", "--json").output)
        let x = json["items"]?.elements?[1]["statistics"]
        #expect(x?["mean"]?.double == 4 && x?["std"]?.double == 5.0.squareRoot())
        #expect(x?["min"]?.double == 1 && x?["max"]?.double == 7 && x?["nan"]?.int == 1)
        let big = json["items"]?.elements?[0]["statistics"]
        #expect(big?["mean"]?.double == 0.5 && big?["zeros"]?.int == 1_500_000)
    }

    @Test("evaluates on validation data of its own a run that had a share")
    func held() throws {
        let workspace = try workspace()
        let made = try workspace.run(
            "tiny.json", "data.validation=null", "data.split=0.25", "--out", "run", "-q")
        #expect(made.status == 0, "\(made.errors)")
        let own = try workspace.run("eval", "run")
        #expect(own.output.contains("10 examples"))
        let other = try workspace.run(
            "eval", "run", "data.validation.inputs=test/images",
            "data.validation.targets=test/labels")
        #expect(other.output.contains("12 examples"), "\(other.errors)")
    }

    @Test("makes datasets of npy, IDX and CSV files, and draws digits")
    func data() throws {
        let workspace = try workspace()
        try NPY.write(NDArray([1, 2, 3, 4] as [Float], [2, 2]), to: workspace.file("x.npy"))
        try IDX.write(NDArray([3, 4] as [UInt8]), to: workspace.file("y.idx.gz"))
        try workspace.write("t.csv", "a,b,kind\n1,2,cat\n3,4,dog\n")
        #expect(try workspace.run("data", "npy", "a.h5", "train/images=x.npy").status == 0)
        #expect(try workspace.run("data", "idx", "b.h5", "train/labels=y.idx.gz").status == 0)
        let table = try workspace.run("data", "csv", "c.h5", "train=t.csv")
        #expect(table.output.contains("train/inputs") && table.output.contains("train/targets"))
        let keys = "\"train\": {\"inputs\": \"train/inputs\", \"targets\": \"train/targets\"}}"
        #expect(table.unfolded.hasSuffix("in a config   \"data\": {\"path\": \"c.h5\", \(keys)\n"))
        let digits = try workspace.run(
            "data", "digits", "deep/d.h5", "--train", "20", "--test", "10")
        #expect(digits.output.contains("20×28×28"))
        let info = try workspace.run("data", "info", "deep/d.h5")
        #expect(info.output == digits.output)
        let labels = try HDF5Dataset(HDF5File(workspace.file("c.h5")), "train/targets").read()
        #expect(labels.values(as: Int.self) == [0, 1])
    }

    @Test("trains with every config that comes with the program", arguments: Workspace.configs)
    func configs(name: String) throws {
        let workspace = try Workspace()
        let made = try workspace.run("data", "digits", "--train", "300", "--test", "60")
        #expect(made.status == 0)
        let recall = try workspace.run("data", "recall", "--train", "300", "--test", "60")
        #expect(recall.status == 0)
        let drawn = try workspace.run("data", "friedman", "--train", "300", "--test", "60")
        #expect(drawn.status == 0)
        try workspace.write("a.txt", String(repeating: "what is written here ", count: 100))
        #expect(try workspace.run("data", "text", "data/text.h5", "a.txt").status == 0)
        let path = "\(Workspace.configFolder)/\(name)"
        let check = try workspace.run("check", path)
        #expect(check.status == 0, "\(check.errors)")
        let few = name == "gpt.json" ? ["data.text.windows=36"] : []
        let run = try workspace.run([path, "training.epochs=1", "--quiet"] + few)
        #expect(run.status == 0, "\(run.errors)")
    }

    @Test("lists everything that a config can name, and helps with every command")
    func lists() throws {
        let workspace = try Workspace()
        let list = try workspace.run("list").output
        for name in ["linear", "crossEntropy", "adamW", "cosine", "topKAccuracy", "oneHot"] {
            #expect(list.contains("  \(name)  "))
        }
        #expect(try workspace.run("list", "losses").output.hasPrefix("losses\n  crossEntropy"))
        #expect(try workspace.run("list", "adam").output.hasPrefix("optimizer adam  "))
        let losses = try JSONNode(parsing: try workspace.run("list", "losses", "--json").output)
        let first = losses["oneOf"]?.elements?[0]["properties"]?["type"]?["const"]?.string
        #expect(first == "crossEntropy")
        let adam = try JSONNode(parsing: try workspace.run("list", "adam", "--json").output)
        #expect(adam["optimizer"]?["properties"]?["beta1"] != nil)
        for command in ["check", "resume", "eval", "inspect", "data", "list", "schema"] {
            let help = try workspace.run(command, "--help")
            #expect(help.status == 0)
            #expect(help.output.hasPrefix("usage: fttrain \(command)"))
        }
        #expect(try workspace.run("--version").output.hasPrefix("fttrain 0."))
        let nothing = try workspace.run([])
        #expect(nothing.status == 2)
        #expect(nothing.errors.hasPrefix("usage: fttrain CONFIG"))
        #expect(try JSONNode(parsing: workspace.run("schema").output)["properties"] != nil)
    }
}
