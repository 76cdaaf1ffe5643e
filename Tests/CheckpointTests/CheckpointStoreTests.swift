import FTSupport
import Glibc
import Tensor
import Testing

@testable import Checkpoint

@Suite struct CheckpointStoreTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func store(keep: Int = 2) -> CheckpointStore {
        CheckpointStore(directory: folder.path, keep: keep)
    }

    @Test("keeps last, best and the newest step checkpoints")
    func retention() throws {
        for step in [5, 10, 100, 100_000_000] {
            try store().save(
                exampleCheckpoint(step: step), isBest: step == 10, keepsStep: true)
        }
        #expect(
            folder.names() == [
                "best.safetensors", "last.safetensors", "step-00000100.safetensors",
                "step-100000000.safetensors",
            ])
        #expect(try TrainingCheckpoint.state(path: store().bestPath).step == 10)
        #expect(try TrainingCheckpoint.state(path: store().lastPath).step == 100_000_000)
        #expect(try store().stepPaths().last == store().stepPath(100_000_000))
    }

    @Test("without step checkpoints there are only last and best")
    func noSteps() throws {
        try store(keep: 0).save(exampleCheckpoint(), isBest: true, keepsStep: true)
        #expect(folder.names() == ["best.safetensors", "last.safetensors"])
    }

    @Test(
        "a file that can't be removed is a sentence",
        arguments: ["step-00000001.safetensors", ".x.partial"])
    func irremovable(name: String) throws {
        // A folder can't be unlinked.
        mkdir(folder.file(name), 0o755)
        let text = sentence(in: folder) {
            for step in [2, 3, 4] {
                try store(keep: 1).save(
                    exampleCheckpoint(step: step), isBest: false, keepsStep: true)
            }
        }
        #expect(
            text.hasPrefix("\(name): can't be removed, so old checkpoints would fill the disk: "))
        #expect(text.hasSuffix("; remove it by hand"))
    }

    @Test("saving the same step again replaces it")
    func sameStep() throws {
        for fill in [1.0, 2.0] {
            try store().save(
                exampleCheckpoint(step: 7, fill: fill), isBest: true, keepsStep: true)
        }
        #expect(folder.names().count == 3)
        for path in [store().lastPath, store().bestPath, store().stepPath(7)] {
            let weight = try SafetensorsFile(path).array("fc1.weight")
            #expect(weight.values(as: Float.self)[0] == 2)
        }
    }

    @Test("resumes from the newest whole checkpoint and says what it passed over")
    func newest() throws {
        #expect(try store().newest()?.path == nil)
        for step in [1, 2, 3] {
            try store().save(exampleCheckpoint(step: step), isBest: step == 1, keepsStep: step < 3)
        }
        #expect(try store().newest()?.path == store().lastPath)
        var bytes = try contents(store().lastPath)
        bytes[bytes.count - 1] ^= 1
        try folder.write("last.safetensors", bytes)
        var found = try #require(try store().newest())
        #expect(found.path == store().stepPath(2) && found.checkpoint.state.step == 2)
        #expect(found.skipped.map(\.path) == [store().lastPath])
        try folder.write("last.safetensors", [])
        try folder.write("step-00000002.safetensors", Array(bytes.prefix(100)))
        found = try #require(try store().newest())
        #expect(found.checkpoint.state.step == 1 && found.skipped.count == 2)
        #expect(found.path == store().stepPath(1))
    }

    @Test("throws the first problem when no checkpoint is whole")
    func nothingWhole() throws {
        try folder.write("last.safetensors", [1, 2, 3])
        let text = sentence(in: folder) { _ = try store().newest() }
        #expect(text.hasPrefix("last.safetensors: is 3 bytes long"))
        let none = CheckpointStore(directory: folder.file("none"), keep: 1)
        let missing = sentence(in: folder) { _ = try none.newest() }
        #expect(missing == "none: can't be listed: no such folder")
    }

    @Test("a kill at any point of a save leaves a whole checkpoint and no trouble")
    func kills() throws {
        for step in [1, 2] {
            try store().save(exampleCheckpoint(step: step), isBest: step == 1, keepsStep: true)
        }
        // The disk as a killed program would leave it, at every point of a save.
        var snapshots: [(stage: SaveStage, folder: TemporaryFolder)] = []
        let folder = folder
        try store().save(exampleCheckpoint(step: 3), isBest: true, keepsStep: true) {
            stage throws(CheckpointError) in
            do {
                let copy = try TemporaryFolder()
                for name in folder.names() {
                    try copy.write(name, contents(folder.file(name)))
                }
                snapshots.append((stage, copy))
            } catch {
                throw CheckpointError(.unwritable, folder.path, "can't be copied: \(error)")
            }
        }
        #expect(snapshots.count >= 14)
        #expect(Set(snapshots.map(\.stage.isBeforeRename)) == [true, false])
        var steps: [Int] = []
        for snapshot in snapshots {
            let survivor = CheckpointStore(directory: snapshot.folder.path, keep: 2)
            let found = try #require(try survivor.newest())
            #expect(found.skipped.isEmpty)
            steps.append(found.checkpoint.state.step)
            try survivor.save(exampleCheckpoint(step: 4), isBest: false, keepsStep: true)
            #expect(!snapshot.folder.names().contains { $0.hasPrefix(".") })
            #expect(try survivor.newest()?.checkpoint.state.step == 4)
        }
        #expect(steps.first == 2 && steps.last == 3 && steps == steps.sorted())
    }

    @Test(
        "at no point does a checkpoint speak of a best that isn't there",
        arguments: [true, false])
    func best(keepsStep: Bool) throws {
        func checkpoint(_ step: Int, best: Int) -> TrainingCheckpoint {
            var checkpoint = exampleCheckpoint(step: step)
            checkpoint.state.best = BestMetric("accuracy", 0.5, epoch: best, step: best)
            return checkpoint
        }
        for (step, best) in [(1, 1), (2, 1)] {
            try store().save(checkpoint(step, best: best), isBest: step == best, keepsStep: true)
        }
        let folder = folder
        var points = 0
        try store().save(checkpoint(3, best: 3), isBest: true, keepsStep: keepsStep) {
            (_) throws(CheckpointError) in
            points += 1
            let last = try TrainingCheckpoint(path: "\(folder.path)/last.safetensors").state
            let best = try TrainingCheckpoint(path: "\(folder.path)/best.safetensors").state
            #expect(best.step >= last.best?.step ?? 0)
            #expect(best.best?.step == best.step)
        }
        #expect(points >= 12)
        #expect(try TrainingCheckpoint.state(path: store().lastPath).best?.step == 3)
        let inodes = folder.names().map { name -> UInt in
            var status = stat()
            stat(folder.file(name), &status)
            return UInt(status.st_ino)
        }
        #expect(Set(inodes).count == inodes.count, "each is a file of its own")
    }

    @Test(
        "a folder is made to hold what its newest checkpoint says",
        arguments: ["best missing", "best damaged", "best older", "last older", "all there"])
    func repair(case: String) throws {
        func checkpoint(_ step: Int) -> TrainingCheckpoint {
            var checkpoint = exampleCheckpoint(step: step, fill: Double(step))
            checkpoint.state.best = BestMetric("accuracy", 0.5, epoch: step, step: step)
            return checkpoint
        }
        try store().save(checkpoint(1), isBest: true)
        let older = try contents(store().bestPath)
        try store().save(checkpoint(2), isBest: true)
        switch `case` {
        case "best missing": unlink(store().bestPath)
        case "best damaged": try folder.write("best.safetensors", Array(older.dropLast()))
        case "best older": try folder.write("best.safetensors", older)
        case "last older": try folder.write("last.safetensors", older)
        default: break
        }
        let found = try #require(try store().newest())
        #expect(found.checkpoint.state.step == 2)
        guard case .asStated = try store().repair(found) else {
            Issue.record("it could have been repaired")
            return
        }
        for path in [store().lastPath, store().bestPath] {
            #expect(try TrainingCheckpoint(path: path).state.step == 2)
        }
    }

    @Test("what is lost is not claimed")
    func lost() throws {
        func save(_ step: Int, best: Int) throws {
            var checkpoint = exampleCheckpoint(step: step)
            checkpoint.state.best = BestMetric("accuracy", 0.5, epoch: best, step: best)
            try store(keep: 0).save(checkpoint, isBest: step == best)
        }
        try save(1, best: 1)
        let older = try contents(store().bestPath)
        try save(2, best: 2)
        try save(3, best: 2)
        try folder.write("best.safetensors", older)
        var found = try #require(try store().newest())
        guard case .other(let state) = try store().repair(found) else {
            Issue.record("the older best is not named")
            return
        }
        #expect(state.step == 1)
        unlink(store().bestPath)
        found = try #require(try store().newest())
        guard case .lost = try store().repair(found) else {
            Issue.record("the best is claimed to be there")
            return
        }
    }
}

extension SaveStage {
    fileprivate var isBeforeRename: Bool { self == .created || self == .wrote || self == .synced }
}
