import Tensor
import Testing

@Suite("Element types")
struct DTypeTests {
    /// What torch.promote_types of PyTorch 2.13 gives, "-" where it refuses.
    private static let table = """
        float32  float32 float64 float32 float32 float32 float32 float32 float32 float32 float32 \
        float32 float32 float32
        float64  float64 float64 float64 float64 float64 float64 float64 float64 float64 float64 \
        float64 float64 float64
        float16  float32 float64 float16 float32 float16 float16 float16 float16 float16 float16 \
        float16 float16 float16
        bfloat16 float32 float64 float32 bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 \
        bfloat16 bfloat16 bfloat16 bfloat16
        int8     float32 float64 float16 bfloat16 int8 int16 int16 - int32 - int64 - int8
        uint8    float32 float64 float16 bfloat16 int16 uint8 int16 - int32 - int64 - uint8
        int16    float32 float64 float16 bfloat16 int16 int16 int16 - int32 - int64 - int16
        uint16   float32 float64 float16 bfloat16 - - - uint16 - - - - -
        int32    float32 float64 float16 bfloat16 int32 int32 int32 - int32 - int64 - int32
        uint32   float32 float64 float16 bfloat16 - - - - - uint32 - - -
        int64    float32 float64 float16 bfloat16 int64 int64 int64 - int64 - int64 - int64
        uint64   float32 float64 float16 bfloat16 - - - - - - - uint64 -
        bool     float32 float64 float16 bfloat16 int8 uint8 int16 - int32 - int64 - bool
        """

    @Test("are promoted as PyTorch does, except that every dtype holds truth values")
    func promotion() {
        let rows = Self.table.split(separator: "\n").map { $0.split(separator: " ") }
        let order = rows.map { DType(name: String($0[0])) }
        #expect(order == DType.allCases)
        for (a, row) in zip(DType.allCases, rows) {
            for (b, name) in zip(DType.allCases, row.dropFirst()) {
                let isTruth = a == .bool || b == .bool
                let expected = isTruth ? (a == .bool ? b : a) : DType(name: String(name))
                #expect(DType.common(a, b) == expected, "\(a) and \(b)")
                if let expected { #expect(DType.promote(a, b) == expected) }
            }
        }
    }

    @Test("are found by their names", arguments: DType.allCases)
    func names(_ dtype: DType) {
        #expect(DType(name: dtype.name) == dtype)
        #expect(DType(name: dtype.name.uppercased()) == nil)
        #expect(NDArray.full([3], 1, dtype).byteCount == 3 * dtype.size)
    }

    @Test("keep small whole numbers through every conversion")
    func conversions() {
        let numbers = NDArray([0.0, 1, 2, 100])
        for from in DType.allCases {
            for to in DType.allCases {
                let expected: [Double] =
                    from == .bool || to == .bool ? [0, 1, 1, 1] : [0, 1, 2, 100]
                #expect(numbers.cast(to: from).cast(to: to).values(as: Double.self) == expected)
            }
        }
    }

    @Test("floats become integers toward zero, saturating, NaN as 0")
    func truncation() {
        let x = NDArray([1.9, -1.9, 300, -300, 1e30, -1e30, .nan, .infinity])
        #expect(x.values(as: Int8.self) == [1, -1, 127, -128, 127, -128, 0, 127])
        #expect(x.values(as: UInt8.self) == [1, 0, 255, 0, 255, 0, 0, 255])
        let (low, high) = (Int32.min, Int32.max)
        #expect(x.values(as: Int32.self) == [1, -1, 300, -300, high, low, 0, high])
        #expect(x.values(as: Int64.self)[4...6] == [.max, .min, 0])
        #expect(x.values(as: UInt16.self) == [1, 0, 300, 0, .max, 0, 0, .max])
        #expect(x.values(as: Int16.self) == [1, -1, 300, -300, .max, .min, 0, .max])
        #expect(x.values(as: UInt32.self) == [1, 0, 300, 0, .max, 0, 0, .max])
        #expect(x.values(as: UInt64.self) == [1, 0, 300, 0, .max, 0, 0, .max])
        #expect(
            NDArray([0.0, -0.0, 0.1, .nan]).values(as: Bool.self) == [false, false, true, true])
    }

    @Test("float16 has IEEE 754's bits")
    func halfBits() {
        let x = NDArray([65504, 6.104e-5, 5.96e-8, .infinity, -.infinity, 0.1, -0.0, .nan])
        let bits = x.cast(to: .float16).withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) }
        #expect(bits.dropLast() == [0x7BFF, 0x0400, 0x0001, 0x7C00, 0xFC00, 0x2E66, 0x8000])
        #expect(bits[7] & 0x7C00 == 0x7C00 && bits[7] & 0x3FF != 0)
        let every = (0...UInt16.max).map { Float16(bitPattern: $0) }
        let back = NDArray(every).cast(to: .float32).cast(to: .float16).values(as: Float16.self)
        #expect(zip(every, back).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) })
    }

    @Test("bfloat16 is the upper half of float32, rounded to even")
    func brainBits() {
        let x = NDArray([1, 1.00390625, 1.01171875, 3.3895314e38, -2.5] as [Float])
        let bits = x.cast(to: .bfloat16).withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) }
        #expect(bits == [0x3F80, 0x3F80, 0x3F82, 0x7F7F, 0xC020])
    }

    @Test("the default is float32")
    func defaults() {
        #expect(Tensor([1, 2]).dtype == .float32)
        #expect(Tensor.zeros([2]).dtype == .float32)
        #expect(NDArray([1.0]).dtype == .float64)
    }

    @Test("print as numbers, the largest too")
    func printing() {
        #expect(NDArray([Int64.max, -1]).description.hasSuffix(", -1]"))
        #expect(NDArray([UInt64.max, 0]).description == "[18446744073709551615, 0]")
        #expect(NDArray([UInt32.max]).description == "[4294967295]")
        #expect(NDArray([Int16.min, .max]).description == "[-32768, 32767]")
        #expect(
            Tensor([[1, 2], [3, 4]]).description == "[[1.0, 2.0],\n [3.0, 4.0]] float32 [2, 2]")
        #expect(NDArray([true, false]).description == "[true, false]")
        #expect(NDArray.range(0, 20).description == "[0, 1, 2, …, 17, 18, 19]")
        #expect(NDArray([Float](), [2, 0]).description == "[[]]")
    }
}
