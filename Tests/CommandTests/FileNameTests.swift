import FoundationEssentials
import Testing

@Suite("Names of files that look like keys or options")
struct FileNameTests {
    private func workspace() throws -> Workspace {
        let workspace = try Workspace()
        let rows = (0..<40).map { "\($0),\($0 % 3),\($0 < 20 ? "a" : "b")" }
        let text = "age,city,y\n" + rows.joined(separator: "\n") + "\n"
        for name in ["a=b.csv", "-dash.csv"] { try workspace.write(name, text) }
        return workspace
    }

    @Test("a file that is there is no key, whatever its name")
    func equals() throws {
        let workspace = try workspace()
        let start = try workspace.run("init", "a=b.csv", "training.epochs=1", "-o", "c=d.json")
        #expect(start.status == 0 && start.output.contains("next       fttrain ./c=d.json"))
        let trained = try workspace.run("c=d.json", "--out", "run=1", "-q")
        #expect(trained.status == 0, "\(trained.errors)")
        for words in [
            ["eval", "run=1", "a=b.csv"], ["predict", "run=1", "a=b.csv"], ["check", "c=d.json"],
            ["resume", "run=1"], ["compare", "run=1"], ["data", "csv", "o.h5", "train=a=b.csv"],
        ] {
            let result = try workspace.run(words)
            #expect(result.status == 0, "\(words): \(result.errors)")
        }
        // A key stays one, also beside a file of that name.
        try workspace.write("seed=7", "")
        #expect(try workspace.run("c=d.json", "seed=7", "--out", "s", "-q").status == 0)
        let missing = try workspace.run("init", "x=y.csv")
        #expect(
            missing.status == 2
                && missing.errors.contains("if it is a file, name it './x=y.csv'"),
            "\(missing.errors)")
        let source = try workspace.run("data", "csv", "p.h5", "a=b.csv")
        #expect(
            source.status == 2 && source.errors.contains("train=./a=b.csv"), "\(source.errors)")
    }

    @Test("one that begins with a dash is named with its folder")
    func dashes() throws {
        let workspace = try workspace()
        let commands = [
            ["init"], [], ["check"], ["predict", "run"], ["eval", "run"], ["data", "text", "o.h5"],
            ["inspect"], ["resume"], ["compare"], ["export"], ["generate"], ["sweep"], ["verify"],
        ]
        for command in commands {
            let result = try workspace.run(command + ["-dash.csv"])
            #expect(
                result.status == 2
                    && result.errors.contains("If it is a file, name it './-dash.csv'."),
                "\(command): \(result.errors)")
        }
        let named = try workspace.run("init", "./-dash.csv")
        #expect(named.status == 0, "\(named.errors)")
        #expect(try workspace.run("init", "-x").errors.contains("unknown option '-x'. See"))
    }
}
