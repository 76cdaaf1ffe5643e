import Autograd
import Tensor
import Testing

/// What PyTorch gives at the edges.
@Suite("Special functions, pairs and blends at their edges")
struct ScalarFormTests {
    private let inf = Double.infinity

    private func row(_ values: [Double]) -> Tensor { Tensor(NDArray(values)) }

    /// Values and gradients of a function of tensors, each in float64.
    private func slopes(
        _ inputs: [[Double]], _ function: ([Tensor]) -> Tensor
    ) -> (values: [Double], gradients: [[Double]]) {
        let leaves = inputs.map { Tensor(NDArray($0), requiresGrad: true) }
        let result = function(leaves)
        result.sum().backward()
        return (result.doubles, leaves.map { $0.grad?.doubles ?? [] })
    }

    private func same(_ a: [Double], _ b: [Double]) -> Bool {
        a.count == b.count
            && zip(a, b).allSatisfy { x, y in
                x == y || (x.isNaN && y.isNaN) || abs(x - y) < 1e-12 * max(1, abs(y))
            }
    }

    @Test("are infinite or NaN where PyTorch's are")
    func poles() {
        #expect(
            same(
                row([0, -0.0, -1, -0.5, inf, -inf]).digamma().doubles,
                [-inf, inf, .nan, 0.03648997397857652, inf, .nan]))
        #expect(same(row([0, -1, inf, -inf]).lgamma().doubles, [inf, inf, inf, inf]))
        #expect(same(row([1, -1, 2, 0]).erfinv().doubles, [inf, -inf, .nan, 0]))
        #expect(same(row([0, inf, -0.5]).polygamma(1).doubles, [inf, 0, 8.934802200544679]))
        #expect(
            same(row([0, 1, 0.3, -1]).logit().doubles, [-inf, inf, -0.8472978603872036, .nan]))
        #expect(same(row([inf, -inf]).i0().doubles, [inf, inf]))
        #expect(same(row([0, -20]).i1().doubles, [0, -42454973.385127775]))
        #expect(
            same(row([3, 4]).multigammaln(2).doubles, [1.5501949939575645, 3.565098014499829]))
        let (values, gradients) = slopes([[0, 1, 0.5]]) { $0[0].sinc() }
        #expect(same(values, [1, 0, 2 / .pi]) && same(gradients[0], [0, -1, -4 / .pi]))
    }

    @Test("products with logarithms are 0 where the factor is")
    func logarithms() {
        let (values, gradients) = slopes([[0, 0, 0, 1, 2], [0, -1, .nan, 0, 3]]) {
            $0[0].xlogy($0[1])
        }
        #expect(same(values, [0, 0, .nan, -inf, 2.1972245773362196]))
        #expect(same(gradients[0], [0, 0, .nan, -inf, 1.0986122886681098]))
        #expect(same(row([0, 0, 1]).xlog1py(row([-1, -2, -1])).doubles, [0, 0, -inf]))
        #expect(
            same(
                row([inf, -inf, inf, 1, .nan]).logAddExp(row([inf, -inf, -inf, 2, 1])).doubles,
                [inf, -inf, inf, 2.313261687518223, .nan]))
        #expect(same(row([inf, 1]).logAddExp2(row([inf, 2])).doubles, [inf, 2.584962500721156]))
    }

    @Test("quotients round as they are told, and floats may be divided by 0")
    func quotients() {
        let (a, b) = (row([5, -5, 5, 1, 0]), row([3, 3, -3, 0, 0]))
        #expect(same(a.divide(b, rounding: .trunc).doubles, [1, -1, -1, inf, .nan]))
        #expect(same(a.divide(b, rounding: .floor).doubles, [1, -2, -2, inf, .nan]))
        #expect(same(a.fmod(b).doubles, [2, -2, 2, .nan, .nan]))
        #expect(same(row([1, -1]).divide(0, rounding: .floor).doubles, [inf, -inf]))
        let whole = Tensor([7, -7, Int.min], .int64)
        #expect(whole.divide(2, rounding: .trunc).values(as: Int.self) == [3, -3, Int.min / 2])
        #expect(whole.divide(2, rounding: .floor).values(as: Int.self) == [3, -4, Int.min / 2])
        #expect(whole.divide(-1, rounding: .trunc).values(as: Int.self) == [-7, 7, Int.min])
        #expect(whole.fmod(4).values(as: Int.self) == [3, -3, 0])
    }

    @Test("an integer divisor of zero traps")
    func zeroDivisor() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor([1, 2], .int64).fmod(Tensor([1, 0], .int64))
        }
        let text = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }
        #expect(text?.contains("fmod: division by zero") == true)
    }

    @Test("signs are copied and seen, that of -0 too")
    func signs() {
        let (values, gradients) = slopes([[0, -1, 2], [-0.0, 1, -3]]) { $0[0].copySign($0[1]) }
        #expect(values == [0, 1, -2] && values[0].sign == .minus)
        #expect(same(gradients[0], [0, -1, -1]) && same(gradients[1], [0, 0, 0]))
        #expect(
            row([-0.0, 1, -2, -inf]).signBit().values(as: Bool.self) == [
                true, false, true, true,
            ])
        #expect(Tensor([-1, 0, 1]).signBit().values(as: Bool.self) == [true, false, false])
        let corner = slopes([[0, 3], [0, 4]]) { $0[0].hypot($0[1]) }
        #expect(same(corner.gradients[0], [0, 0.6]) && same(corner.values, [0, 5]))
    }

    @Test("bounds given as tensors take the gradient where they are the value")
    func bounds() {
        let (values, gradients) = slopes([
            [0, 1, 2, 1, .nan], [1, 1, 1, 2, 0], [1.5, 1.5, 1.5, 0, 1],
        ]) { $0[0].clip(lower: $0[1], upper: $0[2]) }
        #expect(same(values, [1, 1, 1.5, 0, .nan]))
        #expect(same(gradients[0], [0, 1, 0, 0, 1]))
        #expect(same(gradients[1], [1, 0, 0, 0, 0]) && same(gradients[2], [0, 0, 1, 1, 0]))
        #expect(same(row([1, 2]).clip(lower: row([.nan, 0])).doubles, [.nan, 2]))
        #expect(Tensor([1, 5], .int64).clip(upper: Tensor([3], .int64)).dtype == .int64)
    }

    @Test("blends are exact at their ends")
    func blends() {
        let (values, gradients) = slopes([[1, 2], [3, 5], [0.25, 0.75]]) {
            $0[0].lerp($0[1], $0[2])
        }
        #expect(same(values, [1.5, 4.25]) && same(gradients[0], [0.75, 0.25]))
        #expect(same(gradients[2], [2, 3]))
        #expect(Tensor([0.1]).lerp(Tensor([0.7]), 1).values() == [Float(0.7)])
        #expect(
            Tensor([3]).addcmul(Tensor([4]), Tensor([2]), value: 2).values(as: Int.self) == [19])
        #expect(same(row([-1, 0, 1, .nan]).heaviside(row([0.5])).doubles, [0, 0.5, 1, 0]))
        #expect(same(row([2.675, -1.25]).round(decimals: 2).doubles, [2.68, -1.25]))
        #expect(same(row([125, 135]).round(decimals: -1).doubles, [120, 140]))
        let half = Tensor(NDArray([Double.nan, inf, -inf]).cast(to: .float16)).nanToNum()
        #expect(same(half.doubles, [0, 65504, -65504]))
    }

    @Test("rounding leaves what has no such decimal, for any number of decimals")
    func roundingEdges() {
        let x = Tensor([1.5, 1e38, 0, -.infinity, .nan] as [Float])
        func rounded(_ decimals: Int) -> [Double] { x.round(decimals: decimals).doubles }
        let (large, inf) = (Double(Float(1e38)), Double.infinity)
        #expect(same(rounded(2), [1.5, large, 0, -inf, .nan]))
        #expect(same(rounded(39), [1.5, large, 0, -inf, .nan]))
        #expect(same(rounded(.max), [1.5, large, 0, -inf, .nan]))
        #expect(rounded(-2)[0] == 0 && rounded(-2)[3] == -inf)
        #expect(same(rounded(-39), [0, 0, 0, -inf, .nan]))
        #expect(same(rounded(.min), [0, 0, 0, -inf, .nan]))
        #expect(same(row([1e300, 3]).round(decimals: 20).doubles, [1e300, 3]))
        #expect(same(row([1e300, 3]).round(decimals: -309).doubles, [0, 0]))
    }

    @Test("closeness follows PyTorch's rule")
    func closeness() {
        let x = row([1, .nan, inf, inf])
        let y = row([1 + 1e-6, .nan, inf, -inf])
        #expect(x.isClose(y).values(as: Bool.self) == [true, false, true, false])
        #expect(x.isClose(y, equalNaN: true).values(as: Bool.self) == [true, true, true, false])
        #expect(
            Tensor([100_000, 5], .int64).isClose(Tensor([100_001, 6], .int64)).values(as: Bool.self)
                == [
                    true, false,
                ])
        #expect(x[0..<1].allClose(y[0..<1]) && !x.allClose(y))
    }

    @Test("integers shift, invert and divide in common as PyTorch's")
    func integers() {
        func bits(_ x: Tensor) -> [Int] { x.values(as: Int.self) }
        #expect(
            bits(Tensor([1, 1, -1, 1], .int64).leftShift(Tensor([63, 64, 1, -1], .int64))) == [
                .min, 0, -2, 0,
            ])
        #expect(
            bits(Tensor([-8, 8, -8, 8], .int64).rightShift(Tensor([1, 64, 64, -1], .int64))) == [
                -4, 0, -1, 0,
            ])
        #expect(
            bits(Tensor([0, -4, 12, .min], .int64).gcd(Tensor([0, 6, -18, 0], .int64))) == [
                0, 2, 6, .min,
            ])
        #expect(
            bits(Tensor([0, -4, 12], .int64).lcm(Tensor([0, 6, -18], .int64))) == [0, 12, 36])
        #expect(bits(Tensor([5, -1], .int64).bitwiseNot()) == [-6, 0])
        let bytes = Tensor([1, 255], .int64).cast(to: .uint8)
        #expect(
            bytes.leftShift(Tensor([8, 1], .int64).cast(to: .uint8)).values(as: UInt8.self) == [
                0, 254,
            ])
        #expect(bytes.bitwiseNot().values(as: UInt8.self) == [254, 0])
        let flags = Tensor([1, 0], .int64).cast(to: .bool)
        #expect(flags.bitwiseXor(flags.bitwiseNot()).values(as: Bool.self) == [true, true])
    }

    @Test("floats have no bits to combine")
    func floats() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor([1.5]).bitwiseAnd(Tensor([1]))
        }
        let text = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }
        #expect(text?.contains("bitwiseAnd: float32 has no whole numbers") == true)
    }

    @Test("forms of reductions agree with what they are forms of")
    func reductions() {
        let x = row([.nan, 1, 3])
        #expect(slopes([[.nan, 1, 3]]) { $0[0].nanMean() }.gradients == [[0, 0.5, 0.5]])
        #expect(x.nanSum().item == 4 && row([.nan]).nanMean().item.isNaN)
        #expect(x.countNonzero().item == 3)
        let grid = Tensor([[1, 5], [2, 0]])
        #expect(grid.aminmax().min.item == 0 && grid.aminmax().max.item == 5)
        #expect(grid.varMean(axes: [0]).mean.values() == [Float(1.5), 2.5])
        #expect(grid.any(axis: 1).values(as: Bool.self) == [true, true])
        #expect(grid.all(axis: 0).values(as: Bool.self) == [true, false])
        #expect(grid.variance(axis: 0).values() == [Float(0.5), 12.5])
        #expect(grid.argmax(axis: 1, keepDims: true).shape == [2, 1])
        #expect(grid.argmin(keepDims: true).shape == [1, 1])
    }
}
