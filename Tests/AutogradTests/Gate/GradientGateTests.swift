import Autograd
import OpTable
import Tensor
import Testing

@Suite("Every operation's gradient")
struct GradientGateTests {
    static let smooth = OpTable.rows.filter(\.isDifferentiable)

    @Test("agrees with central differences by every operand", arguments: smooth)
    func first(_ row: OpRow) {
        for example in row.examples {
            let probe = GradientProbe(row, example.operands())
            let gradients = probe.gradients(probe.operands, probe.upstream)
            for (gradient, position) in zip(gradients, probe.floats) {
                let operand = probe.operands[position]
                let expected = centralDifferences(of: operand) { moved in
                    probe.weightedResult(probe.operands.replacing(position, with: moved))
                }
                #expect(gradient.shape == operand.shape, "\(example)")
                #expect(gradient.distance(expected) < 1e-7, "\(example), by operand \(position)")
                if row.gradient == .zero {
                    #expect(gradient.doubles.allSatisfy { $0 == 0 }, "\(example)")
                }
            }
        }
    }

    @Test("has a gradient that agrees with central differences of it", arguments: smooth)
    func second(_ row: OpRow) {
        for example in row.examples {
            let probe = GradientProbe(row, example.operands())
            let gradients = probe.secondGradients()
            for (gradient, position) in zip(gradients, probe.floats) {
                let operand = probe.operands[position]
                let expected = centralDifferences(of: operand) { moved in
                    probe.weightedGradients(
                        probe.operands.replacing(position, with: moved), probe.upstream)
                }
                #expect(gradient.distance(expected) < 1e-6, "\(example), by operand \(position)")
            }
            let byUpstream = centralDifferences(of: probe.upstream) {
                probe.weightedGradients(probe.operands, $0)
            }
            #expect(
                gradients[gradients.count - 1].distance(byUpstream) < 1e-6,
                "\(example), by the upstream")
        }
    }

    @Test(
        "has its operand's dtype and agrees with the float64 one but for rounding",
        arguments: smooth)
    func dtypes(_ row: OpRow) {
        for example in row.examples {
            for dtype in narrowFloats {
                let operands = example.operands(dtype)
                let probe = GradientProbe(row, operands)
                let wide = operands.map { $0.dtype.isFloat ? $0.cast(to: .float64) : $0 }
                let upstream = probe.upstream.cast(to: dtype)
                let gradients = probe.gradients(operands, upstream)
                let expected = probe.gradients(wide, upstream.cast(to: .float64))
                for (gradient, expected) in zip(gradients, expected) {
                    #expect(gradient.dtype == dtype, "\(example) \(dtype)")
                    let scale = expected.doubles.reduce(1) { max($0, abs($1)) }
                    #expect(
                        gradient.distance(expected.doubles) < 32 * unitRoundoff(dtype) * scale,
                        "\(example) \(dtype)")
                }
            }
        }
    }

    @Test("is computed for the operands that require it and for no others", arguments: smooth)
    func needed(_ row: OpRow) {
        for example in row.examples {
            let operands = example.operands()
            let probe = GradientProbe(row, operands)
            let together = probe.gradients(operands, probe.upstream)
            for (number, position) in probe.floats.enumerated() {
                let alone = operands.enumerated().map {
                    $0.offset == position ? $0.element.leaf() : $0.element.detach()
                }
                row.apply(alone).backward(probe.upstream)
                for other in alone.indices where other != position {
                    #expect(alone[other].grad == nil, "\(example)")
                }
                let gradient = alone[position].grad ?? .zeros(like: alone[position])
                #expect(gradient.doubles == together[number].doubles, "\(example)")
            }
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
