import Autograd
import OpTable
import Tensor
import Testing

@Suite("Every operation's gradient")
struct GradientGateTests {
    static let smooth = Samples.examples.filter { $0.row.isDifferentiable }

    @Test("agrees with central differences by every operand", arguments: smooth)
    func first(_ example: Example) {
        let probe = GradientProbe(example.row, example.operands())
        let gradients = probe.gradients(probe.operands, probe.upstream)
        for (gradient, position) in zip(gradients, probe.floats) {
            let operand = probe.operands[position]
            let expected = centralDifferences(of: operand) { moved in
                probe.weightedResult(probe.operands.replacing(position, with: moved))
            }
            #expect(gradient.shape == operand.shape)
            #expect(gradient.distance(expected) < 1e-7, "by operand \(position)")
            if example.row.gradient == .zero {
                #expect(gradient.doubles.allSatisfy { $0 == 0 })
            }
        }
    }

    @Test("has a gradient that agrees with central differences of it", arguments: smooth)
    func second(_ example: Example) {
        let probe = GradientProbe(example.row, example.operands())
        let gradients = probe.secondGradients()
        for (gradient, position) in zip(gradients, probe.floats) {
            let operand = probe.operands[position]
            let expected = centralDifferences(of: operand) { moved in
                probe.weightedGradients(
                    probe.operands.replacing(position, with: moved), probe.upstream)
            }
            #expect(gradient.distance(expected) < 1e-6, "by operand \(position)")
        }
        let byUpstream = centralDifferences(of: probe.upstream) {
            probe.weightedGradients(probe.operands, $0)
        }
        #expect(gradients[gradients.count - 1].distance(byUpstream) < 1e-6, "by the upstream")
    }

    @Test(
        "has its operand's dtype and agrees with the float64 one but for rounding",
        arguments: smooth, [DType.float32, .float16, .bfloat16])
    func dtypes(_ example: Example, _ dtype: DType) {
        let operands = example.operands(dtype)
        let probe = GradientProbe(example.row, operands)
        let wide = operands.map { $0.dtype.isFloat ? $0.cast(to: .float64) : $0 }
        let upstream = probe.upstream.cast(to: dtype)
        let gradients = probe.gradients(operands, upstream)
        let expected = probe.gradients(wide, upstream.cast(to: .float64))
        for (gradient, expected) in zip(gradients, expected) {
            #expect(gradient.dtype == dtype)
            let scale = expected.doubles.reduce(1) { max($0, abs($1)) }
            #expect(gradient.distance(expected.doubles) < 32 * unitRoundoff(dtype) * scale)
        }
    }

    @Test("is computed for the operands that require it and for no others", arguments: smooth)
    func needed(_ example: Example) {
        let operands = example.operands()
        let probe = GradientProbe(example.row, operands)
        let together = probe.gradients(operands, probe.upstream)
        for (number, position) in probe.floats.enumerated() {
            let alone = operands.enumerated().map {
                $0.offset == position ? $0.element.leaf() : $0.element.detach()
            }
            example.row.apply(alone).backward(probe.upstream)
            for other in alone.indices where other != position {
                #expect(alone[other].grad == nil)
            }
            let gradient = alone[position].grad ?? .zeros(like: alone[position])
            #expect(gradient.doubles == together[number].doubles)
        }
    }

    @Test(
        "does not exist where the result is no float",
        arguments: OpTable.rows.filter { !$0.isDifferentiable })
    func absent(_ row: OpRow) {
        let leaves = Samples.operands(row, row.shapes[0]).map { $0.leaf() }
        #expect(!row.apply(leaves).requiresGrad)
    }
}

extension Array {
    func replacing(_ position: Int, with element: Element) -> [Element] {
        var result = self
        result[position] = element
        return result
    }
}
