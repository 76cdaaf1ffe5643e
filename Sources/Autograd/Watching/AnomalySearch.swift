import Synchronization
import Tensor

/// Looks at the results of operations until one is not finite.
final class AnomalySearch: OpObserver {
    private struct State {
        var found: Anomaly?
        /// Whether `found` was made by a step of a backward rule that is still running.
        var lacksInputs = false
        var places = Places()
        /// The operations whose backward is running, the innermost last, and where they were
        /// called.
        var backward: [(name: String, place: String?)] = []
    }

    private let state = Mutex(State())
    private let infinities: Bool
    private let traps: Bool
    let outer = Recording.current.observer

    init(infinities: Bool, traps: Bool) {
        self.infinities = infinities
        self.traps = traps
    }

    var found: Anomaly? { state.withLock { $0.found } }

    func observe(_ op: Op, _ inputs: [Tensor], _ forward: () -> Tensor) -> Tensor {
        let y = outer?.observe(op, inputs, forward) ?? forward()
        state.withLock { $0.places.note(y, op) }
        guard isSuspicious(y), let bad = made(y.data, from: inputs) else { return y }
        let frame = state.withLock { $0.backward.last }
        // Operations inside a backward rule are placed where their forward was called.
        let place = frame == nil ? Place.current : frame?.place
        report(
            Anomaly(
                operation: frame?.name ?? op.name, pass: frame == nil ? .forward : .backward,
                step: frame == nil ? nil : op.name, value: bad.value, index: bad.index,
                inputs: inputs.map(Anomaly.Operand.init), place: place))
        return y
    }

    func observeBackward(_ op: Op, _ y: Tensor, _ propagate: () -> Void) {
        state.withLock { $0.backward.append((op.name, $0.places[y, op])) }
        if let outer { outer.observeBackward(op, y, propagate) } else { propagate() }
        let lacksInputs = state.withLock { state in
            state.backward.removeLast()
            defer { state.lacksInputs = false }
            return state.lacksInputs
        }
        guard lacksInputs else { return }
        let inputs = y.parents.map(Anomaly.Operand.init)
        state.withLock { $0.found?.inputs = inputs }
    }

    func observeGradient(_ gradient: Tensor, of parent: Tensor, from op: Op) {
        outer?.observeGradient(gradient, of: parent, from: op)
        // Made by other means than operations, or `observe` would have seen it.
        guard isSuspicious(gradient), let bad = made(gradient.data, from: []) else { return }
        let place = state.withLock { $0.backward.last?.place }
        report(
            Anomaly(
                operation: op.name, pass: .backward, step: nil, value: bad.value, index: bad.index,
                inputs: [Anomaly.Operand(parent)], place: place))
    }

    /// Whether a tensor is worth a closer look: not finite, and the first such.
    private func isSuspicious(_ tensor: Tensor) -> Bool {
        // What a transformation carries out comes by again as its operations on plain tensors.
        guard tensor.trace == nil, tensor.dtype.isFloat, found == nil else { return false }
        return !tensor.data.isAllFinite
    }

    /// The first NaN, or infinity made of finite inputs.
    private func made(
        _ result: NDArray, from inputs: [Tensor]
    ) -> (value: Double, index: [Int])? {
        let values = result.values(as: Double.self)
        let areFinite = inputs.allSatisfy { $0.data.isAllFinite }
        let counts = { (value: Double) in value.isNaN || (self.infinities && areFinite) }
        guard let position = values.firstIndex(where: { !$0.isFinite && counts($0) }) else {
            return nil
        }
        return (values[position], result.shape.index(at: position))
    }

    private func report(_ anomaly: Anomaly) {
        if traps { fail("trapAnomalies", anomaly.description) }
        state.withLock { state in
            guard state.found == nil else { return }
            state.found = anomaly
            state.lacksInputs = anomaly.pass == .backward && !anomaly.isFromOutside
        }
    }
}

extension Shape {
    /// The index of an element by its position in row-major order.
    func index(at position: Int) -> [Int] {
        var rest = position
        let strides = contiguousStrides
        return (0..<rank).map { axis in
            defer { rest %= strides[axis] }
            return rest / strides[axis]
        }
    }
}
