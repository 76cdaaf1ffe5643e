import CKernels
import StrictDevice
import Testing

@testable import Tensor

private let x = NDArray([1, 2, 3] as [Float])
private let double = FusedProgram([
    FusedProgram.Instruction(
        kernel: .binary(.add, 0), [.array(0), .array(1)], dtype: .float32)
])

@Suite("What a kernel asks of its operands")
struct KernelCheckTests {
    private func sentence(
        _ expected: String, _ result: ExitTest.Result?,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains(expected), "\(text)", sourceLocation: sourceLocation)
    }

    @Test("random words have 32 bits")
    func words() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let key = RandomKey(seed: 1, stream: 0, block: 0)
            Kernel.draw(.words, key).run(into: NDArray.full([4], 0, .int8))
        }
        sentence("words: needs contiguous words of 32 bits, not int8 [4]", result)
    }

    @Test("scattering nothing leaves the table as it is", arguments: [DType.float32, .float16])
    func emptyIndex(_ dtype: DType) {
        let table = NDArray([1, 2, 3] as [Float]).cast(to: dtype)
        let nothing = NDArray.full([0], 0, dtype)
        Kernel.scatter(.add).run(nothing, NDArray.full([0], 0, .int64), into: table)
        #expect(table.values(as: Float.self) == [1, 2, 3])
    }

    @Test("joined kernels work beside their arrays, on one device")
    func fused() async {
        let out = NDArray.full([3], 0, .float32)
        Kernel.fused(double, ArrayList([x, x])).run(into: out)
        #expect(out.values(as: Float.self) == [2, 4, 6])
        let elsewhere = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let far = x.on(StrictBackend.shared)
            Kernel.fused(double, ArrayList([x, far])).run(
                into: NDArray.full([3], 0, .float32))
        }
        sentence("operands lie on strict and cpu", elsewhere)
        let shifted = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let whole = NDArray.full([4], 1, .float32)
            let (front, back) = (
                whole.slice(axis: 0, start: 0, count: 3), whole.slice(axis: 0, start: 1, count: 3)
            )
            Kernel.fused(double, ArrayList([front, front])).run(into: back)
        }
        sentence("the output shares memory with an operand", shifted)
        let unlisted = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            Kernel.fused(double, ArrayList([x])).run(
                into: NDArray.full([3], 0, .float32))
        }
        sentence("add: needs arrays that are listed", unlisted)
    }

    @Test("division by zero is told of the first element, whichever thread meets one first")
    func firstDivision() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            // The second piece meets its zero last, the third one at once.
            let (last, all) = (1 << 16 - 1, 1 << 18)
            let divisor = (0..<all).map { $0 < last ? 1 : ($0 - last) % 2 }
            _ = NDArray([7]).zip(.mod, NDArray(divisor))
        }
        sentence("division by zero, met first at position 65535 of", result)
    }

    @Test("places of an index are found on all threads, and the first that is none")
    func positions() async {
        let index = NDArray.range(-50_000, 50_000)
        let places = NDArray.full([100_000], 0, .int64)
        Kernel.positions(below: 50_000, "test").run(index, into: places)
        #expect(places.values(as: Int.self) == Array(0..<50_000) + Array(0..<50_000))
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let index = NDArray.range(0, 100_000)
            Kernel.positions(below: 40_000, "test").run(
                index, into: NDArray.full([100_000], 0, .int64))
        }
        sentence("test: index 40000 is out of range for size 40000", result)
    }

    /// Kernels that read what they have not written yet, with an operand that their output
    /// replaces.
    enum Overwriting: Int, CaseIterable, Codable {
        case softmax, scan, order, distances, gather, bias, mask

        func run() {
            let x = NDArray.full([4, 4], 1, .float32), index = NDArray.range(0, 4)
            switch self {
            case .softmax: Kernel.softmax(logarithm: false).run(x, into: x)
            case .scan: Kernel.scan(.sum).run(x, into: x)
            case .order: Kernel.ordering(.sort(descending: false)).run(index, into: index)
            case .distances: Kernel.distances(order: 2).run(x, x.copy(), into: x)
            case .gather: Kernel.gather.run(index, index, into: index)
            case .bias:
                let row = x.select(axis: 0, index: 0)
                Kernel.matmul(bias: true, relu: false).run(x.copy(), x.copy(), row, into: x)
            case .mask:
                let queries = NDArray.full([1, 1, 1, 1], 1, .float32)
                Kernel.attention(AttentionRule(scale: 1), ArrayList([queries])).run(
                    queries.copy(), queries.copy(), queries.copy(), into: queries)
            }
        }
    }

    @Test(
        "no kernel writes over what it reads, unless it reads each element first",
        arguments: Overwriting.allCases)
    func overwriting(_ kernel: Overwriting) async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { [kernel] in kernel.run() }
        sentence("the output shares memory with an operand", result)
    }

    @Test("one element that isn't finite is found among many arrays")
    func finite() {
        let ones = NDArray.full([40_000], 1, .float32)
        let spoiled = (0..<40_000).map { $0 == 39_999 ? Float.infinity : 1 }
        #expect(NDArray.allFinite([ones, ones]).scalar == 1)
        #expect(NDArray.allFinite([ones, NDArray(spoiled), ones]).scalar == 0)
        #expect(NDArray.allFinite([NDArray([Float.nan])]).scalar == 0)
        #expect(NDArray.allFinite([]).scalar == 1)
    }

    @Test("batches of integer products are those of each")
    func integerBatches() {
        let a = NDArray.range(0, 6 * 70 * 40).cast(to: .int32).reshape([6, 70, 40])
        let b = NDArray.range(0, 6 * 40 * 90).cast(to: .int32).reshape([6, 40, 90])
        let all = a.matmul(b)
        for batch in 0..<6 {
            let one = a.select(axis: 0, index: batch).matmul(b.select(axis: 0, index: batch))
            let same = all.select(axis: 0, index: batch).values(as: Int.self)
            #expect(one.values(as: Int.self) == same)
        }
    }

    @MainActor
    @Test("a task draws as outside when the batches it was started in have ended")
    func lateDraws() async {
        let task = DrawScope.with(size: 2, lift: { $0 }) {
            Task { @MainActor in
                DrawScope.with(size: 3, lift: { $0 }) {
                    Tensor.normal([4], using: Random(seed: 1)).shape
                }
            }
        }
        #expect(await task.value == [3, 4])
    }
}
