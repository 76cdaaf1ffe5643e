extension CaptureProgram {
    /// Has one kernel compute what elementwise calls do that have nothing to do with each other, for
    /// a launch takes a GPU longer than a small call: they wait until somebody needs what one of them
    /// makes, and then those later ones that could run by now come along.
    ///
    /// What waits keeps its operands in memory, and what comes early its result; so at most an eighth
    /// of the step's memory does either, or 16 MB.
    mutating func joinIndependent() {
        let allowance = max(1 << 24, planMemory().byteCount / 8)
        var schedule = GroupSchedule(self, allowance: allowance)
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
            return [FusedPart(program: program, reads: list.arrays, writes: [out])]
        case .together(let group, let list): return group.parts(of: list)
        default: return ElementwiseCalls(self, order: 0).map { [$0.part] }
        }
    }
}

/// The calls of a program in a new order in which those that can be run together are.
private struct GroupSchedule {
    private let program: CaptureProgram
    private let allowance: Int
    /// Of each call, where it can be part of a group.
    private let parts: [[FusedPart]?]
    /// The calls that must run before each.
    private let needs: [[Int]]
    private var isDone: [Bool]
    private var waiting: [Int] = []
    /// Storages that calls that wait keep in memory, and how many bytes that are.
    private var held: Set<ObjectIdentifier> = []
    private var heldBytes = 0
    /// Bytes of results that were made early.
    private var earlyBytes = 0
    private(set) var result: [CaptureProgram.Call] = []

    init(_ program: CaptureProgram, allowance: Int) {
        self.program = program
        self.allowance = allowance
        parts = program.calls.map(\.parts)
        isDone = [Bool](repeating: false, count: program.calls.count)
        var needs: [[Int]] = []
        var lastWrite: [ObjectIdentifier: Int] = [:]
        var readers: [ObjectIdentifier: [Int]] = [:]
        for (index, call) in program.calls.enumerated() {
            var own: Set<Int> = []
            for array in call.reads {
                let key = ObjectIdentifier(array.storage)
                if let write = lastWrite[key] { own.insert(write) }
                readers[key, default: []].append(index)
            }
            for array in call.writes {
                let key = ObjectIdentifier(array.storage)
                if let write = lastWrite[key] { own.insert(write) }
                own.formUnion(readers[key] ?? [])
                readers[key] = nil
                lastWrite[key] = index
            }
            own.remove(index)
            needs.append(own.sorted())
        }
        self.needs = needs
    }

    private func isReady(_ index: Int) -> Bool { needs[index].allSatisfy { isDone[$0] } }

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
            while !isReady(index) { run(after: index) }
            isDone[index] = true
            result.append(program.calls[index])
        } else {
            waiting.append(index)
            hold(index)
            if heldBytes > allowance { run(after: index) }
        }
    }

    mutating func finish() {
        while !waiting.isEmpty { run(after: program.calls.count - 1) }
    }

    private mutating func hold(_ index: Int) {
        for array in program.calls[index].reads where program.isTemporary(array) {
            if held.insert(ObjectIdentifier(array.storage)).inserted {
                heldBytes += array.storage.byteCount
            }
        }
    }

    /// Runs what waits and can be run, and what comes after `place` and could be as well.
    private mutating func run(after place: Int) {
        var group = waiting.filter(isReady)
        waiting.removeAll(where: group.contains)
        for index in program.calls.indices.dropFirst(place + 1)
        where parts[index] != nil && !isDone[index] && isReady(index) {
            let bytes = made(by: index)
            if earlyBytes + bytes > allowance { continue }
            earlyBytes += bytes
            group.append(index)
        }
        for index in group { isDone[index] = true }
        held = []
        heldBytes = 0
        for index in waiting { hold(index) }
        let members = group.map { program.calls[$0] }
        if members.count == 1 {
            result += members
        } else if let last = members.last {
            var call = last
            call.kernel = ProgramGroup.kernel(of: group.flatMap { parts[$0] ?? [] })
            (call.a, call.b, call.c) = (call.out, call.out, call.out)
            result.append(call)
        }
    }
}
