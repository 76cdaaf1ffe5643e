import CKernels
import Glibc
import Tensor
import Testing

/// One binary operation with its reference in double.
struct BinaryCase: Sendable, CustomStringConvertible {
    let name: String
    let operation: BinaryFunction
    let tolerance: Double
    let reference: @Sendable (Double, Double) -> Double

    init(
        _ name: String, _ operation: BinaryFunction, _ tolerance: Double = 0.51,
        _ reference: @escaping @Sendable (Double, Double) -> Double
    ) {
        self.name = name
        self.operation = operation
        self.tolerance = tolerance
        self.reference = reference
    }

    var description: String { name }
    var code: Int32 { Int32(operation.rawValue) }

    static let p0: Double = 0.25

    static let all: [BinaryCase] = common + further

    static let common: [BinaryCase] = [
        BinaryCase("add", BinaryFunction.add) { $0 + $1 },
        BinaryCase("sub", BinaryFunction.sub) { $0 - $1 },
        BinaryCase("mul", BinaryFunction.mul) { $0 * $1 },
        BinaryCase("div", BinaryFunction.div) { $0 / $1 },
        BinaryCase("floor_div", BinaryFunction.floor_div) {
            Double(Float($0) / Float($1)).rounded(.down)
        },
        BinaryCase("mod", BinaryFunction.mod) {
            let r = fmod($0, $1)
            return r != 0 && (r < 0) != ($1 < 0) ? r + $1 : r
        },
        BinaryCase("pow", BinaryFunction.pow, 1.5) { pow($0, $1) },
        BinaryCase("atan2", BinaryFunction.atan2, 2) { atan2($0, $1) },
        BinaryCase("maximum", BinaryFunction.maximum) { max($0, $1) },
        BinaryCase("minimum", BinaryFunction.minimum) { min($0, $1) },
        BinaryCase("weigh", BinaryFunction.weigh) { $0 == 0 ? 0 : $0 * $1 },
        BinaryCase("squared_difference", BinaryFunction.squared_difference, 2) {
            ($0 - $1) * ($0 - $1)
        },
        BinaryCase("exp_difference", BinaryFunction.exp_difference, 40) { exp($0 - $1) },
        BinaryCase("abs_pow", BinaryFunction.abs_pow, 1.5) { pow(abs($0), $1) },
        BinaryCase("relu_grad", BinaryFunction.relu_grad) { $1 <= 0 ? 0 : $0 },
        BinaryCase("leaky_relu_grad", BinaryFunction.leaky_relu_grad) { $1 > 0 ? $0 : p0 * $0 },
        BinaryCase("elu_grad", BinaryFunction.elu_grad) { $1 > 0 ? $0 : $0 * ($1 + p0) },
        BinaryCase("tanh_grad", BinaryFunction.tanh_grad) { $0 * (1 - $1 * $1) },
        BinaryCase("sigmoid_grad", BinaryFunction.sigmoid_grad) { $0 * $1 * (1 - $1) },
        BinaryCase("softplus_grad", BinaryFunction.softplus_grad) { $0 * logistic($1) },
        BinaryCase("silu_grad", BinaryFunction.silu_grad) {
            $0 * (logistic($1) + $1 * logistic($1) * logistic(-$1))
        },
        BinaryCase("gelu_grad", BinaryFunction.gelu_grad) {
            let density = exp(-$1 * $1 / 2) / (2 * Double.pi).squareRoot()
            return $0 * (normalDistribution($1) + $1 * density)
        },
        BinaryCase("gelu_tanh_grad", BinaryFunction.gelu_tanh_grad) {
            let scale = (2 / Double.pi).squareRoot()
            let t = tanh(scale * ($1 + 0.044715 * $1 * $1 * $1))
            let inner = scale * (1 + 3 * 0.044715 * $1 * $1)
            return $0 * (0.5 * (1 + t) + 0.5 * $1 * (1 - t * t) * inner)
        },
    ]
}

@Suite("Binary kernels")
struct KernelBinaryTests {
    static func run(
        _ isa: Int32, _ operation: Int32, _ loop: ft_loop, _ count: Int, _ x: [Float],
        _ y: [Float], offset: Int = 0, cut: [Range<Int>]? = nil
    ) -> [Float] {
        var out = [Float](repeating: .nan, count: count)
        var loop = loop
        x.withUnsafeBufferPointer { x in
            for range in cut ?? [0..<count] {
                _ = kernels(isa).binary(
                    operation, 0, &loop, Int64(range.lowerBound), Int64(range.upperBound),
                    x.baseAddress! + offset, y, &out, BinaryCase.p0)
            }
        }
        return out
    }

    /// Their second operand is the seed of a stream: the table of operations holds them to
    /// references.
    private static let draws = [
        BinaryFunction.log_gamma_draw, .log_gamma_slope, .poisson_draw,
    ].map { Int32($0.rawValue) }

    @Test("every operation has a case here")
    func complete() {
        let found = Set(BinaryCase.all.map(\.code) + Self.draws)
        #expect(found == Set(0..<Int32(FT_BINARY_REAL_COUNT)))
    }

    @Test("float32 follows the reference", arguments: BinaryCase.all)
    func accuracy(_ test: BinaryCase) {
        var random = TestRandom(1)
        let x = random.floats(4000, in: -5...5)
        let y = random.floats(4000, in: -5...5)
        for isa in instructionSets {
            let out = Self.run(isa, test.code, makeLoop(4000), 4000, x, y)
            for i in out.indices {
                let expected = test.reference(Double(x[i]), Double(y[i]))
                // Gradients and sums of logarithms cancel near their zeros: an error of the
                // factors' size is allowed.
                let size = Double(max(1, abs(x[i])) * max(1, y[i] * y[i]))
                let near = abs(Double(out[i]) - expected) <= 4e-7 * size
                let cancels = test.name.hasSuffix("grad") || test.name.hasPrefix("logaddexp")
                let fine = ulps(out[i], expected) <= test.tolerance || (cancels && near)
                #expect(fine, "isa \(isa): \(x[i]), \(y[i]) gives \(out[i]), not \(expected)")
            }
        }
    }

    @Test("every layout and cut gives the bits of the plain loop", arguments: BinaryCase.all)
    func layouts(_ test: BinaryCase) {
        var random = TestRandom(2)
        let x = random.floats(5000, in: 0.1...5)
        let y = random.floats(5000, in: 0.1...5)
        // dims, strides of x, offset of x, strides of y
        let layouts: [([Int], [Int], Int, [Int])] = [
            ([], [], 0, []), ([1], [0], 0, [0]), ([300], [1], 0, [0]), ([300], [0], 0, [1]),
            ([300], [0], 0, [0]), ([300], [-1], 299, [2]), ([5, 7], [1, 5], 0, [7, 1]),
            ([3, 100], [0, 1], 0, [100, 1]), ([3, 100], [100, 1], 0, [1, 0]),
            ([20, 3], [3, 1], 0, [0, 1]), ([2, 3, 4, 5], [60, 20, -5, 1], 15, [1, 2, 6, 24]),
            (
                [2, 2, 2, 2, 2, 2, 2, 3], [1, 2, 4, 8, 16, 32, 64, 0], 0, [0, 3, 0, 6, 0, 12, 0, 1]
            ),
            ([1, 90, 1, 2], [7, 2, 7, 1], 0, [7, 2, 7, 1]), ([70, 70], [1, 70], 0, [70, 1]),
        ]
        for isa in instructionSets {
            for (dims, a, offset, b) in layouts {
                let count = dims.reduce(1, *)
                let gathered = (0..<count).map { flat in
                    var rest = flat
                    var at = (offset, 0)
                    for d in dims.indices.reversed() {
                        at.0 += rest % dims[d] * a[d]
                        at.1 += rest % dims[d] * b[d]
                        rest /= dims[d]
                    }
                    return (x[at.0], y[at.1])
                }
                let plain = Self.run(
                    isa, test.code, makeLoop(count), count, gathered.map(\.0), gathered.map(\.1))
                let loop = makeLoop(dims, a, b)
                let out = Self.run(isa, test.code, loop, count, x, y, offset: offset)
                let pieces = Self.run(
                    isa, test.code, loop, count, x, y, offset: offset, cut: cuts(count))
                #expect(bits(out) == bits(plain), "isa \(isa), dims \(dims)")
                #expect(bits(pieces) == bits(plain), "isa \(isa), dims \(dims), in pieces")
            }
        }
    }

    @Test("floor division and remainder round down, maxima keep NaN", arguments: instructionSets)
    func special(_ isa: Int32) {
        func one(_ operation: BinaryFunction, _ x: Float, _ y: Float) -> Float {
            Self.run(isa, Int32(operation.rawValue), makeLoop(1), 1, [x], [y])[0]
        }
        #expect(one(BinaryFunction.mod, -7, 3) == 2)
        #expect(one(BinaryFunction.mod, 7, -3) == -2)
        #expect(one(BinaryFunction.mod, 5, .infinity) == 5)
        #expect(one(BinaryFunction.mod, 1, 0).isNaN)
        #expect(one(BinaryFunction.floor_div, -7, 2) == -4)
        // 1 / 0.1 rounds to 10, but 0.1 is a little more than a tenth: as NumPy has it.
        #expect(one(BinaryFunction.floor_div, 1, 0.1) == 9)
        #expect(
            one(BinaryFunction.maximum, .nan, 1).isNaN && one(BinaryFunction.maximum, 1, .nan).isNaN
        )
        #expect(
            one(BinaryFunction.minimum, .nan, 1).isNaN && one(BinaryFunction.minimum, 1, .nan).isNaN
        )
        #expect(one(BinaryFunction.pow, 1.1, 2) == Float(1.1) * Float(1.1))
        #expect(one(BinaryFunction.pow, 2.5, 0.5) == Float(2.5).squareRoot())
        #expect(one(BinaryFunction.pow, 0, 0) == 1 && one(BinaryFunction.pow, -2, 3) == -8)
    }

    @Test("integers wrap, divide downwards and compare", arguments: instructionSets)
    func integers(_ isa: Int32) {
        func run<T: FixedWidthInteger>(
            _ operation: BinaryFunction, _ dtype: DType, _ x: [T], _ y: [T]
        ) -> [T] {
            var out = [T](repeating: 0, count: x.count)
            var loop = makeLoop(x.count)
            _ = kernels(isa).binary(
                Int32(operation.rawValue), dtype.rawValue, &loop, 0, Int64(x.count), x, y,
                &out, 0)
            return out
        }
        func check<T: FixedWidthInteger>(_ dtype: DType, _: T.Type) {
            let x: [T] = [.max, .min, 7, T(truncatingIfNeeded: -7), 100, .min]
            let y: [T] = [1, 1, 3, 3, T(truncatingIfNeeded: -3), T(truncatingIfNeeded: -1)]
            #expect(run(BinaryFunction.add, dtype, x, y) == zip(x, y).map { $0 &+ $1 })
            #expect(run(BinaryFunction.sub, dtype, x, y) == zip(x, y).map { $0 &- $1 })
            #expect(run(BinaryFunction.mul, dtype, x, y) == zip(x, y).map { $0 &* $1 })
            #expect(run(BinaryFunction.maximum, dtype, x, y) == zip(x, y).map { max($0, $1) })
            let quotients: [T] = zip(x, y).map { x, y in
                if T.isSigned && y == T(truncatingIfNeeded: -1) { return 0 &- x }
                let inexact = x % y != 0 && (x < 0) != (y < 0)
                return inexact ? x / y - 1 : x / y
            }
            #expect(run(BinaryFunction.floor_div, dtype, x, y) == quotients)
            let remainders = (0..<6).map { x[$0] &- quotients[$0] &* y[$0] }
            #expect(run(BinaryFunction.mod, dtype, x, y) == remainders)
        }
        check(.int8, Int8.self)
        check(.uint8, UInt8.self)
        check(.int16, Int16.self)
        check(.uint16, UInt16.self)
        check(.int32, Int32.self)
        check(.uint32, UInt32.self)
        check(.int64, Int64.self)
        check(.uint64, UInt64.self)
        #expect(
            run(BinaryFunction.maximum, .bool, [0, 0, 1, 1] as [UInt8], [0, 1, 0, 1]) == [
                0, 1, 1, 1,
            ])
    }

    @Test("comparisons and selection broadcast", arguments: instructionSets)
    func comparing(_ isa: Int32) {
        let x: [Float] = [1, 2, .nan, 4, -1, 2]
        let y: [Float] = [2]
        var loop = makeLoop([6], [1], [0])
        var flags = [UInt8](repeating: 9, count: 6)
        kernels(isa).compare(Int32(CompareFunction.ge.rawValue), 0, &loop, 0, 6, x, y, &flags)
        #expect(flags == [0, 1, 0, 1, 0, 1])
        kernels(isa).compare(Int32(CompareFunction.ne.rawValue), 0, &loop, 0, 6, x, y, &flags)
        #expect(flags == [1, 0, 1, 1, 1, 0])

        var choice = makeLoop([2, 3], [3, 1], [1, 2], [0, 0])
        var out = [Float](repeating: 0, count: 6)
        kernels(isa).select(0, &choice, 0, 6, flags, x, y, &out)
        #expect(out[0] == 1 && out[1] == 2 && out[2] == -1)
        #expect(out[3] == 2 && out[4] == 4 && out[5] == 2)
    }
}
