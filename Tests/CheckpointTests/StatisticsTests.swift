import Tensor
import Testing

@testable import Checkpoint

@Suite struct StatisticsTests {
    private func statistics(_ array: NDArray) throws -> TensorStatistics {
        try #require(array.withUnsafeBytes { TensorStatistics(SafetensorsType(array.dtype), $0) })
    }

    @Test("agree with the numbers worked out by hand", arguments: DType.allCases)
    func knownNumbers(dtype: DType) throws {
        let values: [Double] = dtype == .bool ? [0, 1, 1, 0] : [0, 4, 1, 3]
        let array = NDArray(values).cast(to: dtype)
        let result = try statistics(array)
        #expect(result.count == 4 && result.isFinite)
        #expect(result.minimum == 0 && result.maximum == (dtype == .bool ? 1 : 4))
        #expect(result.mean == (dtype == .bool ? 0.5 : 2))
        #expect(result.deviation == (dtype == .bool ? 0.5 : 2.5.squareRoot()))
        #expect(result.zeros == (dtype == .bool ? 2 : 1))
        #expect(
            result.histogram
                == (dtype == .bool ? [2, 0, 0, 0, 0, 0, 0, 2] : [1, 0, 1, 0, 0, 0, 1, 1]))
    }

    @Test("cover more than one block")
    func longArrays() throws {
        let array = NDArray((0..<10_000).map { Float($0) })
        let result = try statistics(array)
        #expect(result.mean == 4999.5 && result.maximum == 9999)
        #expect(result.histogram.reduce(0, +) == 10_000)
        #expect(result.histogram.allSatisfy { $0 == 1250 })
    }

    @Test("survive the ends of the range of doubles")
    func extremes() throws {
        let largest = Double.greatestFiniteMagnitude
        let result = try statistics(NDArray([largest, largest, -largest]))
        #expect(result.minimum == -largest && result.maximum == largest && result.mean.isFinite)
        let none = try statistics(NDArray([Double.nan, .infinity, -.infinity]))
        #expect(none.nans == 1 && none.infinities == 2 && none.mean.isNaN)
        #expect(none.bars == "▁▁▁▁▁▁▁▁")
        let empty = try statistics(NDArray([Float]()))
        #expect(empty.count == 0 && empty.minimum.isNaN)
        let same = try statistics(NDArray([Float](repeating: 3, count: 5)))
        #expect(same.deviation == 0 && same.histogram == [5, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test(
        "read 8-bit floats",
        arguments: [
            (.float8E4M3, 0x38, 1), (.float8E4M3, 0x7E, 448), (.float8E4M3, 0x81, -0.001953125),
            (.float8E5M2, 0x3C, 1), (.float8E5M2, 0xFB, -57344), (.float8E8M0, 0x7E, 0.5),
            (.float8E4M3FNUZ, 0x40, 1), (.float8E4M3FNUZ, 0xFF, -240),
            (.float8E4M3FNUZ, 0x01, 0.0009765625), (.float8E5M2FNUZ, 0x40, 1),
            (.float8E5M2FNUZ, 0x7F, 57344), (.float8E5M2FNUZ, 0x81, -0.00000762939453125),
        ] as [(SafetensorsType, UInt8, Double)])
    func smallFloats(type: SafetensorsType, byte: UInt8, value: Double) throws {
        let result = try #require([byte].withUnsafeBytes { TensorStatistics(type, $0) })
        #expect(result.mean == value)
    }

    @Test("count NaN and infinity of 8-bit floats, and leave complex numbers alone")
    func specialFloats() throws {
        let e4m3 = [UInt8(0x7F), 0xFF].withUnsafeBytes { TensorStatistics(.float8E4M3, $0) }
        #expect(e4m3?.nans == 2)
        let e5m2 = [UInt8(0x7C), 0x7F].withUnsafeBytes { TensorStatistics(.float8E5M2, $0) }
        #expect(e5m2?.infinities == 1 && e5m2?.nans == 1)
        for type in [SafetensorsType.float8E4M3FNUZ, .float8E5M2FNUZ, .float8E8M0] {
            let bytes: [UInt8] = type == .float8E8M0 ? [0xFF, 0x7F] : [0x80, 0x40]
            let statistics = bytes.withUnsafeBytes { TensorStatistics(type, $0) }
            #expect(statistics?.nans == 1 && statistics?.infinities == 0)
            #expect(statistics?.minimum == 1 && statistics?.maximum == 1)
        }
        #expect(
            [UInt8](repeating: 0, count: 8).withUnsafeBytes { TensorStatistics(.complex64, $0) }
                == nil)
    }
}
