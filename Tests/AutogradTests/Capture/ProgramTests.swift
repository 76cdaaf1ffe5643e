import Autograd
import StrictDevice
import Tensor
import Testing

@Suite("The kernels of a captured function")
struct ProgramTests {
    /// The function on four inputs, and how many kernels were left of how many.
    private func check(
        _ shape: Shape = [300, 7], sourceLocation: SourceLocation = #_sourceLocation,
        _ f: @escaping (Tensor) -> Tensor
    ) -> (left: Int, recorded: Int) {
        let captured = capture(f)
        for seed in 0..<4 {
            let x = Tensor(Random(seed: UInt64(seed)).normal(shape))
            #expect(
                captured(x).values(as: Float.self) == f(x).values(as: Float.self),
                sourceLocation: sourceLocation)
        }
        #expect(captured.refusal == nil, sourceLocation: sourceLocation)
        return (captured.kernelCount ?? 0, captured.recordedKernelCount ?? 0)
    }

    @Test("neighbours that work element by element are one pass")
    func fusion() {
        #expect(check { (($0 * 2 + 1).tanh() * $0).exp() }.left == 1)
        #expect(check { x in (x.sin() + x.cos()) * (x.sin() - x.cos()) }.left == 1)
        // What two others use is handed to both.
        let shared = check { x in
            let sine = x.sin()
            return (sine + 1) * (sine - 1)
        }
        #expect(shared.left == 1)
        // What another kernel reads as well is written, by the same pass.
        let kept = check { x in
            let sine = x.sin()
            return (sine + 1) * (sine - 1) + sine.softmax(axis: 1)
        }
        #expect(kept.left == 3)
        // A sum in between takes a pass of its own.
        let softplus = check { x in (x.exp() + 1).log() / (x.exp() + 1).log().sum() }
        #expect(softplus.left < softplus.recorded)
        #expect(check([1]) { (($0 + 1) * 3).exp() }.left == 1)
        #expect(check([0, 4]) { ($0 + 1) * 3 }.left == 0)
    }

    @Test("conversions between floats are part of a pass", arguments: [DType.float16, .bfloat16])
    func conversions(_ half: DType) {
        // To the half and back, in between, at both ends.
        #expect(check { ($0 * 3).cast(to: half).cast(to: .float32).exp() }.left == 1)
        #expect(check { (($0.cast(to: half) * 3).tanh() + 1).cast(to: .float32) }.left == 1)
        #expect(check { ($0 + 1).cast(to: half).cast(to: .float64).cast(to: .float32) }.left > 1)
        // A wide result of a half, and a half that a product reads too.
        let narrow = check { x in
            let y = (x * 2).cast(to: half)
            return (y.matmul(y.transpose(0, 1)).cast(to: .float32) * 2).sum() + y.cast(to: .float32)
        }
        #expect(narrow.left < narrow.recorded)
    }

    @Test("products and convolutions rectify what they store")
    func rectifiers() {
        let random = Random(seed: 7)
        let w = Tensor(random.normal([7, 9]))
        let kernel = Tensor(random.normal([4, 3, 3, 3]))
        func images(_ x: Tensor) -> Tensor { x.reshape([2, 3, 10, 35]) }
        #expect(check { $0.matmul(w).relu() }.left == 1)
        #expect(check { images($0).conv2d(kernel).relu() }.left == 1)
        // What is read before it is rectified stays, and so do halves, whose zeros may have a sign.
        #expect(
            check {
                let y = $0.matmul(w); return y.relu() + y
            }.left > 1)
        let half = w.cast(to: .bfloat16)
        #expect(check { $0.cast(to: .bfloat16).matmul(half).relu().cast(to: .float32) }.left == 3)
        // A part of a product, and one that is rectified in another shape.
        #expect(check { $0.matmul(w)[0..<10].relu() }.left == 2)
        #expect(check { $0.matmul(w).reshape([9, 300]).relu() }.left == 1)
        // Negative zeros and what is no number, each a product of its own.
        let special: [Float] = [-0.0, .nan, -.infinity, .infinity, 1, -1, 0]
        let row = Tensor(special).reshape([1, 7])
        let single = capture { (x: Tensor) in x.matmul(row).relu() }
        for factor in [1, -1, 0.5, 0] as [Float] {
            let x = Tensor([factor, 2 * factor]).reshape([2, 1])
            let bits = x.matmul(row).relu().values(as: Float.self).map(\.bitPattern)
            #expect(single(x).values(as: Float.self).map(\.bitPattern) == bits)
            #expect(bits.contains { Float(bitPattern: $0).isNaN })
        }
        #expect(single.kernelCount == 1)
    }

    @Test("what is assigned to a state is written there")
    func assignments() {
        func average(_ count: Int, _ change: @escaping (Tensor, Tensor) -> Tensor) -> Int {
            let states = (0..<2).map { _ in Tensor.zeros([count]) }
            func step(_ state: Tensor, _ x: Tensor) -> Tensor {
                noGrad { state.assign(change(state, x)) }
                return x.sum()
            }
            let captured = capture { (x: Tensor) in step(states[0], x) }
            for seed in 0..<5 {
                let x = Tensor(Random(seed: UInt64(seed)).normal([count]))
                #expect(captured(x).item(as: Float.self) == step(states[1], x).item(as: Float.self))
                #expect(
                    states[0].values(as: Float.self).map(\.bitPattern)
                        == states[1].values(as: Float.self).map(\.bitPattern))
            }
            #expect(captured.refusal == nil)
            return captured.kernelCount ?? 0
        }
        let rest = 1
        #expect(average(70) { $0 + ($1 - $0) * 0.1 } == 1 + rest)
        #expect(average(70) { $0 * 2 + $1 } == 1 + rest)
        #expect(average(70) { $1.exp() } == 1 + rest)
        #expect(
            average(64) { $0.reshape([8, 8]).matmul($1.reshape([8, 8])).flatten() } > 1 + rest)
        #expect(
            average(64) { $1.reshape([8, 8]).matmul($1.reshape([8, 8])).flatten() } == 1 + rest)
        // A copy on the way.
        #expect(average(70) { ($0 + $1).copy() } <= 2 + rest)
        #expect(average(70) { $1.copy().copy() } <= 2 + rest)
        // What is read backwards, or twice.
        #expect(average(70) { $0.flip(0) + $1 } > 1 + rest)
        #expect(
            average(70) {
                let y = $0 + $1; return y + y.sum()
            } > 2 + rest)
    }

    @Test("one element of a result is not taken for all of it")
    func elements() {
        _ = check([4]) { x in x * (x + 1)[0] }
        _ = check([4]) { x in x - (x * 3).exp()[2...2] }
        _ = check([3, 5]) { x in x * (x + 1)[1, 2] + x }
    }

    @Test("a divisor that becomes 0 is found in the midst of other functions")
    func division() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let divisor = Tensor([1, 2, 3])
            let f = capture { (x: Tensor) in (x + 1).floorDivide(divisor) + 1 }
            for _ in 0..<4 { _ = f(Tensor([4, 5, 6])).values(as: Float.self) }
            divisor.assign(Tensor([1, 0, 3]))
            _ = f(Tensor([4, 5, 6])).values(as: Float.self)
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("floorDivide: "), "\(text)")
        let divisor = Tensor([1, 2, 3])
        #expect(check([5, 3]) { (x: Tensor) in (x + 1).floorDivide(divisor) + 1 }.left == 3)
    }

    /// An operation that ends the program for some operands: it is given 1 and 1, then `bad` and 1.
    enum Failing: String, CaseIterable, Codable {
        case floorDivide, take, cholesky, inverse

        var bad: Double {
            switch self {
            case .floorDivide, .inverse: 0
            case .take: 9
            case .cholesky: -1
            }
        }

        func use(_ x: Tensor) {
            let table = Tensor([10, 20], .int64)
            switch self {
            case .floorDivide: _ = table.floorDivide(x.cast(to: .int64))
            case .take: _ = table.take(x.cast(to: .int64))
            case .cholesky: _ = x.diag().cholesky()
            case .inverse: _ = x.diag().inverse()
            }
        }
    }

    @Test("what may end the program is computed though nobody uses it", arguments: Failing.allCases)
    func failures(operation: Failing) async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { [operation] in
            let f = capture { (x: Tensor) -> Tensor in
                operation.use(x)
                return x + 1
            }
            for _ in 0..<4 { _ = f(Tensor([1.0, 1.0])).values(as: Float.self) }
            precondition(f.refusal == nil)
            _ = f(Tensor([operation.bad, 1.0])).values(as: Float.self)
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("\(operation.rawValue): "), "\(text)")
    }

    @Test("draws are repeated in a checkpoint, and differ by example where that is asked for")
    func scopedDraws() {
        let random = Random(seed: 3), x = Tensor([1, 2, 3] as [Float])
        let noise = capture { (x: Tensor) in Tensor.uniform(like: x, using: random) }
        for _ in 0..<4 { _ = noise(x) }
        var seen: [[Float]] = []
        _ = grad { (x: Tensor) in
            checkpoint { (u: Tensor) in
                let drawn = noise(u.detach())
                seen.append(drawn.values(as: Float.self))
                return (u * drawn).sum()
            }(x)
        }(x)
        #expect(seen.count == 2 && seen[0] == seen[1])
        let rows = vmap({ (row: Tensor) in row * 0 + noise(x) }, randomness: .different)(
            Tensor.ones([2, 3]))
        #expect(rows[0].values(as: Float.self) != rows[1].values(as: Float.self))
    }

    @Test("tensors are made on the device of the scope that it is called in")
    func devices() {
        let strict = StrictBackend.shared.device
        let ones = capture { (x: [Tensor]) in [Tensor.ones([2]) * 3] }
        for _ in 0..<3 { #expect(ones([])[0].device == .cpu) }
        for _ in 0..<3 {
            #expect(Device.with(strict) { ones([])[0].device } == strict)
        }
        #expect(ones([])[0].device == .cpu)
    }

    @Test("what must hold of operands is asked in replays, too")
    func requirements() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let f = capture { (w: Tensor) in Tensor([[1, 2], [3, 5]]).cov(frequencies: w) }
            for _ in 0..<4 { _ = f(Tensor([1, 1], .int64)).values(as: Float.self) }
            precondition(f.refusal == nil)
            _ = f(Tensor([1, -2], .int64)).values(as: Float.self)
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("cov: a frequency is not a whole number from 0 up"), "\(text)")
    }

    @Test("long chains are cut where a pass gets too long")
    func chains() {
        let long = check { x in (0..<100).reduce(x) { y, _ in (y * 0.99 + x).sin() } }
        #expect(long.recorded >= 300 && long.left < 40)
    }

    @Test("what is broadcast, transposed or of another dtype stays apart and right")
    func others() {
        _ = check { x in (x + x.sum(axis: 0)).exp() * x.mean() }
        _ = check { x in (x.transpose() * 2).transpose() + x.transpose().transpose() }
        _ = check { x in ((x .> 0).cast(to: .float32) * 3 + x).tanh() }
        _ = check { x in (x.cast(to: .float64) * 1.1 + 1).cast(to: .float32) * 2 }
        _ = check { x in (x.cast(to: .float16) * 2 + 1).cast(to: .float32) }
    }

    @Test("what nobody uses is not computed, and constants only once")
    func deadAndConstant() {
        let dead = check { x in
            _ = x.matmul(x.transpose())
            return x + 1
        }
        #expect(dead.left == 1 && dead.recorded >= 2)
        let constant = check { x in
            let table = (Tensor.arange(0, 7, .float32) * 0.5).sin().exp()
            return x * table
        }
        #expect(constant.left == 1)
        let changed = check { x in
            let c = Tensor.zeros([300, 7])
            c.data.assign((c + x).data)
            let first = c * 2
            c.data.assign((c + 1).data)
            return first + c
        }
        #expect(changed.left > 1)
    }

    @Test("memory is shared by what isn't needed at the same time")
    func memory() {
        let captured = capture { (x: Tensor) in
            (0..<20).reduce(x) { y, _ in y.matmul(x).tanh() }
        }
        let x = Tensor(Random(seed: 1).normal([64, 64])) * 0.1
        for _ in 0..<3 { _ = captured(x) }
        #expect((captured.byteCount ?? .max) < 6 * 64 * 64 * 4)
    }
}
