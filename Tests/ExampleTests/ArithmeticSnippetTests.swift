import FakeTensor
import Testing

/// Arithmetic of arrays with broadcasting, and what division by zero gives.
@Suite("First arithmetic")
struct ArithmeticSnippetTests {
    @Test("adds, multiplies, subtracts and divides with broadcasting")
    func broadcasting() {
        let matrix = Tensor([[1, 2, 3], [4, 5, 6]])
        #expect("\(Tensor([1, 2, 3]) + Tensor([4, 5, 6]))" == "[5.0, 7.0, 9.0] float32 [3]")
        expect(Tensor([[1, 2], [3, 4]]) * Tensor([10]), [10, 20, 30, 40])
        expect(matrix + Tensor([10, 20, 30]), [11, 22, 33, 14, 25, 36])
        expect(matrix * Tensor([10, 20, 30]), [10, 40, 90, 40, 100, 180])
        expect(
            Tensor([[10, 20, 30], [40, 50, 60]]) - Tensor([1, 2, 3]), [9, 18, 27, 39, 48, 57])
        expect(
            Tensor([[10, 20, 30], [5, 25, 50]]) / Tensor([10, 5, 2]), [1, 4, 15, 0.5, 5, 25])
        expect(16 / Tensor([2, 4, 8]), [8, 4, 2])
    }

    @Test("divides whole numbers downwards")
    func floors() {
        let matrix = Tensor([[9, 18, 27], [12, 24, 36]])
        expect(matrix.floorDivide(Tensor([3, 6, 9])), [3, 3, 3, 4, 4, 4])
        expect(Tensor(100.0).floorDivide(Tensor([5, 10, 20])), [20, 10, 5])
        expect(Tensor([2, 5]).floorDivide(Tensor([10, 2])), [0, 2])
    }

    @Test("knows infinity and not-a-number, but no whole division by zero")
    func zeros() async {
        #expect("\(Tensor([1, 2, 3]) / 0)" == "[inf, inf, inf] float32 [3]")
        #expect("\(Tensor([1, 2, 3]) / Tensor([1, 0, 2]))" == "[1.0, inf, 1.5] float32 [3]")
        #expect((Tensor(0.0) / 0).item.isNaN)
        await #expect(processExitsWith: .failure) { _ = Tensor([1, 2, 3]).floorDivide(0) }
        await #expect(processExitsWith: .failure) {
            _ = Tensor([1, 2, 3]).floorDivide(Tensor([1, 0, 2]))
        }
        await #expect(processExitsWith: .failure) {
            _ = Tensor(100.0).floorDivide(Tensor([1, 0, 2]))
        }
    }

    @Test("keeps the shape of arrays without elements", arguments: [[0], [2, 0, 3]])
    func empty(_ sizes: [Int]) {
        let nothing = Tensor.ones(Shape(sizes))
        let results = [
            nothing + nothing, nothing - 1, nothing * 2, nothing / nothing,
            nothing.floorDivide(nothing),
        ]
        for result in results { #expect(result.shape == nothing.shape) }
        #expect(Tensor.ones([2, 0]).data.byteCount == 0)
    }
}
