import Autograd
import Tensor
import Testing

@Suite("What a captured function uses beside its inputs")
struct CaptureSurroundingsTests {
    private let x = Tensor.constant([3])

    @Test("may be given other elements")
    func data() {
        let w = Tensor.constant([2])
        let f = capture { (x: Tensor) in x * w }
        for index in 0..<9 {
            if index % 3 == 0 { w.data = NDArray([Double(index)]) }
            expect(f(x), [3 * Double(index / 3 * 3)])
        }
        #expect(f.refusal == nil)
    }

    @Test("is read on the host as it is now")
    func readings() {
        let scale = Tensor.constant([2])
        let f = capture { (x: Tensor) in x * scale.item }
        for index in 0..<9 {
            if index % 3 == 0 { scale.assign(Tensor.constant([index])) }
            expect(f(x), [3 * Double(index / 3 * 3)])
        }
        #expect(f.refusal == nil)
    }

    @Test("is read on the host in any dtype, and read again when it gets other elements")
    func readingsOfOtherTypes() {
        let dtypes: [DType] = [.float32, .float64, .bfloat16, .int32]
        for dtype in dtypes {
            let scale = Tensor([2], dtype), row = Tensor([[1, 2], [3, 4]], dtype).transpose()
            let f = capture { (x: Tensor) in x * scale.item + row.values(as: Double.self)[1] }
            for index in 0..<9 {
                if index == 3 { scale.assign(Tensor([5], dtype)) }
                if index == 6 { scale.data = NDArray([7.0]).cast(to: dtype) }
                expect(f(x), [3 * [2, 5, 7][index / 3] + 3.0])
            }
            #expect(f.refusal == nil && f.kernelCount == 1, "\(dtype)")
        }
    }

    @Test("may change with every call; then it runs as it is")
    func alternating() {
        let w = Tensor.constant([2])
        let f = capture { (x: Tensor) in x * w }
        for index in 0..<9 {
            w.data = NDArray([Double(index)])
            expect(f(x), [3 * Double(index)])
        }
        #expect(f.refusal == "with every call, a tensor that it uses is given other elements")
    }

    @Test("is one thread's at a time")
    func threads() {
        let f = capture { (x: Tensor) in x * 2 + 1 }
        let wrong = runOnThreads { thread in
            let x = Tensor.constant([thread])
            return (0..<2000).count(where: { _ in f(x).item != 2 * Double(thread) + 1 })
        }
        #expect(wrong == 0 && f.refusal == nil)
        let graph = Graph { g in ["y": g.placeholder("x", [nil], .float64) * 2] }
        let wrongInGraph = runOnThreads { thread in
            let x = Tensor.constant([thread])
            let expected = 2 * Double(thread)
            return (0..<500).count(where: { _ in graph.run(["x": x])["y"]?.item != expected })
        }
        #expect(wrongInGraph == 0)
    }
}
