import CKernels
import Glibc
import Tensor

/// The instruction sets that this processor has.
let instructionSets: [Int32] = Array(0...ft_isa_best())

/// The kernels for an instruction set.
func kernels(_ isa: Int32) -> ft_kernels { ft_kernels_for(isa).pointee }

/// Loops over `dims` with up to three operands' strides in elements.
func makeLoop(_ dims: [Int], _ a: [Int], _ b: [Int] = [], _ c: [Int] = []) -> ft_loop {
    var loop = ft_loop()
    loop.rank = Int64(dims.count)
    func fill<T>(_ field: inout T, _ values: [Int]) {
        withUnsafeMutableBytes(of: &field) { bytes in
            for (i, value) in values.enumerated() {
                bytes.storeBytes(of: Int64(value), toByteOffset: 8 * i, as: Int64.self)
            }
        }
    }
    fill(&loop.dims, dims)
    fill(&loop.a, a)
    fill(&loop.b, b)
    fill(&loop.c, c)
    return loop
}

/// A contiguous run of `count` elements for all operands.
func makeLoop(_ count: Int) -> ft_loop { makeLoop([count], [1], [1], [1]) }

/// A small deterministic generator of test values.
struct TestRandom {
    var state: UInt64

    init(_ seed: UInt64) { state = seed &* 2 &+ 1 }

    mutating func bits() -> UInt32 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt32(truncatingIfNeeded: state >> 33) ^ UInt32(truncatingIfNeeded: state >> 11)
    }

    mutating func value(in range: ClosedRange<Double>) -> Double {
        let unit = Double(bits()) / Double(UInt32.max)
        return range.lowerBound + (range.upperBound - range.lowerBound) * unit
    }

    mutating func floats(_ count: Int, in range: ClosedRange<Double>) -> [Float] {
        (0..<count).map { _ in Float(value(in: range)) }
    }
}

/// The distance from `reference` in units in the last place of a float; magnitudes below `floor`
/// count as `floor`. Both NaN, or both the same infinity, are no distance.
func ulps(_ value: Float, _ reference: Double, floor: Float = .leastNormalMagnitude) -> Double {
    if value.isNaN || reference.isNaN { return value.isNaN && reference.isNaN ? 0 : .infinity }
    let rounded = Float(reference)
    if rounded == value { return 0 }
    if value.isInfinite || rounded.isInfinite {
        return abs(reference) > 3.4e38 && abs(value) > 3.4e38 ? 0 : .infinity
    }
    return abs(Double(value) - reference) / Double(max(abs(rounded), floor).ulp)
}

/// Uneven cuts of 0..<count at multiples of `step`.
func cuts(_ count: Int, step: Int = 1) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var begin = 0
    var length = 1
    while begin < count {
        let end = min(count, begin + length * step)
        ranges.append(begin..<end)
        begin = end
        length = length * 3 % 97 + 1
    }
    return ranges
}

/// The bit patterns, so that NaN and signed zeros compare.
func bits(_ values: [Float]) -> [UInt32] { values.map { $0.isNaN ? 0x7fc0_0000 : $0.bitPattern } }
