import FakeTensor
import FoundationEssentials
import Testing

/// The pieces of code of docs/autograd.md.
@Suite("The tour of autograd")
struct TourTests {
    @Test("an expression remembers how it was computed")
    func expression() {
        let x = Tensor([1, 2, 3], requiresGrad: true)
        let y = (x * x).sum()
        y.backward()
        // x.grad: [2.0, 4.0, 6.0]
        #expect(x.grad?.values() == [Float(2), 4, 6])
        #expect(y.item == 14 && y.parents.isEmpty)
    }

    @Test("operations can be differentiated to any order")
    func orders() {
        let f = { (x: Tensor) in x ** 5 }
        let x = Tensor(2, .float64)
        #expect(grad(f)(x).item == 80)
        #expect(grad(grad(grad(f)))(x).item == 240)
    }

    @Test("a pass can be recorded itself")
    func again() {
        let x = Tensor(3, .float64, requiresGrad: true)
        (x ** 3).backward(createGraph: true)
        let slope = x.grad
        x.zeroGrad()
        slope?.backward()
        #expect(x.grad?.item == 18)
    }

    @Test("a pass may run inside another one")
    func inside() {
        let x = Tensor(3, .float64, requiresGrad: true)
        let square = x * x
        square.onGradient { _ in
            enableGrad { x * 5 }.backward()
            return nil
        }
        (square * square).backward()
        #expect(x.grad?.item == 113)
    }

    @Test("gradients have the structure of the argument")
    func trees() {
        struct Line: TensorTree {
            var slope, height: Tensor
            func mapLeaves(_ f: (Tensor) -> Tensor) -> Line {
                Line(slope: f(slope), height: f(height))
            }
        }
        let times = Tensor([0, 1, 2])
        let data = Tensor([1, 3, 5])
        let loss = { (line: Line) in (line.slope * times + line.height - data).square().mean() }
        let step = grad(loss)(Line(slope: Tensor(2.0), height: Tensor(0.0)))
        #expect(step.slope.item == -2 && step.height.item == -2)
    }

    @Test("nested calls don't mix")
    func nesting() {
        let inner = { (x: Tensor) in grad { (y: Tensor) in x + y }(Tensor(1.0)) }
        #expect(grad { (x: Tensor) in x * inner(x) }(Tensor(1.0)).item == 1)
    }

    @Test("a value and its derivative in one pass")
    func forwardMode() {
        let (value, slope) = jvp({ $0 * $0.sin() }, at: Tensor(2.0), along: Tensor(1.0))
        // x sin x is 1.8185949, its derivative sin x + x cos x is 0.0770038
        #expect(abs(value.item - 1.8185949) < 1e-6 && abs(slope.item - 0.0770038) < 1e-6)
    }

    @Test("the Hessian times a vector")
    func hessian() {
        let f = { (x: Tensor) in (x ** 3).sum() }
        let product = hvp(f, at: Tensor([1, 2]), along: Tensor([1, 1]))
        #expect(product.values() == [Float(6), 12])
    }

    @Test("a gradient for each example")
    func batches() {
        let examples = Tensor([[1, 2], [3, 4], [5, 6]])
        let slopes = vmap(grad { (x: Tensor) in x[0] * x[1] })(examples)
        #expect(slopes.values() == [Float(2), 1, 4, 3, 6, 5])
    }

    @Test("a tape")
    func tape() {
        let tape = GradientTape(persistent: true)
        let x = Tensor(3.0)
        tape.watch(x)
        let y = tape.record { x * x }
        #expect(tape.gradient(of: y, by: x)?.item == 6)
    }

    @Test("computing again instead of keeping")
    func checkpointing() {
        let block = { (x: Tensor) in (x.exp() * x.sin()).tanh() }
        let x = Tensor([0.5, 1.5])
        let plain = grad { block($0).sum() }(x)
        let saving = grad { checkpoint(block)($0).sum() }(x)
        #expect(saving.values(as: Float.self) == plain.values(as: Float.self))
    }

    @Test("an operation of one's own")
    func custom() {
        let cube = CustomOp(
            name: "cube", forward: { x in x * x * x },
            backward: { dy, x, y in dy * x * x * 3 })
        #expect(grad { cube($0) }(Tensor(2.0)).item == 12)
        #expect(grad(grad { cube($0) })(Tensor(2.0)).item == 12)
    }

    @Test("an optimizer that differentiates the loss itself")
    func optimizing() {
        let x = Parameter(NDArray([-1.2, 1.0]))
        let optimizer = LBFGS(x)
        optimizer.step(iterations: 100) {
            let (a, b) = (x[0], x[1])
            return (1 - a) ** 2 + 100 * (b - a ** 2) ** 2
        }
        #expect(optimizer.hasConverged && abs(x.values()[0] - 1.0) < 1e-8)
    }

    @Test("consists of the code in the document, word for word")
    func document() throws {
        let here = String(describing: #filePath)
        guard let end = here.firstRange(of: "/Tests/ExampleTests/") else { return }
        let document = here[..<end.lowerBound] + "/docs/autograd.md"
        guard FileManager.default.fileExists(atPath: String(document)) else { return }
        let text = try String(contentsOfFile: String(document), encoding: .utf8)
        let code = try words(String(contentsOfFile: here, encoding: .utf8))
        let snippets = text.split(separator: "```swift\n").dropFirst()
            .map { words(String($0[..<($0.firstRange(of: "```")?.lowerBound ?? $0.endIndex)])) }
        #expect(snippets.count == 13)
        for snippet in snippets { #expect(code.contains(snippet)) }
    }

    /// The text with its white space made uniform.
    private func words(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
