extension CaptureProgram {
    /// Has one kernel compute what elementwise calls do that have nothing to do with each other,
    /// for a launch takes a GPU longer than a small call: they wait until somebody needs what one
    /// of them makes, and then those later ones that could run by now come along.
    ///
    /// What waits keeps its operands in memory, and what comes early its result; so no more than
    /// the allowance does either.
    mutating func joinIndependent() {
        var schedule = GroupSchedule(self, allowance: waitingAllowance)
        for index in calls.indices { schedule.pass(index) }
        schedule.finish()
        calls = schedule.result
    }
}

extension CaptureProgram.Call {
    /// The programs that it runs; nil if it is another kernel.
    fileprivate var parts: [FusedPart]? {
        if out.count == 0 { return nil }
        switch kernel {
        case .fused(let program, let list):
            return [FusedPart(program: program, reads: list.arrays, out: out)]
        case .together(let group): return group.parts
        default: return ElementwiseCalls(self, order: 0).map { [$0.part] }
        }
    }
}

/// The calls of a program in a new order in which those that can be run together are.
private struct GroupSchedule {
    /// How many calls one kernel does: a GPU's blocks look their program up among all.
    private static let most = 512

    private let program: CaptureProgram
    private let allowance: Int
    /// Of each call, where it can be part of a group.
    private let parts: [[FusedPart]?]
    /// The calls that must run after each, and how many each still has to wait for.
    private var followers: [[Int]]
    private var missing: [Int]
    private var isDone: [Bool]
    /// Those that can be part of a group and wait for none, in any order.
    private var ready: [Int] = []
    private var waitingCount = 0
    /// How many calls that wait read each storage, and how many bytes these keep in memory.
    private var holders: [ObjectIdentifier: Int] = [:]
    private var heldBytes = 0
    /// Bytes of results that were made early.
    private var earlyBytes = 0
    private(set) var result: [CaptureProgram.Call] = []

    init(_ program: CaptureProgram, allowance: Int) {
        self.program = program
        self.allowance = allowance
        let count = program.calls.count
        parts = program.calls.map(\.parts)
        isDone = [Bool](repeating: false, count: count)
        followers = [[Int]](repeating: [], count: count)
        missing = [Int](repeating: 0, count: count)
        var lastWrite: [ObjectIdentifier: Int] = [:]
        var readers: [ObjectIdentifier: [Int]] = [:]
        for (index, call) in program.calls.enumerated() {
            var needs: Set<Int> = []
            for array in call.reads {
                let key = ObjectIdentifier(array.storage)
                if let write = lastWrite[key] { needs.insert(write) }
                readers[key, default: []].append(index)
            }
            for array in call.writes {
                let key = ObjectIdentifier(array.storage)
                if let write = lastWrite[key] { needs.insert(write) }
                needs.formUnion(readers[key] ?? [])
                readers[key] = nil
                lastWrite[key] = index
            }
            needs.remove(index)
            for need in needs { followers[need].append(index) }
            missing[index] = needs.count
            if needs.isEmpty, parts[index] != nil { ready.append(index) }
        }
    }

    /// The bytes of temporary storages that a call writes.
    private func made(by index: Int) -> Int {
        program.calls[index].writes.filter(program.isTemporary).reduce(0) {
            $0 + $1.storage.byteCount
        }
    }

    /// Comes to a call: it is run, or waits.
    mutating func pass(_ index: Int) {
        if isDone[index] {
            earlyBytes -= made(by: index)
        } else if parts[index] == nil {
            while missing[index] > 0 { run(after: index) }
            result.append(program.calls[index])
            end(index)
        } else {
            waitingCount += 1
            hold(index, by: 1)
            if heldBytes > allowance { run(after: index) }
        }
    }

    mutating func finish() {
        while waitingCount > 0 { run(after: program.calls.count - 1) }
    }

    /// Keeps the temporary operands of a call in memory, or no longer.
    private mutating func hold(_ index: Int, by change: Int) {
        for array in program.calls[index].reads where program.isTemporary(array) {
            let key = ObjectIdentifier(array.storage)
            let before = holders[key, default: 0]
            holders[key] = before + change
            if before == 0 { heldBytes += array.storage.byteCount }
            if before + change == 0 { heldBytes -= array.storage.byteCount }
        }
    }

    private mutating func end(_ index: Int) {
        isDone[index] = true
        for follower in followers[index] {
            missing[follower] -= 1
            if missing[follower] == 0, parts[follower] != nil { ready.append(follower) }
        }
    }

    /// Runs what waits and can be run, and what comes after `place` and could be as well.
    private mutating func run(after place: Int) {
        var group: [Int] = []
        let candidates = ready.sorted()
        ready = []
        for index in candidates {
            if index <= place {
                waitingCount -= 1
                hold(index, by: -1)
            } else {
                let bytes = made(by: index)
                if earlyBytes + bytes > allowance {
                    ready.append(index)
                    continue
                }
                earlyBytes += bytes
            }
            group.append(index)
        }
        for index in group { end(index) }
        for start in stride(from: 0, to: group.count, by: GroupSchedule.most) {
            append(group[start..<min(start + GroupSchedule.most, group.count)])
        }
    }

    /// Has one kernel do what these calls do.
    private mutating func append(_ group: ArraySlice<Int>) {
        guard let last = group.last else { return }
        var call = program.calls[last]
        if group.count > 1 {
            call.kernel = .together(ProgramGroup(group.flatMap { parts[$0] ?? [] }))
            (call.a, call.b, call.c) = (call.out, call.out, call.out)
        }
        result.append(call)
    }
}
