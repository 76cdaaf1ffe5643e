extension CaptureProgram {
    /// Gives what is overwritten by a later result a storage of its own, so that each is written
    /// once and can be moved; the plan of the memory decides again what shares it. The last result
    /// keeps the storage, in which somebody may look for it.
    mutating func nameResults() {
        /// The first call that touches a storage since its elements were last replaced.
        var starts: [ObjectIdentifier: Int] = [:]
        for index in calls.indices {
            let call = calls[index]
            let key = ObjectIdentifier(call.out.storage)
            if own.contains(key), call.bytes == nil, call.kernel.traits.isElementwise,
                call.out.isWhole,
                let start = starts[key],
                call.reads.contains(where: { $0.storage === call.out.storage })
            {
                let fresh = Storage(standingFor: call.out.storage)
                temporary.insert(ObjectIdentifier(fresh))
                for earlier in start...index { calls[earlier].rename([key: fresh]) }
                calls[index].out = call.out
                starts[ObjectIdentifier(fresh)] = start
                starts[key] = index
            }
            for array in calls[index].reads + calls[index].writes {
                let key = ObjectIdentifier(array.storage)
                if starts[key] == nil { starts[key] = index }
            }
        }
    }

    /// Drops what is computed and never used, unless it ends the program for some operands.
    mutating func dropDead() {
        var needed: Set<ObjectIdentifier> = []
        var kept: [Call] = []
        for call in calls.reversed() {
            let isUsed =
                call.bytes == nil && call.kernel.mayFail(call.out.dtype)
                || call.writes.contains {
                    !isTemporary($0) || needed.contains(ObjectIdentifier($0.storage))
                }
            guard isUsed else { continue }
            if !call.kernel.traits.readsOutput, call.bytes != nil || call.out.isWhole,
                !call.kernel.traits.changesList
            {
                needed.remove(ObjectIdentifier(call.out.storage))
            }
            for array in call.reads { needed.insert(ObjectIdentifier(array.storage)) }
            kept.append(call)
        }
        calls = kept.reversed()
    }

    /// Takes out what is the same in every replay: results of constants alone.
    mutating func foldConstants() {
        var varying: Set<ObjectIdentifier> = []
        var lastWrite: [ObjectIdentifier: Int] = [:]
        // Until nothing changes, for a storage may be written several times.
        var count = -1
        while varying.count != count {
            count = varying.count
            for (index, call) in calls.enumerated() {
                let isConstant =
                    call.bytes != nil
                    || call.kernel.traits.isPure
                        && call.reads.allSatisfy {
                            isTemporary($0) && !varying.contains(ObjectIdentifier($0.storage))
                        }
                for array in call.writes {
                    let key = ObjectIdentifier(array.storage)
                    if !isConstant || !isTemporary(array) { varying.insert(key) }
                    lastWrite[key] = index
                }
            }
            // What is read before its last change is not what it will have been.
            for (index, call) in calls.enumerated() {
                let isFolded = call.writes.allSatisfy {
                    !varying.contains(ObjectIdentifier($0.storage))
                }
                for array in call.reads where !isFolded {
                    let key = ObjectIdentifier(array.storage)
                    if let last = lastWrite[key], last > index { varying.insert(key) }
                }
            }
        }
        constants = calls.filter { call in
            call.writes.allSatisfy { !varying.contains(ObjectIdentifier($0.storage)) }
        }
        calls.removeAll { call in
            call.writes.allSatisfy { !varying.contains(ObjectIdentifier($0.storage)) }
        }
    }
}
