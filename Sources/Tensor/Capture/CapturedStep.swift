/// A kernel and what it was called with; the arrays hold no reference to their memory.
struct CapturedCall {
    let kernel: Kernel
    let a: NDArray
    let b: NDArray
    let c: NDArray
    let out: NDArray
}

/// The kernels of a step with the memory they work in: running them again makes no graph and, but for
/// results that somebody keeps, allocates nothing.
package final class CapturedStep {
    struct Input {
        /// Where the step was recorded.
        let memory: NDArray
        /// What stands for that memory in the calls: it can be laid on other memory of the same shape.
        let alias: Storage
        let isWritten: Bool
    }

    /// A random stream that the step draws from, and how far.
    struct Advance {
        let random: Random
        let start: UInt64
        let end: UInt64
    }

    private let backend: any Backend
    private let pool: CapturePool
    private let calls: [CapturedCall]
    private let uploads: [(before: Int, bytes: [UInt8], into: Storage)]
    private let inputs: [Input]
    private let outputs: [NDArray]
    private var handedOut: [NDArray]
    private let outside: [Storage]
    private let changed: [Storage]
    private let advances: [Advance]
    private let feeds: [any StepInput]
    private let conditions: [() -> Bool]
    private let results: [() -> Void]

    init(
        backend: any Backend, pool: CapturePool, calls: [CapturedCall],
        uploads: [(before: Int, bytes: [UInt8], into: Storage)], inputs: [Input],
        outputs: [NDArray], outside: [Storage], changed: [Storage], advances: [Advance],
        feeds: [any StepInput], conditions: [() -> Bool], results: [() -> Void]
    ) {
        self.backend = backend
        self.pool = pool
        self.calls = calls
        self.uploads = uploads
        self.inputs = inputs
        self.outputs = outputs
        handedOut = []
        self.outside = outside
        self.changed = changed
        self.advances = advances
        self.feeds = feeds
        self.conditions = conditions
        self.results = results
    }

    /// How many kernels a replay runs.
    package var kernelCount: Int { calls.count }
    /// The memory that everything computed in the step lies in.
    package var byteCount: Int { pool.byteCount }

    /// Whether what the step took for granted still holds.
    package var isValid: Bool { conditions.allSatisfy { $0() } }

    /// Runs the kernels on other inputs, of the shapes and dtypes they were recorded with.
    ///
    /// - Returns: the outputs, in memory that the next replay leaves alone if somebody still holds it.
    package func replay(_ arrays: [NDArray]) -> [NDArray] {
        for (input, array) in zip(inputs, arrays) { lay(input, on: array) }
        for feed in feeds { feed.update() }
        run()
        for advance in advances { advance.random.position += advance.end - advance.start }
        for storage in changed { storage.version &+= 1 }
        for action in results { action() }
        defer { withExtendedLifetime(arrays) {} }
        return handOut()
    }

    private func lay(_ input: Input, on array: NDArray) {
        if array.isContiguous, !input.isWritten, array.backend === backend {
            input.alias.pointer = array.pointer
        } else {
            input.alias.pointer = input.memory.storage.pointer
            backend.run(.copy, array, array, array, into: input.memory)
        }
    }

    private func run() {
        var upload = 0
        calls.withUnsafeBufferPointer { calls in
            for index in calls.indices {
                while upload < uploads.count, uploads[upload].before <= index { write(&upload) }
                if advances.isEmpty {
                    let call = calls[index]
                    backend.run(call.kernel, call.a, call.b, call.c, into: call.out)
                } else {
                    let call = calls[index]
                    backend.run(
                        call.kernel.drawing(from: advances), call.a, call.b, call.c, into: call.out)
                }
            }
        }
        while upload < uploads.count { write(&upload) }
    }

    private func write(_ upload: inout Int) {
        let (_, bytes, storage) = uploads[upload]
        upload += 1
        bytes.withUnsafeBytes { source in
            guard let base = source.baseAddress else { return }
            backend.copyIn(from: base, to: storage.pointer, byteCount: source.count)
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
        func moved(_ key: RandomKey) -> RandomKey {
            var key = key
            for advance in advances
            where advance.random.seed == key.seed && advance.random.stream == key.stream {
                key.block += advance.random.position - advance.start
            }
            return key
        }
        switch self {
        case .uniform(let key, let low, let high): return .uniform(moved(key), low: low, high: high)
        case .normal(let key, let mean, let deviation):
            return .normal(moved(key), mean: mean, deviation: deviation)
        case .words(let key): return .words(moved(key))
        case .dropout(let key, let rate): return .dropout(moved(key), rate: rate)
        default: return self
        }
    }
}
