extension CaptureProgram {
    /// How many bytes calls may keep in memory by waiting for others: an eighth of the step's, or
    /// 16 MB.
    var waitingAllowance: Int { max(1 << 24, planMemory().byteCount / 8) }

    /// Places all temporary storages in one block: two share bytes only if the one is no longer
    /// needed when the other is first written, or where an elementwise result takes its operand's
    /// place.
    ///
    /// - Parameter alignment: of each, a power of two.
    /// - Returns: the bytes from the block's start of each, and the size of the block.
    func planMemory(
        alignment: Int = 64
    ) -> (places: [(storage: Storage, offset: Int)], byteCount: Int) {
        var storages: [ObjectIdentifier: Storage] = [:]
        var lastUse: [ObjectIdentifier: Int] = [:]
        for (index, call) in calls.enumerated() {
            for array in call.reads + call.writes where isTemporary(array) {
                storages[ObjectIdentifier(array.storage)] = array.storage
                lastUse[ObjectIdentifier(array.storage)] = index
            }
        }
        var arena = Arena(alignment: alignment)
        var offsets: [ObjectIdentifier: Int] = [:]
        // What was computed once is needed in every replay.
        for call in constants {
            for array in call.writes {
                let key = ObjectIdentifier(array.storage)
                guard offsets[key] == nil else { continue }
                storages[key] = array.storage
                lastUse[key] = .max
                offsets[key] = arena.take(array.storage.byteCount)
            }
        }
        for (index, call) in calls.enumerated() {
            for key in place(call, index, lastUse, &offsets, &arena) {
                guard let place = offsets[key], let storage = storages[key] else { continue }
                arena.giveBack(place, storage.byteCount)
            }
        }
        let places = offsets.compactMap { key, offset in storages[key].map { ($0, offset) } }
        return (places, arena.byteCount)
    }

    /// Places what a call writes; returns the storages that nobody needs after it.
    private func place(
        _ call: Call, _ index: Int, _ lastUse: [ObjectIdentifier: Int],
        _ offsets: inout [ObjectIdentifier: Int], _ arena: inout Arena
    ) -> Set<ObjectIdentifier> {
        let used = call.reads.filter(isTemporary).map { ObjectIdentifier($0.storage) }
        var ending = Set(used.filter { lastUse[$0] == index })
        let heirs = Heirs(call)
        for array in call.writes where isTemporary(array) {
            let key = ObjectIdentifier(array.storage)
            guard offsets[key] == nil else { continue }
            if let heir = heirs.operand(for: array, ending), let place = offsets[heir] {
                offsets[key] = place
                ending.remove(heir)
            } else {
                offsets[key] = arena.take(array.storage.byteCount)
            }
            if lastUse[key] == index { ending.insert(key) }
        }
        return ending
    }
}

/// What the results of a call may be written over: operands of the same program or elementwise
/// kernel, and no other's.
private struct Heirs {
    /// Such operands, by the storage of the result.
    private var reads: [ObjectIdentifier: [NDArray]] = [:]

    init(_ call: CaptureProgram.Call) {
        if call.bytes != nil { return }
        switch call.kernel {
        case .together(let group):
            var readers: [ObjectIdentifier: Int] = [:]
            for part in group.parts {
                for key in Set(part.reads.map { ObjectIdentifier($0.storage) }) {
                    readers[key, default: 0] += 1
                }
            }
            for part in group.parts {
                reads[ObjectIdentifier(part.out.storage)] = part.reads.filter {
                    readers[ObjectIdentifier($0.storage)] == 1
                }
            }
        case .fused: reads[ObjectIdentifier(call.out.storage)] = call.reads
        default:
            if call.kernel.traits.isElementwise {
                reads[ObjectIdentifier(call.out.storage)] = call.reads
            }
        }
    }

    /// One that ends with the call and lies where a result fits.
    func operand(for out: NDArray, _ ending: Set<ObjectIdentifier>) -> ObjectIdentifier? {
        guard out.isWhole, let reads = reads[ObjectIdentifier(out.storage)] else { return nil }
        for array in reads {
            let key = ObjectIdentifier(array.storage)
            let isAlone = reads.allSatisfy {
                $0.storage !== array.storage || $0.count == out.count && $0.isWhole
            }
            if ending.contains(key), isAlone, array.storage.byteCount == out.storage.byteCount {
                return key
            }
        }
        return nil
    }
}

/// A block that is handed out in pieces: each takes the smallest hole it fits into.
private struct Arena {
    private(set) var byteCount = 0
    private var holes: [(start: Int, size: Int)] = []

    private let alignment: Int

    init(alignment: Int) { self.alignment = alignment }

    private func rounded(_ size: Int) -> Int {
        max(alignment, (size + alignment - 1) / alignment * alignment)
    }

    mutating func take(_ size: Int) -> Int {
        let size = rounded(size)
        var best: Int?
        for (index, hole) in holes.enumerated() where hole.size >= size {
            if best.map({ holes[$0].size > hole.size }) ?? true { best = index }
        }
        guard let best else {
            // A hole at the end grows.
            if let last = holes.indices.max(by: { holes[$0].start < holes[$1].start }),
                holes[last].start + holes[last].size == byteCount
            {
                let start = holes[last].start
                holes.remove(at: last)
                byteCount = start + size
                return start
            }
            byteCount += size
            return byteCount - size
        }
        let start = holes[best].start
        if holes[best].size == size {
            holes.remove(at: best)
        } else {
            holes[best] = (start + size, holes[best].size - size)
        }
        return start
    }

    mutating func giveBack(_ start: Int, _ size: Int) {
        var hole = (start: start, size: rounded(size))
        for index in holes.indices.reversed() {
            if holes[index].start + holes[index].size == hole.start {
                hole = (holes[index].start, holes[index].size + hole.size)
                holes.remove(at: index)
            } else if hole.start + hole.size == holes[index].start {
                hole.size += holes[index].size
                holes.remove(at: index)
            }
        }
        holes.append(hole)
    }
}
