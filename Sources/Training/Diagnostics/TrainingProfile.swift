public import Autograd
import Datasets
import FTSupport
import Optim
import Tensor

/// Where the time and memory of training steps go.
public struct TrainingProfile: Sendable {
    /// The operations of all steps.
    public let profile: Profile
    /// How many steps were measured, and the examples of one.
    public let steps, batchSize: Int
    /// Seconds spent in forward, backward and the optimizer.
    public let forward, backward, update: Double
    /// Seconds spent where `optimizer.samRadius` looks: forward and backward once more.
    public let again: Double

    /// How many events the trace has.
    public var eventCount: Int { profile.events.count }

    /// The tables, and a line on whole steps.
    public var lines: [String] {
        let total = max(forward + backward + again + update, 1e-12)
        func part(_ name: String, _ seconds: Double) -> String {
            "\(name) \(Format.fixed(seconds * 1000 / Double(steps), 2)) ms "
                + "(\(Format.share(seconds / total)))"
        }
        let parts =
            [part("forward", forward), part("backward", backward)]
            + (again > 0 ? [part("both again", again)] : []) + [part("update", update)]
        let line =
            "steps   \(steps) of \(Format.count(batchSize, "example")), each "
            + "\(Format.fixed(total * 1000 / Double(steps), 2)) ms, "
            + parts.joined(separator: ", ")
        return profile.lines + line.folded
    }

    /// Writes a trace for chrome://tracing or ui.perfetto.dev.
    public func writeTrace(to path: String) throws(RunError) {
        try FileWriting.replace(path, with: profile.chromeTrace)
    }
}

extension Experiment {
    /// Trains on one batch for some steps and measures every operation, after steps that aren't
    /// measured, in which memory and threads come up to speed.
    public func profile(steps: Int, warmup: Int = 3) throws -> TrainingProfile {
        guard !(optimizer is QuasiNewton) else {
            throw RunError(
                .usage,
                "profile: a step of lbfgs computes the loss a number of times that isn't known "
                    + "before; profile the model with optimizer='{\"type\": \"sgd\"}'")
        }
        let probe = try ModelProbe(self)
        let backend = device.backend
        var parts = [0.0, 0.0, 0.0, 0.0]
        func run() {
            var last = Clock.seconds()
            func stamp(_ part: Int) {
                backend.synchronize()
                let now = Clock.seconds()
                parts[part] += now - last
                last = now
            }
            let loss = probe.loss()
            stamp(0)
            loss.backward()
            stamp(1)
            if let radius = config.samRadius {
                var outcome = StepOutcome(loss: loss.detach(), output: loss.detach())
                moveGradients(by: radius, &outcome, probe.inputs, probe.targets)
                stamp(3)
            }
            optimizer.step()
            optimizer.zeroGrad()
            stamp(2)
        }
        for _ in 0..<warmup { run() }
        parts = [0, 0, 0, 0]
        let (_, profile) = Autograd.profile(on: backend.device) {
            for _ in 0..<steps { run() }
        }
        return TrainingProfile(
            profile: profile, steps: steps, batchSize: probe.count, forward: parts[0],
            backward: parts[1], update: parts[2], again: parts[3])
    }
}
