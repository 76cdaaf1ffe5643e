import Autograd
import Tensor
import Testing

@Suite("A captured function tells its inputs apart")
struct CaptureInputTests {
    private let x = Tensor([1, 2] as [Float])
    private let y = Tensor([10, 20] as [Float])

    private func values(_ tensor: Tensor) -> [Float] { tensor.values() }

    @Test("by what is nil")
    func optionals() {
        let f = capture { (a: Tensor?, b: Tensor?) in (a ?? Tensor(0.0)) - (b ?? Tensor(0.0)) }
        for _ in 0..<3 {
            #expect(values(f(x, nil)) == [1, 2])
            #expect(values(f(nil, x)) == [-1, -2])
        }
    }

    @Test("by the counts of arrays")
    func arrays() {
        let f = capture { (a: [Tensor], b: [Tensor]) in
            a.reduce(Tensor(0.0), +) - b.reduce(Tensor(0.0), +)
        }
        for _ in 0..<3 {
            #expect(values(f([x], [y, y])) == [-19, -38])
            #expect(values(f([x, y], [y])) == [1, 2])
        }
    }

    @Test("by the keys of dictionaries")
    func dictionaries() {
        let f = capture { (inputs: [String: Tensor]) in
            (inputs["a"] ?? Tensor(0.0)) - (inputs["b"] ?? Tensor(0.0))
        }
        for _ in 0..<3 {
            #expect(values(f(["a": x])) == [1, 2])
            #expect(values(f(["b": x])) == [-1, -2])
        }
    }

    private struct Pair: TensorTree {
        var left: Tensor?
        var right: [Tensor]
        func mapLeaves(_ f: (Tensor) -> Tensor) -> Pair {
            Pair(left: left.map(f), right: right.map(f))
        }
    }

    private enum Side: TensorTree {
        case left(Tensor)
        case right(Tensor)
        func mapLeaves(_ f: (Tensor) -> Tensor) -> Side {
            switch self {
            case .left(let x): .left(f(x))
            case .right(let x): .right(f(x))
            }
        }
    }

    @Test("by the properties and cases of trees of one's own")
    func trees() {
        let f = capture { (pair: Pair) in
            (pair.left ?? Tensor(0.0)) - pair.right.reduce(Tensor(0.0), +)
        }
        let g = capture { (side: Side) -> Tensor in
            switch side {
            case .left(let x): return x * 1
            case .right(let x): return x * -1
            }
        }
        for _ in 0..<3 {
            #expect(values(f(Pair(left: x, right: []))) == [1, 2])
            #expect(values(f(Pair(left: nil, right: [x]))) == [-1, -2])
            #expect(values(g(.left(x))) == [1, 2])
            #expect(values(g(.right(x))) == [-1, -2])
        }
    }

    @Test("counts the kernels of the step that it ran last")
    func counts() {
        let f = capture { (x: Tensor) in x.count > 2 ? x * 2 : x.softmax().cumsum() }
        let longer = Tensor([1, 2, 3] as [Float])
        for _ in 0..<3 { _ = f(x) }
        let count = f.kernelCount
        #expect((count ?? 0) > 1)
        for _ in 0..<3 { _ = f(longer) }
        #expect(f.kernelCount == 1)
        _ = f(x)
        #expect(f.kernelCount == count)
    }

    @Test("refuses streams that can't be told apart, and draws as the function does")
    func streams() {
        func pair() -> [Random] { [Random(seed: 1), Random(seed: 1)] }
        let (own, captured) = (pair(), pair())
        func draw(_ x: Tensor, _ randoms: [Random]) -> Tensor {
            x + Tensor.normal([2], using: randoms[0]) * Tensor.uniform([2], using: randoms[1])
        }
        let f = capture { (x: Tensor) in draw(x, captured) }
        for _ in 0..<5 { #expect(values(f(x)) == values(draw(x, own))) }
        #expect(f.refusal?.contains("two random streams of one seed") == true)
    }

    @Test("steps whose own streams have one seed are replayed")
    func ownStreams() {
        func draw(_ x: Tensor) -> Tensor {
            x + Tensor.normal([2], using: Random(seed: 1))
                * Tensor.uniform([2], using: Random(seed: 1))
        }
        let f = capture { (x: Tensor) in draw(x) }
        for _ in 0..<4 { #expect(values(f(x)) == values(draw(x))) }
        #expect(f.refusal == nil && f.kernelCount != nil)
    }

    @Test("a tangent has the structure of its point")
    func tangents() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let x = Tensor([1, 2] as [Float])
            _ = jvp(
                { (x: [Tensor?]) in x[0] ?? x[1] ?? Tensor(0.0) }, at: [x, nil], along: [nil, x])
        }
        expectSentence(result, "jvp: the tangent differs from the point in structure")
    }
}
