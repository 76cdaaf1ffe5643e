import FTJSON
import FTSupport
import FoundationEssentials
import Testing

@testable import Training

@Suite("Processes of a sweep")
struct SweepProcessTests {
    private let sandbox = Sandbox()

    private func sweep(_ text: String, _ values: String) throws -> Sweep {
        let path = sandbox.file("tiny.json")
        try Data(sandbox.config([]).effective.text(.pretty).utf8).write(to: URL(filePath: path))
        try Data(text.utf8).write(to: URL(filePath: sandbox.file("program")))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: sandbox.file("program"))
        return try Sweep(config: path, [values], trials: nil, seed: 0, out: sandbox.file("s"))
    }

    @Test("one that is killed is named, with its signal")
    func killed() throws {
        let sweep = try sweep("#!/bin/sh\ncase $4 in 2) kill -9 $$ ;; esac\n", "seed=1,2,3")
        var warnings: [String] = []
        let isDone = try sweep.run(
            jobs: 2, program: sandbox.file("program"), threads: 1, stop: StopSignal()
        ) { warnings.append($0) }
        #expect(isDone)
        #expect(
            warnings == [
                "trial 2/3: its process was killed by signal 9, maybe for want of memory"
            ])
    }

    @Test("a program that can't be started is an error")
    func missing() throws {
        let sweep = try sweep("", "seed=1,2")
        #expect(throws: RunError.self) {
            try sweep.run(
                jobs: 2, program: sandbox.file("none"), threads: 1, stop: StopSignal())
        }
    }

    @Test(
        "a plan whose trials aren't alike is damaged",
        arguments: [#"[["seed=1"], []]"#, #"[["seed=1"], [2]]"#, "[]"])
    func damaged(trials: String) throws {
        let plan = #"{"base": "{}", "trials": \#(trials)}"#
        try Data(plan.utf8).write(to: URL(filePath: sandbox.file("sweep.json")))
        let error = #expect(throws: RunError.self) { try Sweep(opening: sandbox.path) }
        #expect(error.map { "\($0)" }?.hasSuffix("is damaged; begin the sweep again") == true)
    }
}
