import FTJSON
import FTSupport
import FakeTensor
import FoundationEssentials
import Glibc
import Synchronization
import Testing

@Suite struct RunFolderTests {
    @Test("counts up from the highest number and never reuses a folder")
    func claims() throws {
        let sandbox = Sandbox()
        let runs = sandbox.file("deep/runs")
        #expect(try RunFolder.claim("mlp", in: runs).path == "\(runs)/mlp-001")
        #expect(try RunFolder.claim("mlp", in: runs).path == "\(runs)/mlp-002")
        #expect(try RunFolder.claim("mlp-2", in: runs).path == "\(runs)/mlp-2-001")
        try FileManager.default.createDirectory(
            atPath: "\(runs)/mlp-1000", withIntermediateDirectories: true)
        #expect(try RunFolder.claim("mlp", in: runs).path == "\(runs)/mlp-1001")
    }

    @Test("gives runs that start together different folders")
    func concurrentClaims() throws {
        let sandbox = Sandbox()
        let runs = sandbox.file("runs")
        let paths = Mutex<Set<String>>([])
        let threads = (0..<8).map { _ in
            POSIXThread {
                for _ in 0..<10 {
                    guard let folder = try? RunFolder.claim("x", in: runs) else { continue }
                    _ = paths.withLock { $0.insert(folder.path) }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(paths.withLock { $0.count } == 80)
    }

    @Test("takes an empty folder and refuses one that is not")
    func create() throws {
        let sandbox = Sandbox()
        let path = sandbox.file("run")
        #expect(try RunFolder.create(path + "/").path == path)
        #expect(try RunFolder.create(path).path == path)
        try Data("x".utf8).write(to: URL(filePath: path + "/notes.txt"))
        #expect {
            try RunFolder.create(path)
        } throws: { "\($0)".contains("the folder is not empty") }
    }

    @Test(
        "keeps two trainers out of one folder, whatever is removed from it, and says who is in",
        arguments: [[], ["log.txt"], [".lock"]])
    func locked(removed: [String]) throws {
        let sandbox = Sandbox()
        var trainer: Trainer? = try sandbox.trainer()
        for name in removed { unlink(sandbox.file("run/\(name)")) }
        let sentence = sentence { try Trainer.resume(sandbox.file("run")) }
        let who =
            removed == [".lock"] ? "another process is" : "process \(getpid()) on "
        #expect(sentence?.hasPrefix("\(sandbox.file("run")): \(who)") == true, "\(sentence ?? "")")
        #expect(sentence?.hasSuffix(" training this run; stop it first") == true)
        _ = try trainer?.run()
        trainer = nil
        #expect(throws: Never.self) { try Trainer.resume(sandbox.file("run")) }
    }

    @Test("is locked before anything in it is read")
    func lockedFirst() throws {
        let sandbox = Sandbox()
        let trainer = try sandbox.trainer()
        try Data("not a config".utf8).write(to: URL(filePath: sandbox.file("run/config.json")))
        try Data("no checkpoint".utf8).write(
            to: URL(filePath: sandbox.file("run/last.safetensors")))
        let sentence = sentence { try Trainer.resume(sandbox.file("run")) }
        #expect(sentence?.hasSuffix("is training this run; stop it first") == true)
        withExtendedLifetime(trainer) {}
    }

    @Test("is not begun in a folder that somebody has trained in since it was made")
    func begunMeanwhile() throws {
        let sandbox = Sandbox()
        let folder = try RunFolder.create(sandbox.file("run"))
        _ = try sandbox.trainer("run", ["training.epochs=1"]).run()
        let before = try sandbox.text("run/metrics.csv")
        #expect(
            sentence { try Trainer(starting: Experiment(sandbox.config()), in: folder) }?
                .contains("the folder is not empty") == true)
        #expect(try sandbox.text("run/metrics.csv") == before)
    }

    /// What lies in a folder under a name of the run's, and what must be said of it.
    static let hostile: [(name: String, kind: String, words: String)] =
        ["metrics.csv", "metrics.jsonl", ".lock", "log.txt"].flatMap { name in
            [
                (name, "symbolic link", "symbolic link"), (name, "second name", "second name"),
                (name, "pipe", "pipe"),
                (name, "link to a device", name.hasPrefix("m") ? "device" : "symbolic link"),
            ]
        } + [("config.json", "pipe", "pipe"), ("summary.json", "pipe", "pipe")]

    @Test("changes nothing outside, and waits for nothing, whatever lies in it", arguments: hostile)
    func traps(name: String, kind: String, words: String) throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("run", ["training.epochs=1"]).run()
        let victim = sandbox.file("victim")
        try Data("mine".utf8).write(to: URL(filePath: victim))
        let path = sandbox.file("run/\(name)")
        unlink(path)
        switch kind {
        case "symbolic link": try #require(symlink(victim, path) == 0)
        case "second name": try #require(link(victim, path) == 0)
        case "pipe": try #require(mkfifo(path, 0o600) == 0)
        default: try #require(symlink("/dev/zero", path) == 0)
        }
        let sentence = sentence {
            let trainer = try Trainer.resume(
                sandbox.file("run"), overrides: ["training.epochs=2"]
            ).trainer
            trainer.observers.append(TextReport(isQuiet: true, logPath: trainer.folder.logPath))
            return try trainer.run()
        }
        // Tables and summaries are replaced, logs are done without; the rest ends with a sentence.
        if let sentence {
            #expect(sentence.hasPrefix(path) && sentence.contains(words), "\(sentence)")
        }
        #expect(try sandbox.text("victim") == "mine")
    }

    @Test("any seed can be written")
    func seeds() throws {
        let sandbox = Sandbox()
        let trainer = try sandbox.trainer("run", ["training.epochs=1"])
        var summary = try trainer.run()
        summary.seed = .max
        #expect(summary.json["seed"] == "18446744073709551615")
        var info = trainer.experiment.info()
        info.seed = 1 << 63
        #expect(info.json["seed"] == "9223372036854775808")
        info.seed = 42
        #expect(info.json["seed"] == 42)
    }

    private func sentence(_ body: () throws -> some Any) -> String? {
        do {
            _ = try body()
            return nil
        } catch {
            return "\(error)"
        }
    }
}
