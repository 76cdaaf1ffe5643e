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
    ///
    /// - Parameter allowance: how many bytes what waits may keep in memory that others could have
    ///   by then. Programs that would keep more run where their last calls were; a call never waits
    ///   in vain for the next one.
    mutating func fuse(keeping allowance: Int) {
        let uses = readCounts
        var writes: [ObjectIdentifier: Int] = [:]
        for call in calls {
            for array in call.writes { writes[ObjectIdentifier(array.storage), default: 0] += 1 }
        }
        var waiting = WaitingCalls(lastUses: lastUses)
        var result = [[Call]](repeating: [], count: calls.count)
        for (index, call) in calls.enumerated() {
            var joined = call.moves ? nil : ElementwiseCalls(call, order: index)
            for array in call.reads {
                guard let own = joined, let first = waiting.maker(of: array),
                    let both = own.behind(first)
                else { continue }
                joined = both
                waiting.remove(first)
            }
            result[index] = waiting.takeThose(concernedBy: call).map { $0.call(uses) }
            for program in waiting.takeOldest(keeping: allowance, after: call, at: index) {
                result[program.order].append(program.call(uses))
            }
            guard let joined else {
                result[index].append(call)
                continue
            }
            if isTemporary(call.out), call.out.isWhole,
                writes[ObjectIdentifier(call.out.storage)] == 1
            {
                waiting.add(joined)
            } else {
                result[index].append(joined.call(uses))
            }
        }
        calls = result.flatMap { $0 } + waiting.takeAll().map { $0.call(uses) }
    }

    /// Where each temporary storage is used last; what was computed once is needed in every replay.
    private var lastUses: [ObjectIdentifier: Int] {
        var places: [ObjectIdentifier: Int] = [:]
        for (index, call) in calls.enumerated() {
            for array in call.reads + call.writes where isTemporary(array) {
                places[ObjectIdentifier(array.storage)] = index
            }
        }
        for call in constants {
            for array in call.writes { places[ObjectIdentifier(array.storage)] = nil }
        }
        return places
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
