internal import CKernels
internal import Tensor

/// Counts on the device which of the last steps count, so that no step waits to know how many were
/// made before it. The host gives the numbers for each count that is possible, a row each, and the
/// device takes the row of what it counted.
struct LateSteps {
    /// Of so many steps the host needn't know.
    static let most = 15
    static var rows: Int { most + 1 }

    /// How many of the steps that the host didn't know of at the last launch, and of that launch
    /// itself, counted: float64, of shape [1].
    let counted: NDArray
    /// By which `counted` becomes that of the next launch: what it is multiplied by, and what is
    /// subtracted then.
    private let change: NDArray

    init(on backend: any Backend) {
        counted = NDArray.full([1], 0, .float64, on: backend)
        change = NDArray(uninitialized: [2], .float64, on: backend)
    }

    /// - Parameters:
    ///   - isKnown: whether the host knows of all steps before.
    ///   - settled: how many it was told of since the last launch that counted.
    func begin(isKnown: Bool, settled: Int) { change.write([isKnown ? 0 : 1, Double(settled)]) }

    /// How many steps counted that the host didn't know of: the row of the numbers.
    var made: NDArray {
        counted.zip(.mul, change.slice(axis: 0, start: 0, count: 1))
            .zip(.sub, change.slice(axis: 0, start: 1, count: 1))
    }

    /// Counts a step by its gate, one bool.
    func note(_ made: NDArray, _ gate: NDArray?) {
        let isOpen = gate.map { $0.cast(to: .float64).reshape([1]) }
        counted.assign(isOpen.map { made.zip(.add, $0) } ?? made.zip(.add, Scalar(1)))
    }
}

extension NDArray {
    /// The row of a matrix at a place that the device knows.
    func row(at place: NDArray) -> NDArray { gather(place.cast(to: .int64)).reshape([shape[1]]) }
}

extension Optimizer {
    /// What the device of a parameter counts.
    func late(beside entry: Int) -> LateSteps {
        LateSteps(on: entries[entry].parameter.data.backend)
    }

    /// Notes a launch of which the host doesn't know yet whether it counts.
    func countLate() {
        launchedSteps += 1
        openSteps += 1
    }

    /// Waits until it is known of all steps whether they count, and takes back those that don't.
    package final func settleCount() {
        guard openSteps > 0, let counted = plan.late?.counted else { return }
        let made = Int(Recorder.unrecorded { counted.scalar }) - settledSteps
        for _ in 0..<max(0, openSteps - made) { takeBackStep() }
        (openSteps, settledSteps) = (0, 0)
    }

    /// Whether the host still doesn't know if a step counts; `step` is what `launchedSteps` was after
    /// it.
    package final func isOpen(step: Int) -> Bool {
        step <= launchedSteps && step > launchedSteps - openSteps
    }

    /// Tells of the oldest step that isn't known to count whether it does; nothing where that is
    /// another one.
    package final func settle(step: Int, counts: Bool) {
        guard isOpen(step: step), step == launchedSteps - openSteps + 1 else { return }
        openSteps -= 1
        if counts { settledSteps += 1 } else { takeBackStep() }
        // What the device counted is of no use to the next step then.
        if openSteps == 0 { settledSteps = 0 }
    }

    /// Takes back the count of a step, once the host knows that its gate held it up: bias corrections
    /// go by the changes that were made.
    package final func takeBackStep() {
        stepsMade -= 1
        for launch in plan.launches {
            for index in launch.members { entries[index].steps -= 1 }
        }
    }
}
