/// Programs that wait for the calls that read their results, found by the storages they use, and
/// what they keep in memory: operands that nobody else uses any more.
struct WaitingCalls {
    /// Where each storage is used last whose memory others could have after that.
    private let lastUses: [ObjectIdentifier: Int]
    /// By their places.
    private var programs: [Int: ElementwiseCalls] = [:]
    private var makers: [ObjectIdentifier: Int] = [:]
    private var readers: [ObjectIdentifier: Set<Int>] = [:]
    /// The storages that are kept, with their sizes, and in the order in which that began.
    private var kept: [ObjectIdentifier: Int] = [:]
    private var keptBytes = 0
    private var queue: [ObjectIdentifier] = []
    private var queueStart = 0

    init(lastUses: [ObjectIdentifier: Int]) { self.lastUses = lastUses }

    /// The program that makes all of an array.
    func maker(of array: NDArray) -> ElementwiseCalls? {
        guard let place = makers[ObjectIdentifier(array.storage)], let program = programs[place],
            program.gives(array)
        else { return nil }
        return program
    }

    mutating func add(_ program: ElementwiseCalls) {
        programs[program.order] = program
        for key in program.made { makers[key] = program.order }
        for array in program.reads {
            readers[ObjectIdentifier(array.storage), default: []].insert(program.order)
            keep(array, after: program.order)
        }
    }

    mutating func remove(_ program: ElementwiseCalls) {
        programs[program.order] = nil
        for key in program.made { makers[key] = nil }
        for array in program.reads {
            let key = ObjectIdentifier(array.storage)
            readers[key]?.remove(program.order)
            guard readers[key]?.isEmpty == true else { continue }
            readers[key] = nil
            if let size = kept.removeValue(forKey: key) { keptBytes -= size }
        }
    }

    /// Takes out the programs that must not wait any longer: `call` reads their results, or changes
    /// what they read.
    mutating func takeThose(concernedBy call: CaptureProgram.Call) -> [ElementwiseCalls] {
        var places: Set<Int> = []
        for array in call.reads + call.writes {
            if let place = makers[ObjectIdentifier(array.storage)] { places.insert(place) }
        }
        for array in call.writes {
            places.formUnion(readers[ObjectIdentifier(array.storage)] ?? [])
        }
        return take(at: places)
    }

    /// Takes out those that keep what others needed least recently, until no more than `allowance`
    /// bytes are kept after the call at `index`.
    mutating func takeOldest(
        keeping allowance: Int, after call: CaptureProgram.Call, at index: Int
    ) -> [ElementwiseCalls] {
        for array in call.reads { keep(array, after: index) }
        var taken: [ElementwiseCalls] = []
        while keptBytes > allowance, queueStart < queue.count {
            let key = queue[queueStart]
            queueStart += 1
            if kept[key] != nil { taken += take(at: readers[key] ?? []) }
        }
        return taken
    }

    /// Takes out all that are left.
    mutating func takeAll() -> [ElementwiseCalls] { take(at: Set(programs.keys)) }

    private mutating func take(at places: Set<Int>) -> [ElementwiseCalls] {
        let taken = places.sorted().compactMap { programs[$0] }
        for program in taken { remove(program) }
        return taken
    }

    /// Notes that an array is kept where programs read it that nobody else uses after `index`.
    private mutating func keep(_ array: NDArray, after index: Int) {
        let key = ObjectIdentifier(array.storage)
        guard readers[key] != nil, kept[key] == nil, let last = lastUses[key], last <= index
        else { return }
        kept[key] = array.storage.byteCount
        keptBytes += array.storage.byteCount
        queue.append(key)
    }
}
