import Autograd
import Tensor
import Testing

@Suite("Numbers written over elements")
struct AssignmentTests {
    @Test("stand in brackets of any kind, beside assignments of tensors")
    func brackets() {
        let x = Tensor.arange(0, 9).reshape([3, 3]).cast(to: .float32)
        let y = Tensor([7, 8, 9])
        x[0] .= 5
        x[1, 2] .= 2.5
        x[2, 1...] .= -1
        expect(x, [5, 5, 5, 3, 4, 2.5, 6, -1, -1])
        x[x .< 0] .= 0
        x[0] += 1
        x[1] += y
        x[2, 1] *= 3
        expect(x, [6, 6, 6, 10, 12, 11.5, 6, 0, 0])
        x[.all, 0] = y
        let row: Tensor = x[0]
        x[1] = row
        expect(x, [7, 6, 6, 7, 6, 6, 9, 0, 0])
    }

    @Test("take the tensor's dtype, exactly")
    func dtypes() {
        let large = Tensor([0, 1], .int64)
        large[0] .= Int.max
        #expect(large.values(as: Int.self) == [Int.max, 1])
        let half = Tensor([0, 1], .float16)
        half[1] .= 0.1
        #expect(half.dtype == .float16 && half[1].item == Double(Float16(0.1)))
    }

    @Test("replace a variable's tensor, or change it in place by `assign`")
    func whole() {
        var x = Tensor([1, 2, 3])
        let other = x
        x .= 4
        expect(x, [4, 4, 4])
        expect(other, [1, 2, 3])
        other.assign(0.5)
        expect(other, [0.5, 0.5, 0.5])
        other[1...].assign(2)
        expect(other, [0.5, 2, 2])
    }

    @Test("are refused by leaves that require a gradient")
    func leaves() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let x = Tensor([1, 2], requiresGrad: true)
            x[0] .= 1
        }
        #expect(result.message.contains("a leaf that requires a gradient can't change in place"))
    }
}
