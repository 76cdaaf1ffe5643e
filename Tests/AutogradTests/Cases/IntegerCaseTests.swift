import Autograd
import Tensor
import Testing

@Suite("Integers stay exact")
struct IntegerCaseTests {
    /// 2⁵³ + 1, which no double is.
    private let odd = 9_007_199_254_740_993

    @Test("in literals, constants, ranges and sums with numbers")
    func making() {
        #expect(Tensor([odd], .int64).values(as: Int.self) == [odd])
        #expect(Tensor([[odd], [-odd]], .int64).values(as: Int.self) == [odd, -odd])
        #expect(Tensor(odd, .int64).item(as: Int.self) == odd)
        #expect(Tensor.full([2], odd, .int64).values(as: Int.self) == [odd, odd])
        #expect(Tensor.full(like: Tensor([0], .int64), odd).item(as: Int.self) == odd)
        #expect(NDArray.full([1], odd, .int64).scalar(as: Int.self) == odd)
        #expect(Tensor.arange(odd, odd + 3).values(as: Int.self) == [odd, odd + 1, odd + 2])
        #expect(Tensor.arange(odd, odd - 4, step: -2).values(as: Int.self) == [odd, odd - 2])
        #expect((Tensor([0], .int64) + odd).item(as: Int.self) == odd)
        #expect((odd - Tensor([0], .int64)).item(as: Int.self) == odd)
        #expect((Tensor([1], .int64) * Int.min).item(as: Int.self) == .min)
        #expect(Tensor([0], .int64).maximum(odd).item(as: Int.self) == odd)
        let padded = Tensor([1], .int64).pad([(before: 1, after: 1)], value: odd)
        #expect(padded.values(as: Int.self) == [odd, 1, odd])
        #expect(Tensor([true], .bool).maskedFill(Tensor([true], .bool), 5).item == 5)
    }

    @Test("in comparisons with numbers")
    func comparing() {
        let x = Tensor(NDArray([odd, odd - 1]))
        #expect((x .== odd).values(as: Bool.self) == [true, false])
        #expect((x .< odd).values(as: Bool.self) == [false, true])
        #expect((x .>= odd).values(as: Bool.self) == [true, false])
    }

    @Test("printed")
    func printing() {
        #expect("\(Tensor([odd, -odd], .int64))" == "[\(odd), -\(odd)] int64 [2]")
        #expect("\(Tensor(Int.min, .int64))" == "\(Int.min) int64 []")
        #expect("\(Tensor([1, 200], .uint8))" == "[1, 200] uint8 [2]")
    }

    @Test(
        "limited, cut at 0 and raised to powers", arguments: [DType.int8, .int16, .int32, .int64])
    func functions(_ dtype: DType) {
        let x = Tensor([-3, 0, 2, 5], dtype)
        let results = [
            (x.clip(lower: -1, upper: 3), [-1, 0, 2, 3]), (x.clip(lower: 1), [1, 1, 2, 5]),
            (x.clip(upper: 1000), [-3, 0, 2, 5]), (x.relu(), [0, 0, 2, 5]),
            (x ** 3, [-27, 0, 8, 125]), (x ** 0, [1, 1, 1, 1]),
            (2 ** x, [0, 1, 4, 32]), (x ** Tensor([2, 0, -1, 1], dtype), [9, 1, 0, 5]),
            (Tensor([1, -1, -1], dtype) ** Tensor([-2, -2, -3], dtype), [1, 1, -1]),
        ]
        for (result, expected) in results {
            #expect(result.dtype == dtype)
            #expect(result.values(as: Int.self) == expected)
        }
        #expect(x.clip(lower: 0.5).dtype == .float32)
        #expect((x ** 0.5).dtype == .float32)
        #expect((x ** 2.0).dtype == .float32)
    }

    @Test("powers wrap around and are exact beyond 2⁵³")
    func powers() {
        #expect((Tensor([3], .int64) ** 35).item(as: Int.self) == 50_031_545_098_999_707)
        #expect((Tensor([2], .int8) ** 7).item(as: Int.self) == -128)
        #expect((Tensor([7], .uint8) ** 3).item(as: Int.self) == 87)
    }

    @Test("an integer has no negative power")
    func negativePowers() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor([1, 2], .int32) ** -1
        }
        expectSentence(result, "**: integers have no power of -1 (cast the base to a float)")
    }

    @Test("truth values make a tensor of bool")
    func truths() {
        #expect(Tensor([true, false]).dtype == .bool)
        #expect(Tensor([[true], [false]]).values(as: Bool.self) == [true, false])
        #expect(Tensor(true).dtype == .bool)
        #expect(Tensor([true, false], .float32).dtype == .float32)
        #expect(Tensor([1, 0]).dtype == .float32)
    }

    @Test("a masked fill of bool is bool")
    func bools() {
        let x = Tensor([true, false, true], .bool)
        let mask = Tensor([true, true, false], .bool)
        #expect(x.maskedFill(mask, false).values(as: Bool.self) == [false, false, true])
        #expect(x.maskedFill(mask, 1).dtype == .bool)
        #expect(x.maskedFill(mask, 2).dtype == .int32)
        #expect(x.maskedFill(mask, 0.5).dtype == .float32)
    }
}
