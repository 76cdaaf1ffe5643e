import FTSupport
import Synchronization
import Tensor

/// Measures operations as they run.
final class Profiler: OpObserver {
    /// Where costs are added up.
    struct Key: Hashable {
        let operation: String
        let place: String?
        let isBackward: Bool
    }

    private struct Frame {
        let key: Key
        let start: Double
        var secondsInside = 0.0
    }

    private struct State {
        var costs: [Key: Profile.Cost] = [:]
        /// The places in the order of their first operation.
        var order: [String] = []
        var frames: [Frame] = []
        var places = Places()
        var events: [Profile.Event] = []
        private var seen: Set<String> = []

        mutating func noteOrder(_ place: String) {
            if seen.insert(place).inserted { order.append(place) }
        }
    }

    // Tasks started inside run at the same time; the times of operations inside each other are
    // exact for one task.
    private let state = Mutex(State())
    let ledger = MemoryLedger()
    let counter = KernelCounter()
    private let backend: any Backend
    private let keepsEvents: Bool
    private let start = Clock.seconds()
    private let bytesBefore: Int
    let outer = Recording.current.observer

    /// The innermost one under way on this thread, whoever else watches.
    static var current: Profiler? {
        var observer = Recording.current.observer
        while let found = observer {
            if let profiler = found as? Profiler { return profiler }
            observer = found.outer
        }
        return nil
    }

    init(on backend: any Backend, keepsEvents: Bool) {
        self.backend = backend
        self.keepsEvents = keepsEvents
        backend.resetPeakMemory()
        bytesBefore = backend.memory.live
    }

    func observe(_ op: Op, _ inputs: [Tensor], _ forward: () -> Tensor) -> Tensor {
        func compute() -> Tensor { outer?.observe(op, inputs, forward) ?? forward() }
        // Inside a backward rule the operations are a part of it.
        if let key = state.withLock({ $0.frames.last?.key }), key.isBackward {
            let y = compute()
            note(y, inputs, key)
            return y
        }
        let key = Key(operation: op.name, place: Place.current, isBackward: false)
        begin(key)
        if let place = key.place { state.withLock { $0.noteOrder(place) } }
        let before = counter.multiplyAdds
        let y = compute()
        y.data.backend.synchronize()
        note(y, inputs, key, multiplyAdds: counter.multiplyAdds - before)
        state.withLock { $0.places.note(y, op) }
        end(inputs.map(\.shape))
        return y
    }

    func observeBackward(_ op: Op, _ y: Tensor, _ propagate: () -> Void) {
        let place = state.withLock { $0.places[y, op] }
        begin(Key(operation: op.name, place: place, isBackward: true))
        if let outer { outer.observeBackward(op, y, propagate) } else { propagate() }
        y.data.backend.synchronize()
        end(y.parents.map(\.shape))
    }

    func observeGradient(_ gradient: Tensor, of parent: Tensor, from op: Op) {
        outer?.observeGradient(gradient, of: parent, from: op)
    }

    private func begin(_ key: Key) {
        state.withLock { $0.frames.append(Frame(key: key, start: Clock.seconds())) }
    }

    private func end(_ shapes: [Shape]) {
        let live = ledger.live
        state.withLock { state in
            guard let frame = state.frames.popLast() else { return }
            let seconds = Clock.seconds() - frame.start
            state.costs[frame.key, default: Profile.Cost()].calls += 1
            state.costs[frame.key, default: Profile.Cost()].seconds += seconds - frame.secondsInside
            if let last = state.frames.indices.last { state.frames[last].secondsInside += seconds }
            guard keepsEvents else { return }
            state.events.append(
                Profile.Event(
                    name: frame.key.operation, isBackward: frame.key.isBackward,
                    start: frame.start - start, seconds: seconds, shapes: shapes,
                    place: frame.key.place, liveBytes: live))
        }
    }

    /// Books the memory of a result, unless it is a view of an input or was booked before.
    private func note(_ y: Tensor, _ inputs: [Tensor], _ key: Key, multiplyAdds: Int = 0) {
        if multiplyAdds > 0 {
            state.withLock { $0.costs[key, default: Profile.Cost()].multiplyAdds += multiplyAdds }
        }
        let storage = y.data.storage
        guard storage.witness == nil, !inputs.contains(where: { $0.data.storage === storage })
        else { return }
        storage.witness = ledger.book(storage.byteCount, key)
        state.withLock { $0.costs[key, default: Profile.Cost()].bytes += storage.byteCount }
    }

    /// What was measured so far.
    func profile() -> Profile {
        let (costs, events, order) = state.withLock { ($0.costs, $0.events, $0.order) }
        let peak = ledger.peak
        let byPlace = Profiler.rows(costs, peak.held) { $0.place ?? "elsewhere" }
        // In the order of the model; what lies outside it last.
        let rows = Dictionary(uniqueKeysWithValues: byPlace.map { ($0.name, $0) })
        let places = order.compactMap { rows[$0] }
        let known = Set(order)
        let rest = byPlace.filter { !known.contains($0.name) }
        return Profile(
            operations: Profiler.rows(costs, peak.held) { $0.operation },
            places: places.isEmpty ? [] : places + rest,
            kernels: counter.rows.map {
                Profile.Kernel(
                    name: $0, launches: $1.launches, bytes: $1.bytes, operations: $1.operations)
            }.sorted { ($1.bytes, $0.name) < ($0.bytes, $1.name) },
            events: events.sorted { $0.start < $1.start }, seconds: Clock.seconds() - start,
            peakBytes: peak.bytes, bytesBefore: bytesBefore,
            backendPeakBytes: backend.memory.peak)
    }

    /// Costs added up by a name, those that took longest first.
    private static func rows(
        _ costs: [Key: Profile.Cost], _ held: [Key: Int], _ name: (Key) -> String
    ) -> [Profile.Row] {
        var rows: [String: Profile.Row] = [:]
        for (key, cost) in costs {
            let path = key.isBackward ? \Profile.Row.backward : \Profile.Row.forward
            let row = name(key)
            rows[row, default: Profile.Row(name: row)][keyPath: path].calls += cost.calls
            rows[row, default: Profile.Row(name: row)][keyPath: path].seconds += cost.seconds
            rows[row, default: Profile.Row(name: row)][keyPath: path].bytes += cost.bytes
            rows[row, default: Profile.Row(name: row)][keyPath: path].multiplyAdds +=
                cost.multiplyAdds
        }
        for (key, bytes) in held { rows[name(key)]?.heldAtPeak += bytes }
        return rows.values.sorted { ($1.seconds, $0.name) < ($0.seconds, $1.name) }
    }
}
