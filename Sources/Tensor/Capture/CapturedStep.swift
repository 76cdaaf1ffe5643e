/// A kernel and what it was called with; the arrays hold no reference to their memory.
struct CapturedCall {
    let kernel: Kernel
    let a: NDArray
    let b: NDArray
    let c: NDArray
    let out: NDArray
}

/// The kernels of a step with the memory they work in: running them again makes no graph and, but
/// for results that somebody keeps, allocates nothing.
package final class CapturedStep {
    struct Input {
        /// Where the step was recorded.
        let memory: NDArray
        /// What stands for that memory in the calls: it can be laid on other memory of the same
        /// shape.
        let alias: Storage
    }

    /// A random stream that the step draws from, and how far.
    struct Advance {
        let random: Random
        let start: UInt64
        let end: UInt64
    }

    /// Whether the device knows the step by heart.
    private enum Work {
        case untried
        case none(problem: String?)
        case recorded(any RecordedWork)
    }

    /// What a step depends on and changes beside its own memory.
    struct Surroundings {
        /// What was made outside and is used inside, kept alive.
        let outside: [Storage]
        let changed: [Storage]
        let changedKeys: Set<ObjectIdentifier>
        let advances: [Advance]
        let feeds: [any StepInput]
        let found: [FoundTensor]
        let foundGradients: [FoundGradient]
        /// What the host read, and how often it had been changed.
        let reads: [(storage: Storage, version: UInt32)]
        let conditions: [Condition]
        /// The gradients after the step.
        let gradients: [(tensor: Tensor, grad: Tensor?)]
        let results: [() -> Void]
    }

    private let backend: any Backend
    private let pool: CapturePool
    private let arena: CaptureArena
    private let calls: [CapturedCall]
    private let uploads: [(before: Int, bytes: [UInt8], into: NDArray)]
    private let inputs: [Input]
    private let outputs: [NDArray]
    private var handedOut: [NDArray] = []
    private var work = Work.untried
    let surroundings: Surroundings
    /// Whether the step was ever replayed.
    package private(set) var wasReplayed = false
    /// How many kernels the step had before it was improved.
    package let recordedCount: Int

    /// Lays out the memory of `program` and computes its constants.
    init(
        _ program: CaptureProgram, on backend: any Backend, pool: CapturePool,
        inputs: [(memory: NDArray, alias: Storage)], outputs: [NDArray],
        surroundings: Surroundings
    ) {
        self.backend = backend
        self.pool = pool
        self.outputs = outputs
        self.surroundings = surroundings
        self.inputs = inputs.map { Input(memory: $0.memory, alias: $0.alias) }
        let (places, byteCount) = program.planMemory(alignment: backend.alignment)
        arena = CaptureArena(byteCount: byteCount, on: backend)
        for (storage, offset) in places { storage.pointer = arena.pointer + offset }
        var calls: [CapturedCall] = []
        var uploads: [(before: Int, bytes: [UInt8], into: NDArray)] = []
        for call in program.calls {
            if let bytes = call.bytes {
                uploads.append((calls.count, bytes, call.out))
            } else {
                calls.append(
                    CapturedCall(
                        kernel: call.kernel, a: call.a, b: call.b, c: call.c, out: call.out))
            }
        }
        self.calls = calls
        self.uploads = uploads
        recordedCount = program.recordedCount
        for call in program.constants {
            if let bytes = call.bytes {
                write(bytes, into: call.out)
            } else {
                backend.run(call.kernel, call.a, call.b, call.c, into: call.out)
            }
        }
    }

    /// What kept the device from taking the step as one piece of work; nil where nothing did, or it
    /// takes none as such.
    package var launchProblem: String? {
        if case .none(let problem) = work { problem } else { nil }
    }

    /// How many kernels a replay runs.
    package var kernelCount: Int { calls.count }
    /// The memory that everything computed in the step lies in.
    package var byteCount: Int { pool.byteCount + arena.byteCount }

    /// Runs the kernels on other inputs, of the shapes and dtypes they were recorded with.
    ///
    /// - Returns: the outputs, in memory that the next replay leaves alone if somebody still holds
    ///   it.
    package func replay(_ arrays: [NDArray]) -> [NDArray] {
        let work = recordedWork()
        wasReplayed = true
        for (input, array) in zip(inputs, arrays) { lay(input, on: array, moves: work != nil) }
        for feed in surroundings.feeds { feed.advance() }
        if let work {
            work.perform(movedBy: surroundings.advances.map { $0.random.place &- $0.start })
        } else {
            run(drawing: !surroundings.advances.isEmpty)
        }
        for advance in surroundings.advances {
            advance.random.place &+= advance.end &- advance.start
        }
        for storage in surroundings.changed { storage.version &+= 1 }
        for (tensor, grad) in surroundings.gradients { tensor.accumulated = grad }
        for action in surroundings.results { action() }
        defer { withExtendedLifetime(arrays) {} }
        return handOut()
    }

    /// The step as one piece of work of the device. It ran once by then, so that what kernels are
    /// compiled of and what the device keeps exists.
    private func recordedWork() -> (any RecordedWork)? {
        switch work {
        case .none: return nil
        case .recorded(let work): return work
        case .untried:
            guard wasReplayed else { return nil }
            for input in inputs { input.alias.pointer = input.memory.storage.pointer }
            let streams = surroundings.advances.map {
                StreamName(seed: $0.random.seed, stream: $0.random.stream)
            }
            do throws(Unrecorded) {
                let made = try backend.record(drawingFrom: streams) { run(drawing: false) }
                work = made.map { .recorded($0) } ?? .none(problem: nil)
                return made
            } catch {
                work = .none(problem: error.reason)
                return nil
            }
        }
    }

    /// - Parameter moves: whether the step reads its inputs where it was recorded, and nowhere
    /// else.
    private func lay(_ input: Input, on array: NDArray, moves: Bool) {
        // Where the step works itself, an input would be written over.
        if !moves, array.isContiguous, array.storage.pool !== pool, array.backend === backend {
            input.alias.pointer = array.pointer
        } else {
            input.alias.pointer = input.memory.storage.pointer
            guard array.count > 0 else { return }
            backend.run(.copy, array, array, array, into: input.memory)
        }
    }

    /// - Parameter draws: whether random streams are to go on from where they stand.
    private func run(drawing draws: Bool) {
        if KernelWatch.isOpen {
            for call in calls { KernelCounter.note(call.kernel, call.a, call.b, call.c, call.out) }
        }
        var upload = 0
        calls.withUnsafeBufferPointer { calls in
            for index in calls.indices {
                while upload < uploads.count, uploads[upload].before <= index {
                    write(uploads[upload].bytes, into: uploads[upload].into)
                    upload += 1
                }
                let call = calls[index]
                // Choosing a kernel first would copy it.
                if draws {
                    backend.run(
                        call.kernel.drawing(from: surroundings.advances), call.a, call.b, call.c,
                        into: call.out)
                } else {
                    backend.run(call.kernel, call.a, call.b, call.c, into: call.out)
                }
            }
        }
        for upload in uploads[upload...] { write(upload.bytes, into: upload.into) }
    }

    private func write(_ bytes: [UInt8], into array: NDArray) {
        bytes.withUnsafeBytes { source in
            guard let base = source.baseAddress else { return }
            backend.copyIn(from: base, to: array.pointer, byteCount: source.count)
        }
    }

    private func handOut() -> [NDArray] {
        for index in outputs.indices {
            let output = outputs[index]
            if index == handedOut.count {
                handedOut.append(NDArray(uninitialized: output.shape, output.dtype, on: backend))
            } else if !isKnownUniquelyReferenced(&handedOut[index].storage) {
                handedOut[index] = NDArray(uninitialized: output.shape, output.dtype, on: backend)
            }
            if output.count > 0 {
                backend.run(.copy, output, output, output, into: handedOut[index])
            }
        }
        return handedOut
    }
}

extension Kernel {
    /// The kernel that draws where the streams stand now.
    fileprivate func drawing(from advances: [CapturedStep.Advance]) -> Kernel {
        guard case .draw(let draw, var key) = self else { return self }
        for advance in advances
        where advance.random.seed == key.seed && advance.random.stream == key.stream {
            key.block &+= advance.random.place &- advance.start
        }
        return .draw(draw, key)
    }
}
