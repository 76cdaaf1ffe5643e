import Autograd
import Datasets
import FTConfig
import FTSupport
import NN
import Optim
import Tensor

// Steps that compute the loss more than once.
extension Experiment {
    /// Leaves the gradients of where the loss is worst within a radius:  p + radius · g / |g|.  The
    /// parameters are where they were then, to the bit.
    ///
    /// Foret et al., "Sharpness-aware minimization for efficiently improving generalization", 2021.
    func moveGradients(
        by radius: Double, _ outcome: inout StepOutcome, _ inputs: [Tensor], _ targets: Tensor
    ) {
        let moved = optimizer.parameters.filter { $0.requiresGrad && $0.grad != nil }
        guard let norm = moved.gradientNormTensor else { return }
        let places = moved.map { $0.data.copy() }
        noGrad {
            // At a stationary point there is no worst direction.
            let isFlat = norm .== 0
            let factor = (radius / norm.maskedFill(isFlat, 1)).maskedFill(isFlat, 0)
            for parameter in moved {
                guard let gradient = parameter.grad?.detach() else { continue }
                var change = (gradient.cast(to: .float64) * factor).cast(to: gradient.dtype)
                // Gradients beyond a half say nothing of where the loss is worse.
                if lossScale != nil {
                    change = change.maskedFill(change.isFinite().logicalNot(), 0)
                }
                parameter.data.assign((Tensor(parameter.data) + change).data)
            }
        }
        optimizer.zeroGrad()
        let second = gradients(inputs, targets)
        for (parameter, place) in zip(moved, places) { parameter.data.assign(place) }
        // A second loss that is no number holds up the step, as the first would.
        noGrad { outcome.loss = outcome.loss + (second.loss - second.loss) }
    }

    /// A step of a search that computes the loss as often as it likes.
    func searchStep(
        _ search: QuasiNewton, _ inputs: [Tensor], _ targets: Tensor
    ) -> StepOutcome {
        var first: StepOutcome?
        search.step { [self] in
            let output = output(inputs)
            let value = loss(output, targets)
            if first == nil {
                first = noGrad {
                    StepOutcome(
                        loss: value.detach(), weight: loss.weight(output, targets),
                        output: givesOutput ? output.detach() : nil)
                }
            }
            return value
        }
        guard let first else { fail("LBFGS", "a step that didn't compute the loss") }
        return first
    }

    /// Throws where a search, which needs the same loss whenever it asks for it, wouldn't get that.
    func checkSearch() throws(ConfigError) {
        guard optimizer is QuasiNewton else { return }
        var issues = chances
        let (data, training) = (config.data, config.training)
        if self.data.train.batchesPerEpoch > 1 {
            issues.append(
                data.issue(
                    "lbfgs computes the loss of all examples at once; set data.batchSize="
                        + "\(self.data.train.sampler.count), or use another optimizer",
                    at: "batchSize"))
        }
        for (key, isSet) in [
            ("accumulate", training.int("accumulate") > 1),
            ("gradientNorm", training.bool("gradientNorm")),
            ("precision", lossScale != nil),
        ] where isSet {
            issues.append(
                training.issue("lbfgs computes gradients its own way; leave it out", at: key))
        }
        let schedule = config.value.child("schedule")
        if schedule.type != "constant" || schedule.int("warmupSteps") > 0 {
            issues.append(
                config.value.issue(
                    "lbfgs finds the length of each step itself; leave the schedule out, or say "
                        + "schedule='{\"type\": \"constant\"}'",
                    at: "schedule"))
        }
        if !issues.isEmpty { throw ConfigError(issues) }
    }

    /// What makes the loss of the same examples another one each time.
    private var chances: [ConfigIssue] {
        var issues: [ConfigIssue] = []
        func note(_ value: ConfigValue, _ key: String, _ what: String) {
            issues.append(
                value.issue("\(what), and lbfgs needs a loss without chance; remove it", at: key))
        }
        if config.data.optional("text") != nil { note(config.data, "text", "windows are drawn") }
        if config.data.string("sampling") == DataPlan.balancedSampling {
            note(config.data, "sampling", "examples are drawn")
        }
        if data.train.allInputs.contains(where: { $0.transforms.contains(where: \.isRandom) }) {
            note(config.data, "transforms", "a transform is random")
        }
        let drawing = model.namedModules.first { _, module in
            module.draws && module.members.contains { $0.value is Random }
        }
        if let (name, _) = drawing {
            note(config.value.child("model"), "layers", "layer \(name) draws")
        }
        if let (name, _) = model.namedModules.first(where: \.module.changesByPasses) {
            note(
                config.value.child("model"), "layers",
                "each pass changes what layer \(name) computes")
        }
        if config.training.optional("mixup") != nil {
            note(config.training, "mixup", "mixing draws")
        }
        return issues
    }
}
