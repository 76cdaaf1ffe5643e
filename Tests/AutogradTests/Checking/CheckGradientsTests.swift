import Autograd
import Tensor
import Testing

@Suite("checkGradients")
struct CheckGradientsTests {
    /// y = x³ with a backward that is wrong for one element.
    private final class WrongCube: UnaryOp {
        override func forward(_ x: NDArray) -> NDArray { (Tensor(x) ** 3).data }
        override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
            dy * 3 * x.square() * Tensor([1, 1, 0.5, 1])
        }
    }

    /// y = x², right in the first order, with nothing to differentiate in the second.
    private final class Forgetful: UnaryOp {
        override func forward(_ x: NDArray) -> NDArray { (Tensor(x) * Tensor(x)).data }
        override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
            dy * (2 * x.detach())
        }
    }

    private let x = Tensor([0.5, -1.25, 2, 3], label: "x")

    @Test("accepts right gradients of scalars and of arrays, in both orders", arguments: [1, 2])
    func right(order: Int) {
        let scalar = checkGradients({ x in (x.sin() * x.exp()).sum() }, at: x, order: order)
        #expect(scalar.passed && scalar.checkedCount == 4 * order)
        #expect((scalar.worst?.error ?? 1) < 1e-7)
        let array = checkGradients({ x in x.tanh() / x }, at: x, order: order)
        #expect(array.passed)
    }

    @Test("names the element whose gradient is wrong")
    func wrong() throws {
        let check = checkGradients({ x in WrongCube()(x) }, at: x)
        #expect(!check.passed)
        #expect(check.failures.map(\.index) == [[2]])
        let worst = try #require(check.worst)
        #expect(worst.name == "x" && worst.index == [2] && worst.order == 1)
        #expect(abs(worst.error - 0.5) < 1e-6)
        #expect(abs(worst.analytic / worst.numeric - 0.5) < 1e-6)
        let start = "1 of 4 derivatives are wrong, the worst at x[2]: analytic "
        #expect(check.description.hasPrefix(start), "\(check)")
    }

    @Test("finds the tensor of a tree that is wrong")
    func tree() {
        let tree = ["good": Tensor([1, 2]), "wrong": x]
        let check = checkGradients(
            { tree in
                guard let good = tree["good"], let wrong = tree["wrong"] else { return .ones([]) }
                return WrongCube()(wrong).sum() * good.prod()
            }, at: tree)
        #expect(check.failures.map(\.tensor) == [1])
        #expect(check.parts.map(\.name) == ["tensor 0", "x"])
    }

    @Test("sees a gradient that is right while its own gradient is wrong")
    func secondOrder() {
        #expect(checkGradients({ x in Forgetful()(x) }, at: x).passed)
        let check = checkGradients({ x in Forgetful()(x) }, at: x, order: 2)
        #expect(check.failures.count == 4 && check.failures.allSatisfy { $0.order == 2 })
    }

    @Test("is not confused by kinks at the point or beside it")
    func kinks() {
        let at = Tensor([0, 1e-6, -2e-6, 1], label: "x")
        let check = checkGradients({ x in x.relu() }, at: at)
        #expect(check.passed, "\(check)")
        #expect(check.kinks.map(\.index) == [[0]])
        #expect(check.description.hasSuffix("1 kink, the first at x[0]"))
        let strict = checkGradients({ x in x.relu() }, at: at, countsKinks: true)
        #expect(!strict.passed)
        #expect(checkGradients({ x in x.abs() }, at: Tensor([0.0, 2])).passed)
        #expect(checkGradients({ x in x.floor() }, at: Tensor([1, 1.5])).passed)
    }

    @Test("rejects a gradient at a kink that is no slope of either side")
    func wrongKink() {
        final class Steep: UnaryOp {
            override func forward(_ x: NDArray) -> NDArray { Tensor(x).relu().data }
            override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
                dy * ((x .> 0).cast(to: x.dtype) + 3 * (x .== 0).cast(to: x.dtype))
            }
        }
        let check = checkGradients({ x in Steep()(x).sum() }, at: Tensor([-1.0, 0, 1]))
        #expect(!check.passed)
        #expect(check.failures.map(\.index) == [[1]])
        let slopes = check.failures.first?.slopes
        #expect(slopes?.left == 0)
        #expect(slopes.map { abs($0.right - 1) < 1e-9 } == true)
    }

    @Test("takes the edge of a domain for a kink, but not a function that has no value")
    func edges() {
        let edge = checkGradients({ x in x.sqrt() }, at: Tensor([0.0, 1]))
        #expect(edge.passed && edge.kinks.map(\.index) == [[0]])
        #expect(!checkGradients({ x in x.log() }, at: Tensor([-1.0, 1])).passed)
    }

    @Test("expects no more of float32 than it can give")
    func narrow() {
        let right = checkGradients({ x in x.cast(to: .float32).sin().sum() }, at: x)
        #expect(right.passed, "\(right)")
        let wrong = checkGradients({ x in WrongCube()(x.cast(to: .float32)).sum() }, at: x)
        #expect(wrong.failures.map(\.index) == [[2]])
    }

    @Test("tells what no gradient reaches, and that a difference sees it")
    func unreached() {
        let pair = [Tensor([1.0], label: "a"), Tensor([2.0], label: "b")]
        let check = checkGradients({ pair in (pair[0] * pair[1].detach()).sum() }, at: pair)
        #expect(check.unreached == ["b"])
        #expect(check.failures.map(\.name) == ["b"])
        #expect(check.description.hasSuffix("no gradient reaches b"))
    }

    @Test("leaves integers alone and checks what stands beside them")
    func integers() {
        let table = Tensor([[1.0, 2], [3, 4]], label: "table")
        let tree = [table, Tensor([1, 0, 1], .int64)]
        let check = checkGradients({ tree in tree[0].take(tree[1]).square() }, at: tree)
        #expect(check.passed && check.checkedCount == 4)
    }

    @Test("checks as many elements as are asked for, the same ones each time")
    func samples() {
        let wide = Tensor.linspace(-1, 1, count: 500).reshape([20, 25])
        let check = checkGradients({ x in x.exp().mean() }, at: wide, samples: 7)
        #expect(check.passed && check.checkedCount == 7)
    }

    @Test("leaves the parameters it checks as they were")
    func parameters() {
        let w = Parameter(NDArray([Float(0.5), 2]))
        let grad = Tensor([7.0, 8])
        w.grad = grad
        let check = checkGradients(by: [w]) { (w * w.exp()).sum() }
        #expect(check.passed && check.checkedCount == 2)
        #expect(w.dtype == .float32 && w.values(as: Float.self) == [0.5, 2])
        #expect(w.grad === grad)
    }

    @Test("refuses a function that isn't one")
    func random() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let random = Random(seed: 1)
            _ = checkGradients(
                { x in x * Tensor.uniform([2], using: random) }, at: Tensor([1.0, 2]))
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("the function gives different values for the same input"))
    }
}
