import Autograd
import Tensor
import Testing

@Suite("Tensors beside numbers")
struct ScalarCaseTests {
    private static let exponents: [Double] = [0, 1, 2, 3, 4, 0.5, -1, -2, 2.5]

    @Test("a constant exponent has the slope n xⁿ⁻¹, below 0 and at 0 too", arguments: exponents)
    func powers(_ n: Double) {
        for x in [-2.0, 0, 3] where n.rounded() == n || x >= 0 {
            let slope = grad { (x: Tensor) in x ** n }(Tensor(x, .float64))
            let bend = derivative({ $0 ** n }, order: 2)(Tensor(x, .float64))
            expect(slope, [n == 0 ? 0 : n * power(x, n - 1)])
            if x != 0 || n >= 2 || n == 1 || n == 0 {
                expect(bend, [n * (n - 1) == 0 ? 0 : n * (n - 1) * power(x, n - 2)])
            }
        }
    }

    private func power(_ x: Double, _ n: Double) -> Double {
        Tensor(x, .float64).pow(Tensor(n, .float64)).item
    }

    @Test("powers that need no logarithm are exact, however long the tensor")
    func exactPowers() {
        let x = Tensor.arange(0, 70_000, .float32)
        #expect((x ** 0.5).values(as: Float.self) == x.sqrt().values(as: Float.self))
        #expect((x ** 1).values(as: Float.self) == x.values(as: Float.self))
        #expect((x ** -1).values(as: Float.self) == x.reciprocal().values(as: Float.self))
        expect(Tensor([-Double.infinity, -0.0, -4]) ** 0.5, [.infinity, 0, .nan])
    }

    @Test("whole numbers beyond 2⁵³ are rounded to a half once, ties to even")
    func wholeNumbers() {
        let tie = 1 << 62 + 1 << 54
        for (number, rounded) in [(tie, 1 << 62), (tie + 1, 1 << 62 + 1 << 55)] {
            expect(Tensor(number, .bfloat16), [Double(rounded)])
            expect(Tensor(-number, .bfloat16), [-Double(rounded)])
            expect(Tensor.full([2], UInt64(number), .bfloat16), [Double(rounded), Double(rounded)])
        }
        expect(Tensor(3 << 62 as UInt64, .bfloat16), [Double(3 << 62 as UInt64)])
    }

    @Test("a constant base has the slope nˣ ln n")
    func bases() {
        expect(grad { (x: Tensor) in 2 ** x }(Tensor(3.0, .float64)), [5.545177444479562])
        expect(grad { (x: Tensor) in 0 ** x }(Tensor([-1.0, 0, 2], .float64)), [-.infinity, 0, 0])
        let bend = derivative({ 0 ** $0 }, order: 2)
        expect(bend(Tensor([0.0, 2], .float64)), [0, 0])
    }

    @Test("leave operands alone that somebody sees")
    func operands() {
        let x = Tensor([1, 2])
        let y = x * 2
        let z = y + 1
        let w = 1 - (z * 3)
        #expect(x.doubles == [1, 2] && y.doubles == [2, 4])
        #expect(z.doubles == [3, 5] && w.doubles == [-8, -14])
        let view = y[0]
        expect(view + 1, [3])
        #expect(y.doubles == [2, 4])
    }

    @Test("extremes with NaN pass the gradient on; ties share it")
    func extremes() {
        let x = Tensor([Double.nan, 1, 2, 3], .float64)
        expect(grad { (x: Tensor) in x.maximum(2) }(x), [1, 0, 0.5, 1])
        expect(grad { (x: Tensor) in x.minimum(2) }(x), [1, 1, 0.5, 0])
        let two = Tensor([2.0, .nan, 2, 2], .float64)
        let slopes = grad { (a: Tensor, b: Tensor) in a.maximum(b) }(x, two)
        expect(slopes.0, [1, 1, 0.5, 1])
        expect(slopes.1, [1, 1, 0.5, 0])
    }

    @Test("the remainder's slope by the divisor is the floor that it was made with")
    func remainder() {
        let slope = grad { (a: Tensor, b: Tensor) in a.mod(b) }
        let (byA, byB) = slope(Tensor([1.0, -7, 7], .float64), Tensor([0.1, 2, -2], .float64))
        expect(byA, [1, 1, 1])
        expect(byB, [-9, 4, 4])
    }

    @Test("the angle of the origin has slope 0, to any order")
    func origin() {
        let angle = { (a: Tensor, b: Tensor) in a.atan2(b) }
        let zero = Tensor([0.0, 3], .float64)
        let (byA, byB) = grad(angle)(zero, Tensor([0.0, 4], .float64))
        expect(byA, [0, 0.16])
        expect(byB, [0, -0.12])
        let second = grad { (a: Tensor) in grad(angle)(a, a).0 }(Tensor(0.0, .float64))
        expect(second, [0])
    }

    @Test("a drawing shows the number")
    func drawing() {
        let x = Tensor(3, requiresGrad: true, label: "x")
        #expect((x * 2.5).drawing().mermaid.contains("MulScalar<br/>number=2.5"))
        #expect((Tensor(2) * x).drawing().mermaid.contains("([\"2\"]):::constant"))
    }

    @Test("the sentence of a trap is the last thing printed")
    func lastWords() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor([1, 2]) + Tensor([1, 2, 3])
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        let last = text.split(separator: "\n").last ?? ""
        #expect(last.hasPrefix("Fatal error: +: shapes [2] and [3] don't broadcast"))
    }

    @Test("gradients by three arguments, trees among them, in one expression")
    func threeArguments() {
        let x = Tensor([1.0, 2], .float64)
        let (a, b, c) = grad { ($0 * $1 * $2).sum() }(x, x, x)
        expect(a, [1, 4])
        expect(b, [1, 4])
        expect(c, [1, 4])
        let slopes = grad { (list: [Tensor], y: Tensor, z: Tensor) in
            (list[0] * y * list[1] + z).sum()
        }([x, x], x, x)
        expect(slopes.0[1], [1, 4])
        expect(slopes.2, [1, 1])
        let many = grad { (a: Tensor, b: Tensor, c: [Tensor], d: Tensor, e: Tensor) in
            (a * b * c[0] * d * e).sum()
        }
        let (_, _, byC, _, byE) = many(x, x, [x], x, x)
        expect(byC[0], [1, 16])
        expect(byE, [1, 16])
    }

    @Test("whole division by zero is found where it happens, and the position told")
    func divisionByZero() async {
        let halves = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.ones([2, 3], .float16).floorDivide(Tensor([1, 2, 0], .float16))
        }
        expectSentence(
            halves, "floorDivide: division by zero, met first at position 2 of the result")
        let number = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor([1, 2], .int32).mod(0)
        }
        expectSentence(number, "mod: division by zero, met first at position 0 of the result")
        let wide = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor(7, .int64).mod(Tensor.arange(-70_000, 70_000))
        }
        expectSentence(wide, "mod: division by zero, met first at position 70000 of the result")
        expect(Tensor([1, 2]).mod(Tensor([0.0, 3])), [.nan, 2])
        expect(Tensor.ones([0]).floorDivide(0), [])
    }
}
