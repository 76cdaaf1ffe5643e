import Optim
import Testing

@Suite("Schedules")
struct ScheduleTests {
    private func check(
        _ schedule: Schedule, _ expected: [(step: Int, rate: Double)],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for (step, rate) in expected {
            #expect(
                abs(schedule(step) - rate) < 1e-15, "step \(step): \(schedule(step)), not \(rate)",
                sourceLocation: sourceLocation)
        }
    }

    @Test("constant")
    func constant() { check(.constant(0.3), [(0, 0.3), (1_000_000, 0.3)]) }

    @Test("step")
    func step() {
        check(
            .step(0.1, every: 10, factor: 0.1), [(0, 0.1), (5, 0.1), (10, 0.01), (20, 0.001)])
    }

    @Test("exponential")
    func exponential() {
        check(.exponential(0.1, factor: 0.9), [(0, 0.1), (1, 0.09), (2, 0.081)])
    }

    @Test("polynomial")
    func polynomial() {
        check(
            .polynomial(0.1, steps: 100, final: 0.01),
            [(0, 0.1), (50, 0.055), (100, 0.01), (200, 0.01)])
        check(.polynomial(1, steps: 4, exponent: 2), [(0, 1), (1, 0.5625), (2, 0.25), (4, 0)])
    }

    @Test("cosine ends at its final rate")
    func cosine() {
        check(
            .cosine(0.1, steps: 100, final: 0.02),
            [(0, 0.1), (50, 0.06), (100, 0.02), (1000, 0.02)])
    }

    @Test("cosine with restarts")
    func restarts() {
        check(
            .cosineRestarts(0.1, period: 100),
            [(0, 0.1), (50, 0.05), (100, 0.1), (150, 0.05), (1_000_000_050, 0.05)])
        // Periods 0..<10, 10..<30, 30..<70.
        check(
            .cosineRestarts(0.1, period: 10, growth: 2, final: 0.02),
            [(5, 0.06), (10, 0.1), (20, 0.06), (30, 0.1), (50, 0.06)])
        #expect(Schedule.cosineRestarts(1, period: 1, growth: 1000)(.max) <= 1)
    }

    @Test("warm-up goes before a schedule")
    func warmUp() {
        check(
            Schedule.cosine(0.1, steps: 90).warmedUp(over: 10),
            [(0, 0), (5, 0.05), (10, 0.1), (55, 0.05), (200, 0)])
        check(Schedule.constant(0.1).warmedUp(over: 0), [(0, 0.1)])
        check(
            Schedule.step(0.1, every: 10, factor: 0.5).warmedUp(over: 4),
            [(1, 0.025), (4, 0.1), (13, 0.1), (14, 0.05)])
    }

    @Test("one cycle")
    func oneCycle() {
        // Of 100 steps the 30th has the peak and the last one the end.
        let cosine = Schedule.oneCycle(0.1, steps: 100)
        check(cosine, [(0, 0.004), (29, 0.1), (99, 4e-7), (100, 4e-7), (500, 4e-7)])
        check(
            .oneCycle(0.1, steps: 101, rising: 51 / 101, curve: .linear),
            [(0, 0.004), (25, 0.052), (50, 0.1), (75, 0.0500002), (100, 4e-7)])
        check(.oneCycle(0.1, steps: 10, rising: 0, curve: .linear), [(0, 0.1), (9, 4e-7)])
        check(
            .oneCycle(0.1, steps: 10, rising: 1, curve: .linear),
            [(0, 0.004), (9, 0.1), (10, 4e-7)])
        check(.oneCycle(0.1, steps: 1), [(0, 4e-7)])
    }

    @Test("plateau lowers the rate after `patience` measurements without progress")
    func plateau() {
        var plateau = Plateau(0.1, factor: 0.5, patience: 2)
        #expect([1, 0.8, 0.9].map { plateau.update($0) } == [0.1, 0.1, 0.1])
        #expect(plateau.update(0.85) == 0.05)
        #expect(plateau.best == 0.8 && plateau.badChecks == 0)
    }

    @Test("plateau: NaN is no progress, the threshold and the minimum hold, higher may be better")
    func plateauOptions() {
        var nan = Plateau(0.1, factor: 0.5, patience: 1)
        #expect(nan.update(.nan) == 0.05)
        var strict = Plateau(0.1, factor: 0.5, patience: 1, threshold: 0.1, minimumRate: 0.04)
        #expect([1, 0.95, 0.85, 0.8].map { strict.update($0) } == [0.1, 0.05, 0.05, 0.04])
        #expect(strict.update(0.8) == 0.04)
        var higher = Plateau(0.1, factor: 0.5, patience: 1, prefersHigher: true)
        #expect([0.5, 0.6, 0.6].map { higher.update($0) } == [0.1, 0.1, 0.05])
    }

    @Test("a restored plateau goes on as it was")
    func plateauState() {
        var plateau = Plateau(0.1, factor: 0.5, patience: 2)
        for metric in [1, 0.8, 0.9] { plateau.update(metric) }
        var restored = Plateau(0.1, factor: 0.5, patience: 2)
        restored.rate = plateau.rate
        restored.best = plateau.best
        restored.badChecks = plateau.badChecks
        #expect(restored == plateau)
        #expect(restored.update(0.85) == plateau.update(0.85))
    }
}
