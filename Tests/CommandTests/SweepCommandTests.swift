import FTJSON
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
        #expect(result.output.hasSuffix("\nbest    fttrain sweeps/tiny-001/best.json\n"))
        #expect(try workspace.run("check", "sweeps/tiny-001/best.json").status == 0)
        let again = try workspace.run("sweep", "sweeps/tiny-001", "--json")
        let line = try JSONNode(parsing: again.output)
        #expect(line["results"]?.elements?.count == 2 && line["by"]?.string == "accuracy")
        #expect(try workspace.run("sweep", "sweeps/tiny-001", "a=1").status == 2)
        #expect(try workspace.run("sweep", "tiny.json").status == 2)
        #expect(try workspace.run("sweep", "tiny.json", "seed=0..9").errors.contains("--trials"))
        #expect(try workspace.run("sweep", ".").status == 3)
        #expect(
            try workspace.run("sweep", "none", "a=1,2").errors.contains("there is no such file"))
        let impossible = try workspace.run("sweep", "tiny.json", "data.path=no.h5,none.h5")
        #expect(impossible.status == 1 && impossible.output.contains("no trial came to a value"))
        #expect(!impossible.output.contains("best "))
        let taken = try workspace.run("sweep", "tiny.json", "seed=1,2", "--out", "sweeps/tiny-001")
        #expect(taken.status == 2 && taken.errors.contains("fttrain sweep sweeps/tiny-001"))

        let rates = try workspace.run("find-rate", "tiny.json", "--from", "1e-5", "--to", "10")
        #expect(rates.status == 0 && rates.errors == "")
        #expect(rates.lines.allSatisfy { $0.count <= 80 })
        #expect(rates.output.contains("\nnext    fttrain tiny.json optimizer.learningRate="))
        let frozen = try workspace.run("find-rate", "tiny.json", "--to", "1e-5", "--json")
        #expect(frozen.status == 1)
        #expect(try JSONNode(parsing: frozen.output)["suggestion"]?.isNull == true)
    }
}
