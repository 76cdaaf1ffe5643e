import FakeTensor
import Glibc
import Testing

/// The opening examples of five libraries whose features come together in this one, in Swift. What
/// they print is what is expected.
@Suite("First examples")
struct SeedSnippetTests {
    @Test("derivatives as functions: x² and x⁵")
    func functions() {
        let f = { (x: Tensor) in x ** 2 }
        let x = Tensor(2.0)
        #expect("\(grad(f)(x))" == "4.0 float32 []")
        #expect("\(grad(grad(f))(x))" == "2.0 float32 []")
        #expect("\(derivative({ $0 ** 5 }, order: 4)(x))" == "240.0 float32 []")
    }

    @Test("a dictionary of arguments: aᵇ")
    func dictionary() throws {
        let f = { (p: [String: Tensor]) in p["a", default: Tensor(0)] ** p["b", default: Tensor(0)]
        }
        let slopes = grad(f)(["a": Tensor(3, .float64), "b": Tensor(2, .float64)])
        expect(slopes["a"], [6])
        expect(slopes["b"], [9.887510598012987])
        #expect(slopes.count == 2)
    }

    @Test("backward from a weighted sum")
    func weighted() {
        let x = Tensor([2, 3], requiresGrad: true)
        let w = Tensor([1, 0.5], requiresGrad: true)
        let z = (x * w).sum()
        z.backward()
        #expect(z.item == 3.5)
        expect(x.grad, [1, 0.5])
        expect(w.grad, [2, 3])
    }

    @Test("forward mode: x sin x, and the direction 1")
    func forward() {
        let one = Tensor(1, .float64)
        let (value, slope) = jvp({ $0 * $0.sin() }, at: Tensor(2, .float64), along: one)
        expect(value, [1.8185948537], within: 1e-10)
        expect(slope, [0.0770037537], within: 1e-10)
        let double = jvp({ $0 + $0 }, at: Tensor(2, .float64), along: one)
        #expect(double.value.item == 4 && double.tangent.item == 2)
        let square = jvp({ $0 * $0 }, at: Tensor(3, .float64), along: one)
        #expect(square.value.item == 9 && square.tangent.item == 6)
        #expect(directionalDerivative({ $0 * $0 }, at: Tensor(3.0), along: Tensor(1.0)).item == 6)
    }

    @Test("third derivatives: x³")
    func cube() {
        let slopes = (1...3).map { derivative({ $0 ** 3 }, order: $0)(Tensor(2.0)).item }
        #expect(slopes == [12, 12, 6])
    }

    /// y = x, dx = dy limited to −1...1
    private final class ClipGradient: UnaryOp {
        override func forward(_ x: NDArray) -> NDArray { x }
        override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
            dy.clip(lower: -1, upper: 1)
        }
    }

    @Test("an operation of one's own: clipped gradients")
    func custom() {
        let x = Tensor([1, 2, 3], requiresGrad: true)
        let y = ClipGradient()(x)
        #expect(y.values() == [Float(1), 2, 3])
        y.backward(Tensor([-5, 10, 0.5]))
        #expect(x.grad?.values() == [Float(-1), 1, 0.5])
    }

    @Test("backward and backward again: 2y sin x − x²")
    func twice() {
        let x = Tensor([[0, 2, -2, 1], [-1, -1, -2, -2]], .float64, requiresGrad: true)
        let y = Tensor([[2, 3, 4, 5], [0, -1, -3, 2]], .float64, requiresGrad: true)
        let f = 2 * y * x.sin() - x ** 2
        f.backward(createGraph: true)
        let (byX, byY) = (x.grad, y.grad)
        expect(
            byX, [4, -6.49688102, 0.67082531, 3.40302306, 2, 0.91939539, 6.49688102, 2.33541265],
            within: 1e-8)
        let sines = [0.0, 2, -2, 1, -1, -1, -2, -2].map { 2 * Glibc.sin($0) }
        expect(byY, sines)
        #expect(abs(sines[1] - 1.81859485) < 1e-8)
        x.zeroGrad()
        y.zeroGrad()
        byX?.backward()
        expect(
            x.grad,
            [
                -2, -7.45578456, 5.27437941, -10.41470985, -2, -3.68294197, -7.45578456, 1.63718971,
            ], within: 1e-8)
        expect(
            y.grad,
            [
                2, -0.83229367, -0.83229367, 1.08060461, 1.08060461, 1.08060461, -0.83229367,
                -0.83229367,
            ], within: 1e-8)
    }

    @Test("matrices, a neuron and a small network")
    func small() {
        let a = Tensor([[1, 2, 3], [4, 5, 6]])
        let b = Tensor([[7, 8], [9, 10], [11, 12]])
        let product = grad { (a: Tensor, b: Tensor) in a.matmul(b) }
        let (da, db) = product(a, b)
        expect(da, [15, 19, 23, 15, 19, 23])
        expect(db, [5, 5, 7, 7, 9, 9])
        let neuron = grad { (w: Tensor, x: Tensor, b: Tensor) in w * x + b }
        let (dw, dx, bias) = neuron(Tensor(3.0), Tensor(2.0), Tensor(1.0))
        #expect(dx.item == 3 && dw.item == 2 && bias.item == 1)
        expect(grad { $0.relu() }(Tensor([2, -1, 3, -2])), [1, 0, 1, 0])
        let net = { (x: Tensor, w1: Tensor, w2: Tensor) in (w1 * x).relu() * w2 }
        let gradient = grad(net)
        let slopes = gradient(Tensor([1, 2]), Tensor([0.5, -0.5]), Tensor([1, 1]))
        expect(slopes.0, [0.5, 0])
        expect(slopes.1, [1, 0])
    }
}
