@testable import Tensor

/// Calls on arrays that begin with given elements, run as they are and as a captured step would.
final class StepSample {
    private(set) var calls: [CaptureProgram.Call] = []
    private var storages: [(storage: Storage, bytes: [UInt8])] = []
    private var temporary: Set<ObjectIdentifier> = []
    private var own: Set<ObjectIdentifier> = []

    enum Owner {
        /// The step's alone.
        case step
        /// The step makes it, and somebody looks at it afterwards.
        case held
        /// It was there before.
        case outside
    }

    /// An array in a storage of its own.
    func array(_ elements: NDArray, _ owner: Owner = .outside) -> NDArray {
        let storage = Storage(standingFor: elements.storage)
        storages.append((storage, elements.withUnsafeBytes { Array($0) }))
        if owner == .step { temporary.insert(ObjectIdentifier(storage)) }
        if owner != .outside { own.insert(ObjectIdentifier(storage)) }
        return elements.placed(in: storage)
    }

    func add(_ kernel: Kernel, _ operands: NDArray..., into out: NDArray) {
        let a = operands.first ?? out
        calls.append(
            CaptureProgram.Call(
                kernel: kernel, a: a, b: operands.dropFirst().first ?? a,
                c: operands.dropFirst(2).first ?? a, out: out))
    }

    func upload(_ bytes: [UInt8], into out: NDArray) {
        calls.append(
            CaptureProgram.Call(kernel: .copy, a: out, b: out, c: out, out: out, bytes: bytes))
    }

    /// The calls as they were recorded.
    var recorded: CaptureProgram {
        CaptureProgram(calls: calls, temporary: temporary, own: own)
    }

    /// The calls as a captured step has them.
    var improved: CaptureProgram {
        var program = recorded
        program.improve()
        return program
    }

    /// What the arrays hold that outlive the step, after two runs of the calls as they are.
    var expected: [[UInt8]] {
        run(CaptureProgram(calls: calls, temporary: [], own: []))
    }

    /// The same after two runs of a program, in memory as it plans it.
    func run(_ program: CaptureProgram) -> [[UInt8]] {
        let (places, byteCount) = program.planMemory()
        let block = [UInt8](repeating: 0xff, count: byteCount + 64)
        let memory = storages.map { Array($0.bytes) }
        return withMemory(memory + [block]) { pointers in
            for (index, pointer) in pointers.dropLast().enumerated() {
                storages[index].storage.pointer = pointer
            }
            for (storage, offset) in places { storage.pointer = pointers[memory.count] + offset }
            for call in program.constants { run(call) }
            for _ in 0..<2 {
                for call in program.calls { run(call) }
            }
            return storages.filter { !temporary.contains(ObjectIdentifier($0.storage)) }.map {
                Array(UnsafeRawBufferPointer(start: $0.storage.pointer, count: $0.bytes.count))
            }
        }
    }

    private func run(_ call: CaptureProgram.Call) {
        if let bytes = call.bytes {
            bytes.withUnsafeBytes { source in
                guard let base = source.baseAddress else { return }
                call.out.pointer.copyMemory(from: base, byteCount: source.count)
            }
        } else {
            call.kernel.check(call.a, call.b, call.c, call.out)
            CPUBackend.shared.run(call.kernel, call.a, call.b, call.c, into: call.out)
        }
    }

    private func withMemory<R>(
        _ blocks: [[UInt8]], _ body: ([UnsafeMutableRawPointer]) -> R
    ) -> R {
        let pointers = blocks.map { bytes in
            let pointer = UnsafeMutableRawPointer.allocate(
                byteCount: max(1, bytes.count), alignment: 64)
            bytes.withUnsafeBytes { source in
                guard let base = source.baseAddress else { return }
                pointer.copyMemory(from: base, byteCount: source.count)
            }
            return pointer
        }
        defer { for pointer in pointers { pointer.deallocate() } }
        return body(pointers)
    }
}

extension CaptureProgram {
    /// The names of its kernels.
    var names: [String] { calls.map(\.kernel.name) }
}
