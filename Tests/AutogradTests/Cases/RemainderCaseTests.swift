import Autograd
import Tensor
import Testing

/// The numbers are PyTorch 2.13's.
@Suite("Remainders of division by infinity")
struct RemainderCaseTests {
    private let a = Tensor([3, 3, -3, -3, 0, 0], .float64)
    private let b = Tensor(
        [.infinity, -.infinity, .infinity, -.infinity, .infinity, -.infinity]
            as [Double])

    @Test("and their slopes by the divisor are minus the whole quotient")
    func slopes() {
        let inf = Double.infinity
        expect(a.mod(b), [3, -inf, inf, -3, 0, 0])
        expect(a.floorDivide(b), [0, -1, -1, 0, 0, 0])
        let (byA, byB) = grad { (a: Tensor, b: Tensor) in a.mod(b).sum() }(a, b)
        expect(byA, [1, 1, 1, 1, 1, 1])
        expect(byB, [0, 1, 1, 0, 0, 0])
        expect(a.fmod(b), [3, 3, -3, -3, 0, 0])
        let (_, toZero) = grad { (a: Tensor, b: Tensor) in a.fmod(b).sum() }(a, b)
        expect(toZero, [0, 0, 0, 0, 0, 0])
    }

    @Test("of infinity are NaN, and so are their slopes")
    func infinite() {
        let x = Tensor([Double.infinity, -.infinity])
        let (_, slopes) = grad { (a: Tensor, b: Tensor) in a.mod(b).sum() }(x, Tensor([2.0, 2]))
        #expect(slopes.isNaN().all().item == 1)
    }
}
