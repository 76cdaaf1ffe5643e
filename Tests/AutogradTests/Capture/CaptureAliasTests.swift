import Autograd
import Tensor
import Testing

@Suite("What a captured function does with its inputs")
struct CaptureAliasTests {
    @Test("one that it changes by another name is what it is by now")
    func otherNames() {
        let base = Tensor([1, 2, 3])
        let f = capture { (x: Tensor) -> Tensor in
            base.assign(base * 2)
            return x + 0
        }
        expect(f(Tensor([0, 0, 0])), [0, 0, 0])
        for power in 2..<7 {
            let factor = Double(1 << power)
            expect(f(base), [factor, 2 * factor, 3 * factor])
        }
        #expect(f.refusal == "it changes an input by another name")
        for _ in 0..<3 { expect(f(Tensor([7, 7, 7])), [7, 7, 7]) }
        expect(base, [512, 1024, 1536])
    }

    @Test("one that is returned or read is what it is by now, too")
    func views() {
        let base = Tensor([1, 2])
        var seen: [Double] = []
        let f = capture { (x: Tensor) -> Tensor in
            base.assign(base + 1)
            seen.append(x[0].item)
            return x
        }
        for index in 0..<4 {
            expect(f(base), [Double(index + 2), Double(index + 3)])
            #expect(seen.last == Double(index + 2))
        }
    }

    @Test("one that it leaves as a gradient has it run as it is")
    func gradients() {
        let w = Tensor([1, 2], requiresGrad: true)
        for isView in [false, true] {
            let f = capture { (x: Tensor) -> Tensor in
                w.grad = isView ? x.flip(0) : x
                return x * 2
            }
            for index in 0..<5 {
                _ = f(Tensor([Double(index), 1], .float32))
                expect(w.grad, isView ? [1, Double(index)] : [Double(index), 1])
            }
            #expect(f.refusal?.contains("leaves an input") ?? false)
        }
    }
}
