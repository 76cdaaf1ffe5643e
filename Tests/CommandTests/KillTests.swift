import Glibc
import Testing

/// Runs that are ended from outside, and what they are worth afterwards.
@Suite struct KillTests {
    /// Long enough to be met in the middle: some hundred steps with checkpoints in between.
    private let long = [
        "tiny.json", "training.epochs=6", "training.checkpointEverySteps=7", "--quiet",
    ]

    private func workspace() throws -> Workspace {
        let workspace = try Workspace()
        try workspace.prepare(train: 600)
        return workspace
    }

    @Test("ends with the same weights however often it is killed", arguments: 1...4)
    func kill(round: Int) throws {
        let workspace = try workspace()
        #expect(try workspace.run(long + ["--out", "whole"]).status == 0)
        var random = SystemRandomNumberGenerator()
        var child = try workspace.start(long + ["--out", "killed"])
        var kills = 0
        while kills < 25 {
            usleep(UInt32.random(in: 1000...60_000, using: &random))
            child.send(SIGKILL)
            guard try child.wait().signal == SIGKILL else { break }
            kills += 1
            // Killed before it had a config there is nothing to go on with.
            let isStarted = workspace.exists("killed/config.json")
            let arguments =
                isStarted ? ["resume", "killed", "--quiet"] : long + ["--out", "killed"]
            child = try workspace.start(arguments)
        }
        let last = try child.wait()
        #expect(last.status == 0 || kills < 25, "\(last.errors)")
        if kills == 25 { #expect(try workspace.run("resume", "killed").status == 0) }
        #expect(
            try workspace.tensors("killed/last.safetensors")
                == workspace.tensors("whole/last.safetensors"))
        #expect(
            try workspace.tensors("killed/best.safetensors")
                == workspace.tensors("whole/best.safetensors"))
        #expect(try steady(workspace, "killed") == steady(workspace, "whole"))
    }

    /// The columns of the table that don't depend on the clock.
    private func steady(_ workspace: Workspace, _ run: String) throws -> [[Substring]] {
        try workspace.text("\(run)/metrics.csv").split(separator: "\n").map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            return Array(cells[0..<5] + cells[8...])
        }
    }

    @Test("is told from one that is under way, and how far it came")
    func status() throws {
        let workspace = try workspace()
        let child = try workspace.start([
            "tiny.json", "training.epochs=100000", "training.logEverySeconds=0", "--out", "run",
        ])
        child.waitForOutput("*\n")
        let under = try workspace.run("inspect", "run")
        let first = under.lines.first.map { String($0) } ?? ""
        #expect(first.hasPrefix("run: running, ") && !first.contains(" 0 steps"), "\(first)")
        child.send(SIGKILL)
        _ = try child.wait()
        let killed = try workspace.run("inspect", "run")
        let last = killed.lines.first.map { String($0) } ?? ""
        #expect(last.hasPrefix("run: ended without a word, ") && !last.contains(" 0 steps"))
        #expect(last.hasSuffix("; go on with: fttrain resume run"), "\(last)")
    }

    @Test("finishes the step, saves and says how to go on", arguments: [SIGINT, SIGTERM, SIGHUP])
    func stop(signal: Int32) throws {
        let workspace = try workspace()
        let arguments = ["tiny.json", "training.epochs=100000", "--out", "run"]
        let child = try workspace.start(arguments)
        child.waitForOutput("first   loss")
        child.send(signal)
        let result = try child.wait()
        #expect(result.status == 128 + signal)
        #expect(result.signal == nil)
        #expect(result.output.contains("next    fttrain resume run\n"))
        #expect(try workspace.text("run/summary.json").contains("\"status\": \"interrupted\""))
        let inspected = try workspace.run("inspect", "run/last.safetensors")
        #expect(inspected.output.contains("resumable: yes"))
    }

    @Test("trains to the same weights with one thread and with two")
    func threads() throws {
        let workspace = try workspace()
        for threads in ["1", "2"] {
            let arguments = ["--threads", threads, "--out", "run" + threads]
            let wide = ["model.layers.0.units=2048", "training.epochs=1"]
            #expect(try workspace.run(["tiny.json", "-q"] + wide + arguments).status == 0)
        }
        #expect(
            try workspace.tensors("run1/last.safetensors")
                == workspace.tensors("run2/last.safetensors"))
    }

    @Test("goes on training when nobody reads its output any more")
    func brokenPipe() throws {
        let workspace = try workspace()
        let command = "'\(Workspace.program)' tiny.json --out run | true"
        let shell = try Child(
            "/bin/sh", ["-c", command], in: workspace.path, output: workspace.file("o"),
            errors: workspace.file("e"))
        _ = try shell.wait()
        #expect(try workspace.text("run/summary.json").contains("\"status\": \"completed\""))
    }
}
