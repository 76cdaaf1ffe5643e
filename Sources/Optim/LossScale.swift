internal import Autograd
public import Tensor

/// Keeps gradients of float16 in its range: the loss is multiplied by a scale before the backward
/// pass, and the gradients are divided by it before the step.
///
///     let scale = LossScale()
///     for (x, y) in batches {
///         optimizer.zeroGrad()
///         let output = autocast(.float16) { model(x) }
///         scale.scaled(loss(output.cast(to: .float32), y)).backward()
///         scale.step(optimizer)
///     }
///
/// Where a gradient is infinite or NaN, the step changes neither parameters nor states, doesn't
/// count, and the scale is halved; after `interval` steps in a row without that it is doubled. It
/// stays a power of two if it starts as one, so that dividing by it is exact.
///
/// All of that is decided on the device, and the scale lives there. The host doesn't wait for a step
/// to know whether it counted: the next one has its numbers, such as bias corrections, for either
/// case. Every 16th step asks, and whoever reads `stepCount`. Steps may be captured.
///
/// Micikevicius et al., "Mixed precision training", 2018.
public final class LossScale {
    /// The least and the largest scale.
    public static let limits: ClosedRange<Double> = 1...4_294_967_296
    /// How many steps in a row double the scale.
    public let interval: Int
    /// What it is divided by after an overflow, and multiplied by after `interval` steps without.
    private static let factor = 2.0

    /// The scale, float32, and the steps since it last changed.
    private let scale: NDArray
    private let clean: NDArray
    /// Whether all gradients of the step under way are finite, once they are unscaled.
    private var isFinite: NDArray?
    /// Whose gradients it divides: those of another would meet a scale that has changed.
    private weak var owner: Optimizer?
    /// The gradients that were divided last.
    private var divided: [Divided] = []
    private struct Divided { weak var gradient: Tensor? }

    /// A scale that begins at `start`, in `limits`, and grows after `interval` steps; another start
    /// or an interval below 1 traps. It lies on `device`, as the parameters do.
    public init(_ start: Double = 65536, interval: Int = 2000, on device: Device? = nil) {
        guard LossScale.limits.contains(start), interval > 0, interval <= 1 << 24 else {
            fail(
                "LossScale", "a scale of \(start) that grows after \(interval) steps",
                hint: "scales are 1 to 2³², intervals 1 to 2²⁴")
        }
        self.interval = interval
        let backend = device?.backend ?? Device.currentBackend
        scale = NDArray.full([], start, .float32, on: backend)
        clean = NDArray.full([], 0, .float32, on: backend)
    }

    /// What goes on from step to step.
    public struct State: Sendable, Equatable {
        /// What losses are multiplied by.
        public var scale: Double
        /// Steps without an overflow since it last changed.
        public var cleanSteps: Int

        /// A state that was saved.
        public init(scale: Double, cleanSteps: Int) {
            self.scale = scale
            self.cleanSteps = cleanSteps
        }
    }

    /// What a run needs to go on exactly. Reading waits for the last step; a scale outside `limits`
    /// or a count outside 0..<interval traps.
    public var state: State {
        get { State(scale: scale.scalar, cleanSteps: Int(clean.scalar)) }
        set {
            guard LossScale.limits.contains(newValue.scale),
                (0..<interval).contains(newValue.cleanSteps)
            else { fail("LossScale", "\(newValue) is no state of a scale") }
            scale.assign(NDArray.full([], newValue.scale, .float32, on: scale.backend))
            clean.assign(NDArray.full([], newValue.cleanSteps, .float32, on: scale.backend))
        }
    }

    /// The loss, in float32 or float64, times the scale: for the backward pass.
    public func scaled(_ loss: Tensor) -> Tensor {
        let wide = loss.dtype == .float64 ? loss : loss.cast(to: .float32)
        return wide * Tensor(scale).cast(to: wide.dtype)
    }

    /// Divides the gradients of an optimizer's parameters by the scale, for whoever clips or
    /// measures them before `step`, which does it otherwise. Gradients that were divided already,
    /// and those of a second optimizer, trap.
    public func unscale(_ optimizer: Optimizer) {
        own(optimizer)
        let parameters = optimizer.parameters.filter { $0.grad != nil }
        let before = divided.compactMap(\.gradient)
        if parameters.contains(where: { p in before.contains { $0 === p.grad } }) {
            fail(
                "LossScale.unscale", "these gradients were divided by the scale already",
                hint: "call it once between backward and step")
        }
        noGrad {
            let found = NDArray.allFinite(parameters.compactMap { $0.grad?.data })
            isFinite = isFinite.map { Tensor($0).logicalAnd(Tensor(found)).data } ?? found
            let inverse = Tensor(scale).reciprocal()
            for parameter in parameters {
                // Optimizers take no parameters of halves, which hold no inverse of large scales.
                parameter.grad = parameter.grad.map {
                    $0.detach() * inverse.cast(to: $0.dtype)
                }
            }
        }
        divided = parameters.map { Divided(gradient: $0.grad) }
    }

    private func own(_ optimizer: Optimizer) {
        guard let owner else { return self.owner = optimizer }
        if owner !== optimizer {
            fail(
                "LossScale", "it serves another optimizer already",
                hint: "give one optimizer all parameters, in groups, or each loss its own scale")
        }
    }

    /// Forgets whether gradients were finite that no step will use.
    package func forget() { isFinite = nil }

    /// Makes the optimizer's step, unless a gradient is infinite or NaN, and adapts the scale.
    public func step(_ optimizer: Optimizer) { step(optimizer, gate: nil) }

    /// As above; nothing changes either where `gate`, one bool, is false, but the scale adapts.
    ///
    /// - Returns: whether the gradients were finite, on the device.
    @discardableResult
    package func step(_ optimizer: Optimizer, gate: NDArray?) -> NDArray {
        if isFinite == nil { unscale(optimizer) } else { own(optimizer) }
        divided = []
        let found = isFinite ?? NDArray.full([], 1, .bool, on: scale.backend)
        isFinite = nil
        let open = noGrad {
            gate.map { Tensor(found).logicalAnd(Tensor($0)).data } ?? found
        }
        optimizer.step(gate: open, countsLate: true)
        adapt(Tensor(found))
        return found
    }

    private func adapt(_ isFinite: Tensor) {
        noGrad {
            let (scale, clean) = (Tensor(scale), Tensor(clean))
            let count = clean + 1
            let grows = count .>= interval
            let grown = Tensor.where(grows, scale * LossScale.factor, scale)
            let next = Tensor.where(isFinite, grown, scale / LossScale.factor)
            let limits = LossScale.limits
            self.scale.assign(
                next.clip(lower: limits.lowerBound, upper: limits.upperBound).data)
            let rest = Tensor.where(grows.logicalNot().logicalAnd(isFinite), count, 0)
            self.clean.assign(rest.data)
        }
    }
}
