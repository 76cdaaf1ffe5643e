extension CaptureProgram {
    /// How often each storage is read.
    private var readCounts: [ObjectIdentifier: Int] {
        var counts: [ObjectIdentifier: Int] = [:]
        for call in calls {
            for array in call.reads { counts[ObjectIdentifier(array.storage), default: 0] += 1 }
        }
        return counts
    }

    /// Joins elementwise calls with those that read their results into a single pass over memory. A
    /// program waits for further calls until somebody else needs what it makes.
    mutating func fuse() {
        let uses = readCounts
        var writes: [ObjectIdentifier: Int] = [:]
        for call in calls {
            for array in call.writes { writes[ObjectIdentifier(array.storage), default: 0] += 1 }
        }
        var waiting: [ElementwiseCalls] = []
        var result: [Call] = []
        for (index, call) in calls.enumerated() {
            var joined = call.moves ? nil : ElementwiseCalls(call, order: index)
            for array in call.reads {
                guard let own = joined,
                    let place = waiting.firstIndex(where: { $0.gives(array) }),
                    let both = own.behind(waiting[place])
                else { continue }
                joined = both
                waiting.remove(at: place)
            }
            result += flush(&waiting, for: call).map { $0.call(uses) }
            guard let joined else {
                result.append(call)
                continue
            }
            if isTemporary(call.out), call.out.isWhole,
                writes[ObjectIdentifier(call.out.storage)] == 1
            {
                waiting.append(joined)
            } else {
                result.append(joined.call(uses))
            }
        }
        result += waiting.sorted { $0.order < $1.order }.map { $0.call(uses) }
        calls = result
    }

    /// The programs that must not wait any longer: `call` reads their results, or changes what they
    /// read.
    private func flush(
        _ waiting: inout [ElementwiseCalls], for call: Call
    ) -> [ElementwiseCalls] {
        if waiting.isEmpty { return [] }
        let reads = Set(call.reads.map { ObjectIdentifier($0.storage) })
        let writes = Set(call.writes.map { ObjectIdentifier($0.storage) })
        func isDue(_ program: ElementwiseCalls) -> Bool {
            program.made.contains { reads.contains($0) || writes.contains($0) }
                || program.reads.contains { writes.contains(ObjectIdentifier($0.storage)) }
        }
        let due = waiting.filter(isDue)
        waiting.removeAll(where: isDue)
        return due.sorted { $0.order < $1.order }
    }
}

extension CaptureProgram.Call {
    /// Whether it makes elements of no others, or copies some as they are: what is computed can be
    /// written where a copy would put it, see `joinAssignments`.
    fileprivate var moves: Bool {
        switch kernel {
        case .fill: true
        case .copy: a.dtype == out.dtype
        default: false
        }
    }
}
