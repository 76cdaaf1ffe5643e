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
        let powers = try SweepSpace(["seed=1e3..2E+3", "rate=1e-3..1e0"])
        #expect(powers.axes[0].values == .range(low: 1000, high: 2000, isWhole: true))
        #expect(powers.axes[1].values == .range(low: 0.001, high: 1, isWhole: false))
        #expect(numbers(2).contains { $0 < 0 } && numbers(2).allSatisfy { $0 >= -1 && $0 <= 1.5 })
        #expect(SweepSpace.draw(.range(low: 1, high: 1000, isWhole: true), 0.9999999) == "1000")
        #expect(SweepSpace.draw(.range(low: 1, high: 100, isWhole: false), 0.5) == "10")
    }

    @Test("whole ends of a range are drawn between where the key takes fractions")
    func types() throws {
        let layers =
            #"model.layers=[{"type":"linear","units":8},{"type":"dropout","rate":0.1},"#
            + #"{"type":"linear","units":3}]"#
        let file = try file([layers])
        let keys = [
            "optimizer.learningRate=0..1", "model.layers.1.rate=0..1", "model.layers[0].units=2..9",
            "seed=0..9", "loss.labelSmoothing=0..1", "training.epochs=1..3", "nope=0..1",
        ]
        let space = try SweepSpace(keys).fractions(in: file)
        let areWhole = space.axes.map { axis in
            if case .range(_, _, let isWhole) = axis.values { return isWhole }
            return false
        }
        #expect(areWhole == [false, false, true, true, false, true, true])
        let sweep = try Sweep(
            config: file, ["optimizer.learningRate=0..1", "model.layers.0.units=2..9"], trials: 8,
            seed: 1, out: sandbox.file("sweep"))
        let rates = sweep.trials.compactMap { Double($0[0].split(separator: "=")[1]) }
        #expect(Set(rates).count == 8 && rates.allSatisfy { $0 > 0 && $0 < 1 })
        let units = sweep.trials.map { $0[1].split(separator: "=")[1] }
        #expect(units.allSatisfy { Int($0) != nil })
    }

    @Test(
        "no set is drawn twice, and there are fewer where there are no more",
        arguments: [
            (["a=1..3", "b=x,y"], 100, 6), (["a=1..3", "b=x,y"], 5, 5), (["a=1..1000"], 999, 999),
            (["a=1..9007199254740992", "b=x,y"], 50, 50), (["a=0.1..0.10001"], 300, 300),
            (["a=5e-324..1e-323"], 40, 2), (["a=-9007199254740992..9007199254740992"], 9, 9),
        ])
    func distinct(arguments: [String], asked: Int, expected: Int) throws {
        let trials = try SweepSpace(arguments).trials(asked, seed: 5)
        #expect(trials.count == expected && Set(trials).count == expected, "\(trials.prefix(9))")
    }

    @Test("numbers that are drawn lie in their range", arguments: [0, 0.25, 0.5, 0.999_999_999])
    func inside(share: Double) throws {
        for (low, high) in [(0.12345, 0.12346), (1e-300, 1e300), (-7, -6.5), (1e15, 1e15 + 8)] {
            let text = SweepSpace.draw(.range(low: low, high: high, isWhole: false), share)
            let value = try #require(Double(text))
            #expect((low...high).contains(value), "\(text)")
        }
    }

    @Test("a sweep says where there are fewer trials than it was asked for")
    func fewer() throws {
        let sweep = try Sweep(
            config: file(), ["seed=1..3"], trials: 5, seed: 0, out: sandbox.file("few"))
        #expect(sweep.remark == "3 trials and not 5: there are no more different ones")
        let whole = try Sweep(
            config: file(), ["seed=1..3"], trials: 3, seed: 0, out: sandbox.file("all"))
        #expect(whole.remark == nil && whole.trials == [["seed=1"], ["seed=2"], ["seed=3"]])
    }

    @Test(
        "what can't be tried is refused",
        arguments: [
            (["a=1..0"], "the lower number first"), (["a=1", "a=2"], "twice"),
            (["a=0..1"], "--trials N"),
            (
                (0..<6).map { "k\($0)=" + (0..<10).map(String.init).joined(separator: ",") },
                "10,000"
            ), (["a=1,,2"], "is empty"), (["a=1,2,"], "is empty"), (["a=1,2,1.0"], "1.0 is listed"),
            (["a=x,y,x"], "x is listed twice"), (["a=0..9223372036854775807"], "too wide"),
            (["a=0..99999999999999999999"], "too wide"), (["a=-1e308..1e308"], "too wide"),
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
            lines[0].split(separator: " ") == ["trial", "learningRate", "accuracy", "epoch"])
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
                losses.enumerated().map {
                    .init(rate: Double($0 + 1), loss: $1, change: $1 - losses[0])
                }, config)
        }
        let steps = (0..<40).map { (step: Int) -> Double in
            let fallen = min(max(step - 9, 0), 10)
            return 2 - 0.1 * Double(fallen)
        }
        let fall = (11...20).contains(Int(search(steps).suggestion ?? 0))
        #expect(fall)
        #expect(search(steps).least == 20)
        #expect(search(steps).sweep == "optimizer.learningRate=1..20")
        #expect(search([Double](repeating: 1, count: 40)).suggestion == nil)
        #expect(search([Double](repeating: 1, count: 40)).sweep == nil)
        #expect(search((0..<40).map { Double($0) }).suggestion == nil)
        #expect(search([]).suggestion == nil)
        let none = search([]).lines(file: "x").joined(separator: " ")
        #expect(none.contains("isn't a finite number"))
        #expect(search([2, 9]).lines(file: "x").joined(separator: " ").contains("rises at once"))
        let found = try RateSearch(Experiment(config), from: 1e-5, to: 10, steps: 60)
        let rate = try #require(found.suggestion)
        #expect(rate > 1e-4 && rate < 5)
        #expect(found.lines(file: "c.json").allSatisfy { $0.count <= 80 })
        let axis = try #require(found.lines(file: "c.json").first { $0.contains("learning rate") })
        #expect(axis.contains(" 1e-05 ") && axis.contains(" 0.01 "), "\(axis)")
        #expect(throws: RunError.self) {
            try RateSearch(Experiment(config), from: 1, to: 0.1, steps: 10)
        }
    }

    @Test(
        "no rate is suggested where none moves the loss, however much batches differ",
        arguments: [
            [], ["model.layers.1={\"type\":\"dropout\",\"rate\":0.5}"],
            ["model.layers.1={\"type\":\"batchNorm1d\"}", "data.batchSize=4"],
            ["data.batchSize=2", "training.accumulate=2"],
        ])
    func still(overrides: [String]) throws {
        let experiment = try Experiment(sandbox.config(overrides))
        let search = try RateSearch(experiment, from: 1e-12, to: 1e-9, steps: 60)
        #expect(search.points.count == 60 && search.suggestion == nil)
        #expect(search.points.allSatisfy { abs($0.change) < 1e-5 })
        #expect(search.lines(file: "c.json").contains { $0.hasPrefix("no rate was found") })
        let losses = search.points.map(\.loss)
        #expect(losses.max() ?? 0 > losses.min() ?? 0)
    }

    @Test("a trial ends where its best is worse than the median of what others were on average")
    func median() {
        func rule(_ values: [Double], _ means: [Double], higher: Bool = true) -> String? {
            MedianRule.reason(values, means, by: "x", prefersHigher: higher, epoch: 4)
        }
        #expect(rule([0.1], [0.5, 0.6]) == nil)
        #expect(
            rule([0.1, 0.3], [0.2, 0.5, 0.9])
                == "stopped after epoch 4: x was 0.3000 at best, and 0.5000 in the median of 3 "
                + "other trials")
        #expect(rule([0.5], [0.2, 0.5, 0.9]) == nil)
        #expect(rule([0.54], [0.2, 0.5, 0.6, 0.9]) != nil)
        #expect(rule([3, 2], [1, 2, 3], higher: false) == nil)
        #expect(rule([3, 2.5], [1, 2, 3], higher: false) != nil)
        #expect(rule([.nan], [1, 2, 3]) != nil && rule([], [1, 2, 3], higher: false) != nil)
    }

    @Test("means are over what was measured up to a step, of those that got there")
    func means() throws {
        let text = (1...3).map {
            "{\"epoch\":\($0),\"step\":\($0 * 5),\"train\":{\"loss\":\($0 * $0)}}\n"
        }.joined()
        let rows = RunRecord.rows(text).rows
        #expect(MedianRule.mean(rows, "loss", upTo: 10) == 2.5)
        #expect(MedianRule.mean(rows, "loss", upTo: 15) == 14.0 / 3)
        #expect(MedianRule.mean(rows, "loss", upTo: 16) == nil)
        #expect(MedianRule.mean(rows, "accuracy", upTo: 10) == nil)
    }

    @Test("a sweep by the median ends bad trials early, and remembers how it was begun")
    func early() throws {
        let out = sandbox.file("median")
        let rates = "optimizer.learningRate=0.05,0.04,0.03,0,0.02"
        let sweep = try Sweep(
            config: file(), [rates, "training.epochs=4"], trials: nil, seed: 0, out: out,
            endsByMedian: true)
        var reports: [String] = []
        #expect(try sweep.run(stop: StopSignal()) { reports.append($0) })
        #expect(reports[3].hasSuffix(", ended after epoch 1"), "\(reports)")
        #expect(reports.count { $0.contains("ended after") } < 3)
        #expect(sweep.lines.last?.hasSuffix("1/1  stopped") == true, "\(sweep.lines)")
        let again = try Sweep(opening: out)
        #expect(again.endsByMedian && again.left == [])
        #expect(try sandbox.text("median/trial-004/summary.json").contains("completed"))
    }
}
