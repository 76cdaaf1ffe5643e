import Autograd
import Tensor
import Testing

@Suite("A captured function that a replay couldn't follow")
struct CaptureRefusalTests {
    /// Calls a function as it is and captured, each made anew, on 1, 2, 3, …: results and inputs
    /// must be the same, and the captured one runs as it is for the reason given, if any.
    private func check(
        _ refusal: String?, sourceLocation: SourceLocation = #_sourceLocation,
        _ make: () -> (Tensor) -> Tensor
    ) {
        let (plain, captured) = (make(), capture(make()))
        for index in 1...7 {
            let (mine, its) = (Tensor.constant([index, 1]), Tensor.constant([index, 1]))
            let (expected, result) = (plain(mine), captured(its))
            #expect(
                result.values(as: Double.self) == expected.values(), sourceLocation: sourceLocation)
            #expect(its.values(as: Double.self) == mine.values(), sourceLocation: sourceLocation)
        }
        let said = captured.refusal
        if let refusal {
            #expect(
                said?.contains(refusal) == true, "\(said ?? "nil")", sourceLocation: sourceLocation)
        } else {
            #expect(said == nil && captured.kernelCount != nil, sourceLocation: sourceLocation)
        }
    }

    @Test("writes into its inputs")
    func inputs() {
        check("writes into an input") {
            { x in
                x.assign(x + 1)
                return x * 10
            }
        }
        check("writes into an input") {
            var calls = 0
            return { x in
                calls += 1
                if calls == 2 { x.assign(x + 1) }
                return x * 10
            }
        }
        let double = capture { (x: Tensor, y: Tensor) -> Tensor in
            x.assign(x + 1)
            return x + y
        }
        let x = Tensor.constant([0])
        for index in 1...5 { expect(double(x, x), [2 * Double(index)]) }
    }

    @Test("draws on the host")
    func draws() {
        check("random number on the host") {
            let random = Random(seed: 1)
            return { x in x * Double(random.next() % 100) }
        }
        check("random number on the host") {
            var random = Random(seed: 1)
            return { x in x * Int.random(in: 0..<1000, using: &random) }
        }
        check("sets the position") {
            let random = Random(seed: 1)
            return { x in
                random.position = 5
                return x + Tensor.uniform([2], .float64, using: random)
            }
        }
        check("reads the position") {
            let random = Random(seed: 1)
            return { x in
                let position = Double(random.position)
                return x + Tensor.uniform([2], .float64, using: random) * position
            }
        }
    }

    @Test("reads what it changes")
    func readings() {
        check("reads the values of a tensor that it changes") {
            let state = Tensor.constant([1])
            return { x in
                let before = state.item
                state.assign(state + x.sum())
                return x * before
            }
        }
    }

    @Test("gives a tensor other elements")
    func assignments() {
        check("write into the old") {
            let state = Tensor.constant([1, 2])
            return { x in
                state.data = (state * 2 + x).data
                return state * 1
            }
        }
        check("write into the old") {
            let state = Tensor.constant([1, 2])
            return { x in
                state.data = (x * 2).data
                return state
            }
        }
        check("write into the old") {
            let (a, b) = (Tensor.constant([1, 2]), Tensor.constant([3, 4]))
            return { x in
                (a.data, b.data) = (b.data, a.data)
                return a * x
            }
        }
        check(nil) {
            { x in
                let own = x * 2
                own.data = (own + 1).data
                return own
            }
        }
    }

    @Test("reads gradients from before")
    func gradients() {
        let w = Tensor.leaf([2])
        let slope = capture { (x: Tensor) in (w.grad ?? .zeros([1], .float64)) * x }
        for index in 1...7 {
            w.zeroGrad()
            (w * index).sum().backward()
            expect(slope(Tensor.constant([10])), [10 * Double(index)])
        }
        #expect(slope.refusal?.contains("gradient from before") == true)
        w.zeroGrad()
        expect(slope(Tensor.constant([10])), [0])
    }

    @Test("gives results with elements of their own, whoever changes them later")
    func results() {
        let state = Tensor.constant([0])
        let count = capture { (x: Tensor) in
            state.assign(state + x)
            return state
        }
        let kept = (0..<5).map { _ in count(Tensor.constant([1])) }
        #expect(kept.map(\.item) == [1, 2, 3, 4, 5] && state.item == 5)
        #expect(count.refusal == nil)
    }

    @Test("takes what it changes itself as an input")
    func ownInputs() {
        let (state, other) = (Tensor.constant([1]), Tensor.constant([1]))
        func body(_ state: Tensor) -> (Tensor) -> Tensor {
            { x in
                state.assign(state + 1)
                return x + state
            }
        }
        let (plain, captured) = (body(state), capture(body(other)))
        for index in 0..<6 {
            let x = Tensor.constant([index])
            expect(captured(x), [plain(x).item])
            if index > 3 { expect(captured(other), [plain(state).item]) }
        }
        let w = Tensor.leaf([3])
        let step = capture { (x: Tensor) in
            w.zeroGrad()
            (w * w * x).sum().backward()
            return x * 2
        }
        for _ in 0..<3 { _ = step(Tensor.constant([1])) }
        // The gradient that the replay overwrites: 6, then 6 · 6.
        guard let gradient = w.grad else { return }
        expect(step(gradient), [12])
        expect(w.grad, [36])
    }

    @Test("follows a random stream that is set back")
    func streams() {
        let random = Random(seed: 1, position: 7)
        let noisy = capture { (x: Tensor) in x + Tensor.uniform([3], using: random) }
        let draw = { (position: UInt64) in
            Tensor.uniform([3], using: Random(seed: 1, position: position)).values(as: Double.self)
        }
        let x = Tensor.zeros([3])
        for position in [7, 8, 9, 0, 1, 1000, 3] as [UInt64] {
            random.position = position
            #expect(noisy(x).values(as: Double.self) == draw(position))
            #expect(random.position == position + 1)
        }
        #expect(noisy.refusal == nil)
    }
}
