import Checkpoint
import FTJSON
import FTSupport
import FoundationEssentials
import Testing

@Suite("What results say of themselves")
struct WeightingTests {
    private func trained(_ arguments: String...) throws -> Workspace {
        let workspace = try Workspace()
        try workspace.prepare()
        let made = try workspace.run(["tiny.json", "--out", "run", "-q"] + arguments)
        #expect(made.status == 0, "\(made.errors)")
        return workspace
    }

    @Test(
        "that classes are weighted, so that the loss is and probabilities aren't shares",
        arguments: ["loss.classWeights=balanced", "loss.classWeights=[1,2,3]"])
    func weights(setting: String) throws {
        let workspace = try trained(setting)
        let name = setting.hasSuffix("balanced") ? setting : "loss.classWeights"
        let words = "weights \(name): the loss is a weighted one, and"
        for arguments in [["eval", "run"], ["eval", "run", "--report"]] {
            #expect(try workspace.run(arguments).output.contains(words))
            let json = try JSONNode(parsing: workspace.run(arguments + ["--json"]).output)
            #expect(json["weighting"]?.string?.hasPrefix("\(name): ") == true)
        }
        #expect(try workspace.text("run/report.html").contains("the loss is a weighted one"))
        // Measured without weights, probabilities are the same.
        let bare = try workspace.run("eval", "run", "loss.classWeights=null").output
        #expect(bare.contains("weights \(name): probabilities are those"))
    }

    @Test("that a focal loss weighs yes and no, unless alike")
    func alpha() throws {
        let binary = #"data.targetTransforms=[{"type":"oneHot","classes":3}]"#
        for (alpha, isWeighted) in [("0.3", true), ("0.5", false), ("null", false)] {
            let workspace = try trained(
                binary, "metrics=[]", #"loss={"type":"binaryFocal","alpha":\#(alpha)}"#)
            let told = try workspace.run("eval", "run").output
            #expect(told.contains("weights loss.alpha=0.3: the loss is") == isWeighted, "\(told)")
        }
    }

    @Test("nothing of weights where there are none, or where all are equal")
    func noWeights() throws {
        for setting in ["loss.classWeights=[2,2,2]", "training.epochs=1"] {
            let workspace = try trained(setting)
            #expect(try !workspace.run("eval", "run").output.contains("weights "))
        }
    }

    @Test("the same hash of a checkpoint, that of its file")
    func hashes() throws {
        let workspace = try trained()
        let measured = try JSONNode(parsing: workspace.run("eval", "run", "--json").output)
        let said = try JSONNode(parsing: workspace.run("export", "run", "--json").output)
        let hash = try #require(said["checkpointHash"]?.string)
        #expect(measured["hashes"]?["checkpoint"]?.string == "xxh64:" + hash)
        var own = XXHash64()
        try workspace.bytes("run/best.safetensors").withUnsafeBytes { own.update($0) }
        #expect(hash == own.digits && hash.count == 16)
    }

    @Test("that folds are measured where their best epoch was chosen")
    func folds() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let result = try workspace.run("folds", "tiny.json", "--folds", "2", "--out", "f")
        #expect(result.output.contains("chosen on the same fold"))
        let compared = try workspace.run("compare", "f/")
        #expect(compared.status == 0 && compared.output.contains("\n2  f/"), "\(compared.output)")
        #expect(try workspace.run("compare", "f", "run").status == 3)
    }

    @Test("only what differs is told of the threads")
    func threads() throws {
        let workspace = try trained("--threads", "2")
        let result = try workspace.run("verify", "run", "--threads", "1")
        let line = "changed threads: 2 then, 1 now; the bits don't depend on them"
        #expect(result.lines.contains { $0 == line }, "\(result.output)")
        #expect(!result.output.contains("processor"))
    }
}
