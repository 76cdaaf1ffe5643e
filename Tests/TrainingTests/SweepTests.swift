import FTConfig
import FTJSON
import FakeTensor
import FoundationEssentials
import Testing

@testable import Training

@Suite("Many trainings of one config")
struct SweepTests {
    private let sandbox = Sandbox()

    /// The small classifier as a file.
    private func file(_ overrides: [String] = []) throws -> String {
        let path = sandbox.file("tiny.json")
        let text = try sandbox.config(overrides).effective.text(.pretty)
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    @Test("lists are tried in all combinations, the last key changing fastest")
    func grid() throws {
        let space = try SweepSpace(["a=1,2", "b=[1,2],x", "c=\"q,r\""])
        #expect(
            try space.trials(nil, seed: 0) == [
                ["a=1", "b=[1,2]", "c=\"q,r\""], ["a=1", "b=x", "c=\"q,r\""],
                ["a=2", "b=[1,2]", "c=\"q,r\""], ["a=2", "b=x", "c=\"q,r\""],
            ])
        #expect(try space.trials(9, seed: 0).count == 4)
        let drawn = try space.trials(3, seed: 1)
        #expect(Set(drawn).count == 3)
        #expect(try space.trials(3, seed: 1) == drawn)
    }

    @Test("ranges are drawn from, the seed deciding; wide ones by their logarithm")
    func ranges() throws {
        let space = try SweepSpace(["rate=1e-4..1", "units=2..5", "share=-1..1.5"])
        let trials = try space.trials(400, seed: 3)
        let again = try space.trials(400, seed: 3)
        #expect(trials.count == 400 && trials == again)
        func numbers(_ place: Int) -> [Double] {
            trials.compactMap { Double($0[place].split(separator: "=")[1]) }
        }
        #expect(numbers(0).allSatisfy { $0 >= 1e-4 && $0 <= 1 })
        #expect((150...250).contains(numbers(0).count { $0 < 1e-2 }))
        #expect(Set(numbers(1)) == [2, 3, 4, 5])
        #expect(numbers(2).contains { $0 < 0 } && numbers(2).allSatisfy { $0 >= -1 && $0 <= 1.5 })
        #expect(SweepSpace.draw(.range(low: 1, high: 1000, isWhole: true), 0.9999999) == "1000")
        #expect(SweepSpace.draw(.range(low: 1, high: 100, isWhole: false), 0.5) == "10")
    }

    @Test(
        "what can't be tried is refused",
        arguments: [
            (["a=1..0"], "the lower number first"), (["a=1", "a=2"], "twice"),
            (["a=0..1"], "--trials N"),
            (
                (0..<6).map { "k\($0)=" + (0..<10).map(String.init).joined(separator: ",") },
                "10,000"
            ),
        ])
    func refused(arguments: [String], reason: String) {
        let error = #expect(throws: UsageError.self) {
            try SweepSpace(arguments).trials(nil, seed: 0)
        }
        #expect(error?.message.contains(reason) == true)
    }

    @Test("a sweep trains each, and its best config is a file")
    func sweep() throws {
        let out = sandbox.file("sweep")
        let sweep = try Sweep(
            config: file(), ["optimizer.learningRate=1e-6,0.05", "training.epochs=2"], trials: nil,
            seed: 0, out: out)
        var reports: [String] = []
        #expect(try sweep.run(stop: StopSignal()) { reports.append($0) })
        #expect(reports.count == 2 && reports[0].hasPrefix("trial   1/2   optimizer.learningRate="))
        #expect(sweep.results.map(\.index) == [1, 0])
        let best = try RunConfig(file: "\(out)/best.json")
        #expect(best.value.child("optimizer").double("learningRate") == 0.05)
        let lines = sweep.lines
        #expect(
            lines[0].split(separator: " ") == [
                "trial", "learningRate", "epochs", "accuracy", "epoch",
            ])
        #expect(lines.count == 3 && lines.allSatisfy { $0.count <= 80 })
        #expect(sweep.json["results"].map { "\($0)" }?.contains("trial-002") == true)
        // Nothing is left to do.
        reports = []
        #expect(try Sweep(opening: out).run(stop: StopSignal()) { reports.append($0) })
        #expect(reports == [])
    }

    @Test("one that was stopped goes on where it was, to the same weights")
    func resume() throws {
        let (file, out) = (try file(), sandbox.file("stopped"))
        let arguments = ["optimizer.learningRate=0.1,0.01,0.001"]
        let stop = StopSignal()
        let sweep = try Sweep(config: file, arguments, trials: nil, seed: 0, out: out)
        var reports: [String] = []
        let isDone = try sweep.run(stop: stop) {
            reports.append($0)
            stop.request()
        }
        #expect(!isDone && reports.count == 1)
        #expect(try Sweep(opening: out).run(stop: StopSignal()) { reports.append($0) })
        #expect(reports.count == 3)
        let whole = try Sweep(
            config: file, arguments, trials: nil, seed: 0, out: sandbox.file("whole"))
        _ = try whole.run(stop: StopSignal()) { _ in }
        for trial in ["trial-001", "trial-002", "trial-003"] {
            let name = "\(trial)/last.safetensors"
            #expect(
                try tensors(sandbox.file("stopped/\(name)"))
                    == tensors(sandbox.file("whole/\(name)")))
        }
    }

    @Test("mistakes come before the first training, and what is no sweep is named")
    func mistakes() throws {
        let file = try file()
        #expect(throws: ConfigError.self) {
            try Sweep(
                config: file, ["training.epochs=1,many"], trials: nil, seed: 0,
                out: sandbox.file("a"))
        }
        #expect(!FileManager.default.fileExists(atPath: sandbox.file("a")))
        #expect(throws: RunError.self) { try Sweep(opening: sandbox.path) }
        try Data("{\"trials\": 3}".utf8).write(to: URL(filePath: sandbox.file("sweep.json")))
        let error = #expect(throws: RunError.self) { try Sweep(opening: sandbox.path) }
        #expect(error?.description.contains("damaged") == true)
    }

    @Test("the suggested rate is where the loss falls fastest")
    func suggestion() throws {
        let config = try sandbox.config()
        func search(_ losses: [Double]) -> RateSearch {
            RateSearch(
                losses.enumerated().map { .init(rate: Double($0 + 1), loss: $1) }, config)
        }
        let steps = (0..<40).map { (step: Int) -> Double in
            let fallen = min(max(step - 9, 0), 10)
            return 2 - 0.1 * Double(fallen)
        }
        let fall = (11...20).contains(Int(search(steps).suggestion ?? 0))
        #expect(fall)
        #expect(search([Double](repeating: 1, count: 40)).suggestion == nil)
        #expect(search((0..<40).map { Double($0) }).suggestion == nil)
        #expect(search([]).suggestion == nil && search([]).lines(file: "x").count > 3)
        let found = try RateSearch(Experiment(config), from: 1e-5, to: 10, steps: 60)
        let rate = try #require(found.suggestion)
        #expect(rate > 1e-4 && rate < 5)
        #expect(found.lines(file: "c.json").allSatisfy { $0.count <= 80 })
        #expect(throws: RunError.self) {
            try RateSearch(Experiment(config), from: 1, to: 0.1, steps: 10)
        }
    }
}
