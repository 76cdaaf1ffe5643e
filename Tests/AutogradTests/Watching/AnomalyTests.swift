import Autograd
import Tensor
import Testing

@Suite("detectAnomalies")
struct AnomalyTests {
    /// The anomaly that `body` is said to have.
    private func anomaly(infinities: Bool = true, _ body: () -> Void) -> Anomaly? {
        do {
            try detectAnomalies(infinities: infinities, body)
            return nil
        } catch {
            return error as? Anomaly
        }
    }

    @Test("gives the result where all is finite")
    func fine() throws {
        let result = try detectAnomalies { Tensor.leaf([1, 4]).sqrt().values(as: Double.self) }
        #expect(result == [1, 2])
    }

    @Test("names the first operation that makes an infinity, its inputs and the place")
    func forward() throws {
        let x = Tensor([[1.0, 2], [0, 4]], .float32, requiresGrad: true, label: "x")
        let result = anomaly {
            let y = named("model") { named("2 Log") { x.log() } }
            _ = (y - y) * 2
        }
        let found = try #require(result)
        #expect(found.operation == "Log" && found.pass == .forward && found.index == [1, 0])
        #expect(found.value == -.infinity && found.place == "model › 2 Log")
        #expect(
            "\(found)" == "the forward of Log made -infinity at [1, 0]; "
                + "inputs: x float32 [2, 2] from 0 to 4; in model › 2 Log")
    }

    @Test("names the operation whose backward makes an infinity that forward didn't have")
    func backward() throws {
        let x = Tensor([4.0, 0], .float64, requiresGrad: true, label: "x")
        let result = anomaly {
            let root = named("roots") { (x * 1).sqrt() }
            root.sum().backward()
        }
        let found = try #require(result)
        #expect(found.operation == "Sqrt" && found.pass == .backward && found.index == [1])
        #expect(found.step == "Div" && found.place == "roots")
        #expect(found.inputs.map(\.name) == ["result of MulScalar"])
        #expect(
            "\(found)".contains(
                "Sqrt (in its Div) made infinity at [1]; inputs: result of MulScalar"))
        #expect(found.value == .infinity)
    }

    @Test("sees through gradient functions and second derivatives")
    func functions() throws {
        let found = try #require(
            anomaly { _ = grad(grad { x in (x ** 1.5).sum() })(Tensor([0.0])) })
        #expect(found.pass == .backward && found.operation == "PowScalar")
    }

    @Test("sees gradients that a custom op computes without operations")
    func custom() throws {
        final class Bad: UnaryOp {
            override func forward(_ x: NDArray) -> NDArray { x }
            override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
                Tensor(NDArray([1, Double.nan]))
            }
        }
        let x = Tensor.leaf([1, 2])
        let found = try #require(anomaly { Bad()(x).sum().backward() })
        #expect(found.operation == "Bad" && found.pass == .backward && found.index == [1])
        let captured = try #require(
            anomaly { _ = grad { x in Bad()(x).sum() }(Tensor([1.0, 2], .float64)) })
        #expect(captured.operation == "Bad")
    }

    @Test("tells NaN that came in from NaN that was made")
    func outside() throws {
        let batch = Tensor([1, Double.nan], .float32, label: "batch")
        let found = try #require(anomaly { _ = batch * 2 })
        #expect(found.isFromOutside && found.operation == "MulScalar")
        #expect("\(found)".contains("was given NaN; inputs: batch float32 [2] with NaN"))
    }

    @Test("lets given infinities pass, as in a mask, but not the NaN made of them")
    func masks() throws {
        let mask = Tensor([0, -Double.infinity], .float32)
        #expect(anomaly { _ = (Tensor([1.0, 2]) + mask).softmax() } == nil)
        let found = try #require(anomaly { _ = mask - mask })
        #expect(found.operation == "Sub" && found.value.isNaN && found.index == [1])
    }

    @Test("writes numbers short, however large or small")
    func numbers() throws {
        let x = Tensor([-1.23456789e-30, 3.33333e38, 12345.678], .float32, label: "x")
        let found = try #require(anomaly { _ = x * 10 })
        #expect("\(found)".contains("x float32 [3] from -1.235e-30 to 3.333e+38"))
        let y = Tensor([0.0, 98765.4321], .float64, label: "y")
        let other = try #require(anomaly { _ = y.log() })
        #expect("\(other)".contains("y float64 [2] from 0 to 98765"))
    }

    @Test("looks for NaN alone if asked")
    func onlyNaN() throws {
        #expect(anomaly(infinities: false) { _ = Tensor([0.0]).log() } == nil)
        #expect(anomaly(infinities: false) { _ = Tensor([-1.0]).log() }?.operation == "Log")
    }

    @Test("prefers the anomaly to the error that followed from it")
    func errors() {
        struct Diverged: Error {}
        #expect(throws: Anomaly.self) {
            try detectAnomalies {
                _ = Tensor([0.0]).log()
                throw Diverged()
            }
        }
        #expect(throws: Diverged.self) { try detectAnomalies { throw Diverged() } }
    }

    @Test("stops at the operation if asked to trap")
    func traps() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            trapAnomalies {
                _ = Tensor([0.0]).log()
                fail("test", "this is not reached")
            }
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("the forward of Log made -infinity at [0]"))
    }

    @Test("is over when its scope is")
    func scope() {
        #expect(anomaly { _ = Tensor([1.0]).log() } == nil)
        #expect(Tensor([0.0]).log().item == -.infinity)
    }
}
