import Autograd
import Tensor
import Testing

@Suite("Derivatives at the edges")
struct EdgeCaseTests {
    @Test("an upstream infinity or NaN passes only where there is a slope")
    func upstream() {
        let x = Tensor.leaf([-2.0, 0, 1, 2])
        let spoiled = Tensor.constant([Double.infinity, 3, .nan, -.infinity])
        x.clip(lower: -1, upper: 0.5).backward(spoiled)
        expect(x.grad, [0, 3, 0, 0])
        x.zeroGrad()
        x.relu().backward(spoiled)
        expect(x.grad, [0, 0, .nan, -.infinity])
        x.zeroGrad()
        x.maximum(1.5).backward(spoiled)
        expect(x.grad, [0, 0, 0, -.infinity])
        let inf = Double.infinity
        let infinite = Tensor.constant(inf)
        for order in [inf, -inf] {
            x.zeroGrad()
            x.norm(order).backward(infinite)
            expect(x.grad, order > 0 ? [-inf, 0, 0, inf] : [0, 0, 0, 0])
        }
        for (least, slopes) in [(false, [0, 0, 0, inf]), (true, [inf, 0, 0, 0])] {
            x.zeroGrad()
            (least ? x.min() : x.max()).backward(infinite)
            expect(x.grad, slopes)
        }
        let ties = Tensor.leaf([[1.0, 1, 0], [2, 3, 4]])
        ties.max(axis: 1).backward(Tensor.constant([inf, 1]))
        expect(ties.grad, [inf, inf, 0, 0, 0, 1])
        let pushed = jvp(
            { $0.max() }, at: Tensor.constant([1.0, 2]), along: Tensor.constant([Double.nan, 5]))
        expect(pushed.tangent, [5])
    }

    @Test("what is dropped may hold anything, in a batch too")
    func dropped() {
        for value in [Double.infinity, -.infinity, .nan] {
            let x = Tensor.full([4, 100], value, .float64)
            let alone = x.dropout(0.5, using: Random(seed: 1))
            let batch = vmap { (row: Tensor) in row.dropout(0.5, using: Random(seed: 1)) }(x)
            for y in [alone, batch] {
                let dropped = y.doubles.count { $0 == 0 }
                #expect(dropped > 100 && dropped < 300)
                #expect(y.doubles.allSatisfy { $0 == 0 || !$0.isFinite })
            }
        }
        let slopes = vmap(
            grad { (row: Tensor) in
                (row.dropout(0.5, using: Random(seed: 1)) * Double.infinity).sum()
            })(Tensor.ones([2, 50], .float64))
        #expect(slopes.doubles.allSatisfy { $0 == 0 || $0 == .infinity })
    }

    @Test(
        "angles have slopes however small or large their point is", arguments: [1e-300, 1, 1e300])
    func angles(_ size: Double) {
        let angle = { (a: Tensor, b: Tensor) in a.atan2(b).sum() }
        let (a, b) = (Tensor.constant([3 * size, 0, -size]), Tensor.constant([4 * size, size, 0]))
        let (byA, byB) = grad(angle)(a, b)
        expect(byA * size, [4.0 / 25, 1, 0])
        expect(byB * size, [-3.0 / 25, 0, 1])
        let narrow = grad { (a: Tensor, b: Tensor) in a.atan2(b).sum() }(
            Tensor([3e-30]), Tensor([4e-30]))
        expect(narrow.0 * 1e-30, [4.0 / 25], within: 1e-6)
        // The second derivative by a is −2ab / (a² + b²)².
        let second = grad { (a: Tensor) in
            grad { (a: Tensor) in a.atan2(Tensor.constant([4.0])).sum() }(a).sum()
        }
        expect(second(Tensor.constant([3.0])), [-24.0 / 625])
    }

    @Test("a norm of an order below 0 has no slope where it is 0 beside other elements")
    func negativeOrders() {
        for order in [-1, -2, -0.5] {
            let x = Tensor.leaf([0.0, 1, -2])
            expect(x.norm(order).derivative(by: x), [0, 0, 0])
        }
        let x = Tensor.leaf([1.0, -2])
        // y = 1 / (1/|x₁| + 1/|x₂|), dy/dx = sign x (y / x)².
        expect(x.norm(-1).derivative(by: x), [4.0 / 9, -1.0 / 9])
    }

    @Test("sums of many equal floats divide to their value", arguments: [3, 7, 49, 1000, 70_001])
    func equalElements(_ count: Int) {
        for value in [0.1, 1.0 / 3, 123.456, 1e-30, 3e38] {
            for dtype in [DType.float32, .bfloat16] {
                let x = Tensor.full([2, count], value, dtype)
                let exact = x[0, 0].item
                #expect(x.mean().item == exact)
                #expect(x.mean(axis: 1).doubles == [exact, exact])
                #expect(x.transpose().mean(axis: 0).doubles == [exact, exact])
                #expect(x.variance().item == 0)
                let slopes = grad { $0.standardDeviation() }(x)
                #expect(slopes.doubles.allSatisfy { $0 == 0 })
            }
        }
    }

    @Test("rolling by any number moves as far as its remainder")
    func rolling() {
        let x = Tensor.constant([1.0, 2, 3, 4])
        for shift in [Int.min, -7, -4, 0, 5, .max] {
            let steps = ((shift % 4) + 4) % 4
            expect(x.roll(shift, axis: 0), (0..<4).map { Double(($0 + 4 - steps) % 4 + 1) })
        }
    }
}
