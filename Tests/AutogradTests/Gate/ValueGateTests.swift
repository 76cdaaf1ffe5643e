import Autograd
import OpTable
import Tensor
import Testing

@Suite("Every operation's value")
struct ValueGateTests {
    @Test("has a reference for each row and a row for each reference")
    func references() {
        let rows = OpTable.rows.map(\.name)
        #expect(Set(rows).count == rows.count)
        #expect(Set(rows) == Set(References.all.keys))
    }

    @Test("agrees with its reference in float64", arguments: OpTable.rows)
    func float64(_ row: OpRow) throws {
        for example in row.examples {
            let operands = example.operands()
            let reference = try #require(References.all[row.name], "\(example)")
            let expected = reference(operands.map { Grid($0) })
            let result = row.apply(operands)
            #expect(Array(result.shape) == expected.shape, "\(example)")
            #expect(
                result.distance(expected.values) < 1e-13 * Double(8 * row.roundings),
                "\(example)")
        }
    }

    @Test(
        "in a narrower float is the float64 value but for rounding",
        arguments: OpTable.rows)
    func narrow(_ row: OpRow) {
        for example in row.examples {
            for dtype in narrowFloats {
                let operands = example.operands(dtype)
                let result = row.apply(operands)
                let wide = operands.map { $0.dtype.isFloat ? $0.cast(to: .float64) : $0 }
                let expected = row.apply(wide)
                #expect(result.shape == expected.shape, "\(example) \(dtype)")
                switch row.gradient {
                case .none: #expect(result.doubles == expected.doubles, "\(example) \(dtype)")
                case .exact, .zero:
                    #expect(result.dtype == dtype, "\(example) \(dtype)")
                    checkRounding(result, expected.doubles, example)
                }
            }
        }
    }

    /// Each rounding adds half a unit in the last place; the float32 kernels add up to three
    /// whole ones on the way.
    private func checkRounding(_ result: Tensor, _ expected: [Double], _ example: Example) {
        let half = unitRoundoff(result.dtype)
        let scale = expected.reduce(1) { max($0, abs($1)) }
        for (value, wanted) in zip(result.doubles, expected) {
            let own = example.row.roundings == 1 ? abs(wanted) : scale
            let allowed = half * Double(example.row.roundings) * own + 8 * 0x1p-24 * scale
            #expect(abs(value - wanted) <= allowed, "\(example): \(value) for \(wanted)")
        }
    }
}

/// The largest relative error of rounding to a float dtype.
func unitRoundoff(_ dtype: DType) -> Double {
    switch dtype {
    case .float64: 0x1p-53
    case .float32: 0x1p-24
    case .float16: 0x1p-11
    case .bfloat16: 0x1p-8
    default: 0
    }
}
