public import Tensor

/// Differentiates what was computed in `record`, by tensors it was told to watch.
///
///     let tape = GradientTape()
///     let x = Tensor(3.0)
///     tape.watch(x)
///     let y = tape.record { x * x }
///     tape.gradient(of: y, by: x)      // 6
///
/// Tensors that require a gradient anyway, such as parameters, need no watching, and nobody's
/// `grad` changes. Tapes may be nested: a gradient taken while a tape records, or inside a function
/// that is being differentiated (`grad` and its family, `checkpoint`), can be differentiated by
/// those. The gradients of a persistent tape can always be differentiated by it again.
public final class GradientTape {
    /// What becomes of sources that the targets don't depend on.
    public enum Unreached: Sendable {
        /// Their gradient is nil.
        case none
        /// Their gradient is zeros of their shape.
        case zeros
    }

    /// Whether gradients may be taken several times. Otherwise the first time frees the graph.
    public let isPersistent: Bool

    /// The results of `record` and the targets of gradients, the roots of the recorded graph.
    public var graph: [Tensor] { noted.tensors }

    private var noted = TensorSet()
    private var watched = TensorSet()
    /// The watched tensors that require a gradient only while something records them.
    private var switched: [Tensor] = []
    private var isUsed = false

    // Which tapes record in the current scope, outermost first.
    @TaskLocal private static var recording: ThreadScope<[GradientTape]>?

    /// A tape on which gradients may be taken once, or any number of times if it is `persistent`.
    public init(persistent: Bool = false) { isPersistent = persistent }

    /// Has operations on `tensors` in `record` recorded.
    public func watch(_ tensors: Tensor...) {
        for tensor in tensors {
            guard tensor.dtype.isFloat else {
                fail("GradientTape", "a tensor of \(tensor.dtype) has no gradient to watch for")
            }
            watched.insert(tensor)
            if isRecording { switchOn(tensor) }
        }
    }

    /// Runs `body`, recording operations on watched tensors, also inside `noGrad`. May be called
    /// several times.
    public func record<Result>(_ body: () throws -> Result) rethrows -> Result {
        let wasRecording = isRecording
        for tensor in watched.tensors { switchOn(tensor) }
        defer { if !wasRecording { switchOff() } }
        let tapes = GradientTape.open + [self]
        let result = try ThreadScope.open(tapes, in: GradientTape.$recording) {
            try enableGrad(body)
        }
        if let tree = result as? any TensorTree { note(tree.leaves) }
        return result
    }

    /// Runs `body` without recording: what it computes is constant for every tape. `noGrad` by
    /// TensorFlow's name.
    public func stopRecording<Result>(_ body: () throws -> Result) rethrows -> Result {
        try noGrad(body)
    }

    /// Whether this is inside `record`.
    public var isRecording: Bool { GradientTape.open.contains { $0 === self } }

    /// Forgets what was recorded, so that even a one-shot tape can be used again. Watched tensors
    /// stay watched.
    public func reset() {
        noted = TensorSet()
        isUsed = false
    }

    /// The gradient of the sum of `target`'s elements by `source`; nil if it doesn't depend on it.
    ///
    /// - Parameter upstream: weights of the elements, of `target`'s shape; ones if nil.
    public func gradient(
        of target: Tensor, by source: Tensor, upstream: Tensor? = nil, unreached: Unreached = .none
    ) -> Tensor? {
        gradients(of: [target], by: [source], upstreams: [upstream], unreached: unreached)[0]
    }

    /// The gradients of the sum of all targets' elements by each source; nil for sources that no
    /// target depends on.
    ///
    /// - Parameter upstreams: for each target weights of its elements, ones if nil.
    public func gradients(
        of targets: [Tensor], by sources: [Tensor], upstreams: [Tensor?]? = nil,
        unreached: Unreached = .none
    ) -> [Tensor?] {
        if isUsed {
            fail(
                "GradientTape", "the gradient of a one-shot tape was taken already",
                hint: "make it GradientTape(persistent: true), or name all sources in one call")
        }
        let upstreams = upstreams ?? targets.map { _ in nil }
        guard upstreams.count == targets.count else {
            fail("GradientTape", "\(upstreams.count) upstream gradients, \(targets.count) targets")
        }
        isUsed = !isPersistent
        note(targets)
        let roots = zip(targets, upstreams).map { (tensor: $0, seed: $0.seed($1, "GradientTape")) }
        let found = differentiate(roots, by: sources)
        if !isPersistent { noted = TensorSet() }
        guard unreached == .zeros else { return found }
        return zip(found, sources).map { $0 ?? .zeros(like: $1) }
    }

    private func differentiate(
        _ roots: [(tensor: Tensor, seed: Tensor)], by sources: [Tensor]
    ) -> [Tensor?] {
        // Watched sources are leaves again by now, unless a tape records.
        let asleep = sources.filter { !$0.requiresGrad && watched.contains($0) }
        for source in asleep { source.requiresGrad = true }
        defer { for source in asleep { source.requiresGrad = false } }
        let isFollowed =
            isPersistent || !GradientTape.open.isEmpty || Recording.current.segment != 0
        return Autograd.gradients(
            of: roots, by: sources, graph: isFollowed ? .keep : .prune,
            records: isFollowed ? GradMode.isEnabled : nil)
    }

    private func note(_ tensors: [Tensor]) {
        for tensor in tensors where tensor.requiresGrad { noted.insert(tensor) }
    }

    private func switchOn(_ tensor: Tensor) {
        guard !tensor.requiresGrad else { return }
        tensor.requiresGrad = true
        switched.append(tensor)
    }

    /// Ends what `switchOn` began, or leaves that to an outer tape which watches the same tensor.
    private func switchOff() {
        for tensor in switched {
            let other = GradientTape.open.last { tape in
                tape !== self && tape.watched.contains(tensor)
            }
            if let other { other.switched.append(tensor) } else { tensor.requiresGrad = false }
        }
        switched = []
    }

    /// Tensors, each once, in the order they came.
    private struct TensorSet {
        private(set) var tensors: [Tensor] = []
        private var known: Set<ObjectIdentifier> = []

        func contains(_ tensor: Tensor) -> Bool { known.contains(ObjectIdentifier(tensor)) }

        mutating func insert(_ tensor: Tensor) {
            if known.insert(ObjectIdentifier(tensor)).inserted { tensors.append(tensor) }
        }
    }

    /// The tapes that record in this scope, on this thread.
    private static var open: [GradientTape] { recording?.value ?? [] }
}
