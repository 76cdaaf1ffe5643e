import FTJSON
import FTSupport
import FakeTensor
import FoundationEssentials
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

    @Test("keeps two trainers out of one folder")
    func locked() throws {
        let sandbox = Sandbox()
        let trainer = try sandbox.trainer()
        #expect {
            try Trainer.resume(sandbox.file("run"))
        } throws: { "\($0)".contains("another process is training this run") }
        withExtendedLifetime(trainer) {}
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
}
