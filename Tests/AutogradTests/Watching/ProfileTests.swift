import Autograd
import Tensor
import Testing

@Suite("profile")
struct ProfileTests {
    private let x = Tensor(Array(repeating: 0.5, count: 1000), requiresGrad: true, label: "x")

    @Test("counts calls and bytes of each operation, forward and backward apart")
    func counts() throws {
        let (value, profile) = profile {
            let y = x.sin() * x.sin()
            y.sum().backward()
            return y.count
        }
        #expect(value == 1000)
        let sin = try #require(profile["Sin"])
        #expect(sin.forward.calls == 2 && sin.backward.calls == 2)
        #expect(sin.forward.bytes == 8000)
        let mul = try #require(profile["Mul"])
        #expect(mul.forward.calls == 1 && mul.backward.calls == 1)
        #expect(mul.forward.bytes == 4000 && mul.backward.bytes == 8000)
        // Cos runs inside the backward of Sin and belongs to it.
        #expect(profile["Cos"] == nil)
        #expect(profile.operations.allSatisfy { $0.seconds > 0 })
        #expect(profile.operations.reduce(0) { $0 + $1.seconds } <= profile.seconds)
    }

    @Test("books views to nobody")
    func views() {
        let (_, profile) = profile { _ = x.reshape([10, 100]).transpose(0, 1) }
        #expect(profile.operations.allSatisfy { $0.forward.bytes == 0 })
        #expect(profile.peakBytes == 0)
    }

    @Test("says what was held at the peak and by whom")
    func peak() {
        let (_, profile) = profile {
            let kept = noGrad { x.exp() }
            for _ in 0..<5 { _ = noGrad { x.sin() + kept } }
        }
        // exp's result and at most one of sin and one of the sum.
        #expect(profile.peakBytes == 12000)
        #expect(profile["Exp"]?.heldAtPeak == 4000)
        #expect(profile["Sin"]?.heldAtPeak == 4000)
        #expect(profile["Sin"]?.forward.bytes == 20000)
    }

    @Test("forgets memory that was given back after the profile")
    func late() {
        var kept: Tensor?
        let (_, profile) = profile { kept = x.exp() }
        kept = nil
        #expect(profile.peakBytes == 4000 && kept == nil)
    }

    @Test("measures the difference between two points by operation")
    func difference() {
        _ = profile {
            let first = noGrad { x.exp() }
            let before = MemorySnapshot()
            var second: Tensor? = noGrad { x.sin() }
            let change = MemorySnapshot().difference(from: before)
            #expect(change.held.map(\.name) == ["Sin"] && change.held.map(\.bytes) == [4000])
            let held = MemorySnapshot()
            second = nil
            let back = MemorySnapshot().difference(from: held)
            #expect(back.held.map(\.bytes) == [-4000] && second == nil)
            #expect(first.count == 1000)
        }
        #expect(MemorySnapshot().held.isEmpty)
    }

    @Test("measures memory also where somebody else watches inside")
    func differenceInside() throws {
        _ = try profile {
            try detectAnomalies {
                let before = MemorySnapshot()
                let kept = noGrad { x.sin() }
                #expect(MemorySnapshot().difference(from: before).held.map(\.name) == ["Sin"])
                #expect(kept.count == 1000)
            }
        }
    }

    @Test("adds up by place, backward where forward was")
    func places() throws {
        let (_, profile) = profile {
            let hidden = named("hidden") { x.sin() }
            named("output") { hidden.square().sum() }.backward()
        }
        let hidden = try #require(profile.places.first { $0.name == "hidden" })
        #expect(hidden.forward.calls == 1 && hidden.backward.calls == 1)
        #expect(profile.places.map(\.name) == ["hidden", "output"])
        let output = try #require(profile.places.first { $0.name == "output" })
        #expect(output.forward.calls == 2 && output.backward.calls == 2)
    }

    @Test("watches beside a search for anomalies, whichever is inside")
    func nested() throws {
        let (_, outside) = try profile { try detectAnomalies { _ = x.sin() } }
        #expect(outside["Sin"]?.forward.calls == 1)
        #expect(throws: Anomaly.self) {
            try detectAnomalies { _ = profile { _ = (x - x).log() } }
        }
    }

    @Test("lists events in order for a trace, quoted where need be")
    func trace() {
        let (_, profile) = profile {
            named("a \"layer\"") { x.sin() }.sum().backward()
        }
        #expect(profile.events.map(\.name) == ["Sin", "Sum", "Sum", "Sin"])
        #expect(profile.events.map(\.isBackward) == [false, false, true, true])
        #expect(profile.events.map(\.shapes).first == [[1000]])
        let trace = profile.chromeTrace
        #expect(trace.contains("{\"name\":\"Sin\",\"cat\":\"backward\",\"ph\":\"X\",\"pid\":1"))
        #expect(trace.contains("\"args\":{\"inputs\":\"[1000]\",\"place\":\"a \\\"layer\\\"\"}"))
        #expect(Autograd.profile(events: false) { _ = x.sin() }.profile.events.isEmpty)
    }

    @Test("prints a table with a row for each operation")
    func table() {
        let lines = profile { x.sin().sum().backward() }.profile.lines
        #expect(lines[0].hasPrefix("operation  calls  forward ms"))
        #expect(lines.contains { $0.hasPrefix("Sin ") && $0.contains(" %") })
        #expect(lines.contains { $0.hasPrefix("memory  results hold ") })
    }

    @Test("prints places shortly, in 80 columns")
    func shortPlaces() {
        let (_, profile) = profile {
            named("encoder") {
                named("stage1 Block(3 layers)") {
                    named("0 Residual") {
                        named("module Sequential(5 layers)") {
                            named("12 Conv2d(16 → 16, 3×3)") { x.sin().sum().backward() }
                        }
                    }
                }
            }
            named("a “layer” of one's own") { _ = x.cos() }
        }
        let lines = profile.lines
        #expect(lines.contains { $0.hasPrefix("…r.stage1.0.module.12 Conv2d ") })
        #expect(lines.contains { $0.hasPrefix("a “layer” of one's own ") })
        #expect(lines.allSatisfy { $0.count <= 80 })
    }
}
