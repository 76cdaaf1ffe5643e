/// The calls of a recorded step, as something to be improved before it is replayed.
///
/// Arrays lie in stand-ins: objects without memory of their own, one for each storage there was, so
/// that two storages that used the same block one after the other are not taken for one.
struct CaptureProgram {
    /// A call of a kernel, or bytes that are written into `out`.
    struct Call {
        var kernel: Kernel
        var a: NDArray
        var b: NDArray
        var c: NDArray
        var out: NDArray
        var bytes: [UInt8]?

        init(
            kernel: Kernel, a: NDArray, b: NDArray, c: NDArray, out: NDArray,
            bytes: [UInt8]? = nil
        ) {
            self.kernel = kernel
            self.a = a
            self.b = b
            self.c = c
            self.out = out
            self.bytes = bytes
        }

        /// The arrays that are read, those of the list included.
        var reads: [NDArray] {
            if bytes != nil { return [] }
            var arrays = Array([a, b, c].prefix(kernel.traits.operands))
            arrays += kernel.readInList
            if kernel.traits.readsOutput { arrays.append(out) }
            return arrays
        }

        /// The arrays that are written.
        var writes: [NDArray] { kernel.traits.changesList ? kernel.changedInList : [out] }

        /// Puts other storages into the place of some.
        mutating func rename(_ names: [ObjectIdentifier: Storage]) {
            func renamed(_ array: NDArray) -> NDArray {
                names[ObjectIdentifier(array.storage)].map { array.placed(in: $0) } ?? array
            }
            a = renamed(a)
            b = renamed(b)
            c = renamed(c)
            out = renamed(out)
            if let list = kernel.list {
                kernel = kernel.with(ArrayList(list.arrays.map(renamed)))
            }
        }
    }

    var calls: [Call]
    /// The stand-ins of storages that the step made and nobody holds any more: their memory is
    /// planned.
    var temporary: Set<ObjectIdentifier>
    /// The stand-ins of all storages that the step made, those included that somebody holds.
    let own: Set<ObjectIdentifier>
    /// How many calls of kernels were recorded.
    private(set) var recordedCount = 0
    /// Calls whose results are the same in every replay: they ran once.
    var constants: [Call] = []

    init(calls: [Call], temporary: Set<ObjectIdentifier>, own: Set<ObjectIdentifier>) {
        self.calls = calls
        self.own = own
        self.temporary = temporary
    }

    func isTemporary(_ array: NDArray) -> Bool {
        temporary.contains(ObjectIdentifier(array.storage))
    }

    /// The places of the calls that write a storage, and of those that read it.
    struct Uses {
        var writes: [Int] = []
        var reads: [Int] = []
        var all: [Int] { writes + reads }
    }

    /// Those of each storage.
    var uses: [ObjectIdentifier: Uses] {
        var uses: [ObjectIdentifier: Uses] = [:]
        for (index, call) in calls.enumerated() {
            for array in call.writes {
                uses[ObjectIdentifier(array.storage), default: Uses()].writes.append(index)
            }
            for array in call.reads {
                uses[ObjectIdentifier(array.storage), default: Uses()].reads.append(index)
            }
        }
        return uses
    }

    /// Applies all improvements; none changes a bit of what is left.
    mutating func improve() {
        recordedCount = calls.count
        nameResults()
        dropDead()
        foldConstants()
        joinConversions()
        joinRectifiers()
        joinAssignments()
        fuse(keeping: waitingAllowance)
        joinAssignments()
        joinIndependent()
    }
}

extension NDArray {
    /// Whether this is all of its storage, in order.
    var isWhole: Bool { isContiguous && offset == 0 && byteCount == storage.byteCount }
}
