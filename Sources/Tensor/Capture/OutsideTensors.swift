import Synchronization

/// What a step that is being recorded does with tensors that were there before it.
struct OutsideTensors {
    /// What tells tensors that the step makes: see `Tensor.birth`.
    let birth: UInt32
    /// Transformations of a higher level are begun and ended by the step.
    private let level = TraceLevel.next()

    private var found: [ObjectIdentifier: FoundTensor] = [:]
    private var foundGradients: [ObjectIdentifier: FoundGradient] = [:]
    private var switched: Set<ObjectIdentifier> = []
    private var replaced: [ObjectIdentifier: Tensor] = [:]
    /// The tensors whose gradients the step leaves, or takes away.
    private var graded: [ObjectIdentifier: Tensor] = [:]

    private static let births = Atomic<UInt32>(0)

    init() { birth = OutsideTensors.births.wrappingAdd(1, ordering: .relaxed).newValue }

    private func isFromBefore(_ tensor: Tensor) -> Bool { tensor.birth != birth }

    /// Notes an operand, unless a transformation carries it that was begun before the step: then
    /// the result is false.
    mutating func use(_ tensor: Tensor) -> Bool {
        guard isFromBefore(tensor) else { return true }
        if let trace = tensor.trace, trace.level < level { return false }
        let key = ObjectIdentifier(tensor)
        if found[key] == nil, replaced[key] == nil {
            found[key] = FoundTensor(tensor, isSwitched: switched.contains(key))
        }
        return true
    }

    mutating func replaceData(of tensor: Tensor) {
        if isFromBefore(tensor) { replaced[ObjectIdentifier(tensor)] = tensor }
    }

    mutating func switchGradient(of tensor: Tensor) {
        if isFromBefore(tensor) { switched.insert(ObjectIdentifier(tensor)) }
    }

    mutating func readGradient(of tensor: Tensor) {
        let key = ObjectIdentifier(tensor)
        guard isFromBefore(tensor), graded[key] == nil, foundGradients[key] == nil else { return }
        foundGradients[key] = FoundGradient(of: tensor)
    }

    mutating func changeGradient(of tensor: Tensor) {
        if isFromBefore(tensor) { graded[ObjectIdentifier(tensor)] = tensor }
    }

    /// Whether a tensor from before the step has other elements after it than a replay would read.
    var hasReplaced: Bool {
        replaced.contains { key, _ in !(found[key]?.isInPlace ?? false) }
    }

    /// What a replay relies on.
    var reliances: (tensors: [FoundTensor], gradients: [FoundGradient]) {
        (Array(found.values), Array(foundGradients.values))
    }

    /// The gradients after the step.
    var gradients: [(tensor: Tensor, grad: Tensor?)] {
        graded.values.map { ($0, $0.accumulated) }
    }
}
