import Autograd
import Tensor
import Testing

@Suite("Arithmetic with known values")
struct ArithmeticCaseTests {
    @Test("operators broadcast")
    func operators() {
        expect(Tensor([1, 2, 3]) + Tensor([4, 5, 6]), [5, 7, 9])
        expect(Tensor([[1, 2], [3, 4]]) * Tensor([10]), [10, 20, 30, 40])
        let x = Tensor([[1, 2, 3], [4, 5, 6]])
        let row = Tensor([10, 20, 30])
        expect(x + row, [11, 22, 33, 14, 25, 36])
        expect(x * row, [10, 40, 90, 40, 100, 180])
        let tens = Tensor([[10, 20, 30], [40, 50, 60]])
        expect(tens - Tensor([1, 2, 3]), [9, 18, 27, 39, 48, 57])
        expect(
            Tensor([[10, 20, 30], [5, 25, 50]]) / Tensor([10, 5, 2]), [1, 4, 15, 0.5, 5, 25])
        expect(16 / Tensor([2, 4, 8]), [8, 4, 2])
    }

    @Test("floor division rounds down", arguments: [DType.float32, .float64, .int32, .int64])
    func floorDivision(_ dtype: DType) {
        let a = Tensor([[9, 18, 27], [12, 24, 36]], dtype)
        expect(a.floorDivide(Tensor([3, 6, 9], dtype)), [3, 3, 3, 4, 4, 4])
        expect(Tensor(100, dtype).floorDivide(Tensor([5, 10, 20], dtype)), [20, 10, 5])
        expect(Tensor([2, 5], dtype).floorDivide(Tensor([10, 2], dtype)), [0, 2])
        expect(Tensor([-7, 7, -7], dtype).floorDivide(Tensor([2, -2, -2], dtype)), [-4, -4, 3])
        expect(Tensor([-7, 7, -7], dtype).mod(Tensor([2, -2, -2], dtype)), [1, -1, -1])
    }

    @Test("division by zero is infinite, or not a number for zero")
    func divisionByZero() {
        let inf = Double.infinity
        expect(Tensor([1, 2, 3]) / 0, [inf, inf, inf])
        expect(Tensor([1, 2, 3]) / Tensor([1, 0, 2]), [1, inf, 1.5])
        expect(Tensor([0, -1]) / 0, [.nan, -inf])
        expect(Tensor([1, 2], .int32) / Tensor([0, 4], .int32), [inf, 0.5])
    }

    @Test("floor division by zero stops the program with a sentence")
    func floorDivisionByZero() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor([1, 2, 3]).floorDivide(Tensor([1, 0, 2]))
        }
        #expect(result.message.contains("floorDivide: division by zero"))
        let whole = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor(100, .int32).floorDivide(Tensor([1, 0, 2], .int32))
        }
        #expect(whole.message.contains("floorDivide: division by zero"))
    }

    @Test("empty shapes stay as they are", arguments: [[0], [2, 0, 3]] as [Shape])
    func empty(_ shape: Shape) {
        let x = Tensor.ones(shape)
        for result in [x + x, x - 1, 2 * x, x / x, x.floorDivide(2), -x, x.exp()] {
            #expect(result.shape == shape)
            #expect(result.doubles == [])
        }
        #expect(Tensor.ones([2, 0]).data.byteCount == 0)
    }

    @Test("a number takes the tensor's dtype, but a fraction beside integers is float32")
    func scalars() {
        for dtype in [DType.float16, .bfloat16, .float32, .float64] {
            #expect((Tensor([1], dtype) * 2.5).dtype == dtype)
        }
        for dtype in DType.allCases where dtype.isInteger {
            #expect((Tensor([1], dtype) + 2).dtype == dtype)
            #expect((Tensor([1], dtype) * 2.5).dtype == .float32)
            #expect((Tensor([1], dtype) / 2).dtype == .float32)
        }
        #expect((Tensor([true], .bool) + 1).dtype == .int32)
        #expect((Tensor([true], .bool) + Tensor([true], .bool)).doubles == [2])
    }

    @Test("integers stay exact and wrap around")
    func integers() {
        expect(Tensor([127], .int8) + 1, [-128])
        expect(Tensor([200], .uint8) + 100, [44])
        expect(Tensor([3, -4], .int64).square(), [9, 16])
        expect(Tensor([-3, 4], .int8).abs(), [3, 4])
        #expect(Tensor([[1, 2], [3, 4]], .uint8).sum().dtype == .int64)
        expect(Tensor([[1, 2], [3, 4]], .int32).matmul(Tensor([5, 6], .int32)), [17, 39])
        #expect(Tensor([3, 1, 2], .int32).max().item == 3)
        expect(Tensor([3, 1, 2], .int32).cumsum(), [3, 4, 6])
    }

    @Test("a number that the tensor's dtype can't hold stops the program with a sentence")
    func numbersOutOfRange() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor([0], .uint8) .> -1
        }
        #expect(result.message.contains(".>: -1 does not fit uint8"))
        expect(Tensor([0], .uint8) + 255, [255])
        expect(Tensor([0], .int32) - Int(Int32.max), [-2_147_483_647])
    }

    @Test("triangles keep their dtype, also bool")
    func triangles() {
        let mask = Tensor.ones([2, 2], .bool).tril()
        #expect(mask.dtype == .bool)
        #expect(mask.values(as: Bool.self) == [true, false, true, true])
    }

    @Test("log is −∞ at 0 and not a number below")
    func logarithm() {
        expect(Tensor([0, -1, 1]).log(), [-.infinity, .nan, 0])
        expect(Tensor([-1, 4]).sqrt(), [.nan, 2])
    }

    @Test("NaN wins in extremes")
    func nan() {
        expect(Tensor([1, .nan, 3] as [Double]).max(), [.nan])
        expect(Tensor([1.0, .nan]).maximum(Tensor([.nan, 1.0])), [.nan, .nan])
        #expect(Tensor([1.0, .nan, 3]).argmax().item == 1)
        expect(Tensor([1.0, .nan]).relu(), [1, .nan])
    }
}

extension Optional<ExitTest.Result> {
    /// What a process that ended wrote to its standard error.
    var message: String {
        map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    }
}
