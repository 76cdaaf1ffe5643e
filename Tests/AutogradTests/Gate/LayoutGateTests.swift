import Autograd
import OpTable
import Tensor
import Testing

/// Other arrangements in memory of the same elements.
enum Layout: String, CaseIterable, Sendable {
    case columnMajor, reversed, stepped, offset

    func arrange(_ x: NDArray) -> NDArray {
        let last = x.rank - 1
        switch self {
        case .columnMajor:
            let order = Array((0..<x.rank).reversed())
            return x.permute(order).copy().permute(order)
        case .reversed:
            let flipped = (0..<x.rank).reduce(x) { $0.flip($1) }
            return (0..<x.rank).reduce(flipped.copy()) { $0.flip($1) }
        case .stepped:
            if x.rank == 0 { return x }
            let size = x.shape[last]
            let wide = NDArray.full(
                x.shape.replacing(last, with: 3 * size), 9, x.dtype, on: x.device)
            let view = wide.slice(axis: last, start: min(1, 3 * size), count: size, step: 3)
            view.assign(x)
            return view
        case .offset:
            let wide = NDArray.full(x.shape.inserting(2, at: 0), 9, x.dtype, on: x.device)
            let view = wide.select(axis: 0, index: 1)
            view.assign(x)
            return view
        }
    }
}

@Suite("Every operation, however its operands lie in memory")
struct LayoutGateTests {
    @Test("gives the same values", arguments: OpTable.rows)
    func values(_ row: OpRow) {
        for example in row.examples {
            for layout in Layout.allCases {
                let operands = example.operands()
                let arranged = operands.map { Tensor(layout.arrange($0.data)) }
                let expected = row.apply(operands)
                let result = row.apply(arranged)
                #expect(result.shape == expected.shape, "\(example) \(layout)")
                #expect(result.distance(expected.doubles) < 1e-13, "\(example) \(layout)")
            }
        }
    }

    @Test(
        "gives the same gradients", arguments: GradientGateTests.smooth)
    func gradients(_ row: OpRow) {
        for example in row.examples {
            for layout in Layout.allCases {
                let operands = example.operands()
                let probe = GradientProbe(row, operands)
                let expected = probe.gradients(operands, probe.upstream)
                let result = probe.gradients(
                    operands.map { Tensor(layout.arrange($0.data)) },
                    Tensor(layout.arrange(probe.upstream.data)))
                for (result, expected) in zip(result, expected) {
                    #expect(result.shape == expected.shape, "\(example) \(layout)")
                    #expect(result.distance(expected.doubles) < 1e-13, "\(example) \(layout)")
                }
            }
        }
    }

    @Test(
        "takes an upstream gradient that is one number spread out",
        arguments: GradientGateTests.smooth)
    func spread(_ row: OpRow) {
        for example in row.examples {
            let probe = GradientProbe(row, example.operands())
            let shape = probe.upstream.shape
            let spread = Tensor(NDArray.full([], 0.5, .float64).expand(to: shape))
            let expected = probe.gradients(probe.operands, .full(like: spread, 0.5))
            for (result, expected) in zip(probe.gradients(probe.operands, spread), expected) {
                #expect(result.distance(expected.doubles) < 1e-13, "\(example)")
            }
        }
    }

    @Test("reads operands that are one number spread out", arguments: GradientGateTests.smooth)
    func spreadOperands(_ row: OpRow) {
        for example in row.examples {
            let operands = example.operands()
            for (position, operand) in operands.enumerated() where operand.count > 0 {
                let one = operand.reshape([operand.count])[0].data
                let spread = Tensor(one.expand(to: operand.shape))
                let row = example.row
                let expected = row.apply(
                    operands.replacing(position, with: Tensor(spread.data.copy())))
                let result = row.apply(operands.replacing(position, with: spread))
                #expect(result.distance(expected.doubles) < 1e-13, "\(example)")
            }
        }
    }
}
