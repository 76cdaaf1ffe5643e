internal import Autograd
internal import CKernels
internal import NN
package import Tensor

/// Steps of `LBFGS` for a training that keeps an `Optimizer`: it counts them, and its state can be
/// saved and loaded. Each step is given the loss as a function; the step length is the search's
/// own, so there is no learning rate.
package final class QuasiNewton: Optimizer {
    /// What makes the steps.
    package let search: LBFGS
    /// How many steps of the search one step here is.
    private let iterations: Int
    /// The parameters that the search moves, and their names.
    private let moved: [(name: String, parameter: Parameter)]

    private static let slots = ["step", "change"]

    package init(
        _ source: some ParameterSource, history: Int, iterations: Int, tolerance: Double,
        curvature: Double
    ) {
        search = LBFGS(source, history: history, tolerance: tolerance, curvature: curvature)
        self.iterations = iterations
        let all = source.parameterGroups.flatMap(\.parameters)
        moved = all.filter { $0.parameter.requiresGrad }
        super.init(source, rule: .sgd, learningRate: 1, weightDecay: 0, slots: [])
    }

    override func numbers(rate: Double, decay: Double, step: Int) -> [Double] {
        fail("LBFGS", "a step needs the loss as a function", hint: "call step { loss }")
    }

    /// Makes one step, and returns the loss where it led. A loss that is no number changes nothing.
    @discardableResult
    package func step(_ loss: @escaping () -> Tensor) -> Double {
        stepsMade += 1
        for index in entries.indices { entries[index].steps += 1 }
        return search.step(iterations: iterations, loss)
    }

    /// How many numbers a step keeps for each parameter, as float32.
    package var numbersPerWeight: Int { 4 * search.history + 8 }

    /// What the search remembers, by parameter, as in `0.weight/step0` and `0.weight/change0`, the
    /// oldest first; float64.
    package var memory: [(name: String, value: NDArray)] {
        search.memory.enumerated().flatMap { place, pair in
            zip(QuasiNewton.slots, [pair.step, pair.change]).flatMap { slot, vector in
                zip(moved, vector.split(sizes: moved.map(\.parameter.count))).map {
                    ("\($0.name)/\(slot)\(place)", $1.reshape($0.parameter.shape).data.copy())
                }
            }
        }
    }

    /// Whether a name of a state array is one of `memory`.
    package static func isMemory(_ name: String) -> Bool {
        let slot = name.split(separator: "/").last ?? ""
        return slots.contains { slot.hasPrefix($0) && Int(slot.dropFirst($0.count)) != nil }
    }

    /// Restores what `memory` gave, or throws a `StateError` and changes nothing.
    package func load(memory: [(name: String, value: NDArray)]) throws {
        var error = StateError(subject: "optimizer")
        let values = Dictionary(memory.map { ($0.name, $0.value) }) { first, _ in first }
        let each = max(1, 2 * moved.count)
        let count = (memory.count + each - 1) / each
        var pairs: [(step: Tensor, change: Tensor)] = []
        for place in 0..<count {
            let vectors = QuasiNewton.slots.map { slot -> Tensor in
                let pieces = moved.compactMap { name, parameter -> Tensor? in
                    let key = "\(name)/\(slot)\(place)"
                    guard let value = values[key] else {
                        error.missing.append(key)
                        return nil
                    }
                    guard error.accepts(value, as: key, shape: parameter.shape, .float64) else {
                        return nil
                    }
                    return Tensor(value.copy()).reshape([parameter.count])
                }
                return pieces.isEmpty ? .zeros([0], .float64) : Tensor.concat(pieces)
            }
            pairs.append((vectors[0], vectors[1]))
        }
        error.unexpected = memory.map(\.name).filter { name in
            !moved.contains { name.hasPrefix("\($0.name)/") }
        }
        if !error.isEmpty { throw error }
        search.memory = pairs
    }
}
