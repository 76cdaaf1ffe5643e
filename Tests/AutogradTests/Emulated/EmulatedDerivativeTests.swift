import Autograd
import OpTable
import Tensor
import Testing

/// The gate's derivatives of all kinds on the CUDA backend, whose kernels run on the processor.
@Suite("Every operation's derivatives on an emulated GPU", .serialized)
struct EmulatedDerivativeTests {
    static let smooth = GradientGateTests.smooth
    static let batchable = BatchingGateTests.batchable

    @Test("has the CPU's second gradients but for rounding", arguments: smooth)
    func second(_ row: OpRow) {
        for example in row.examples {
            let probe = GradientProbe(row, example.operands())
            expectCloseThere(
                probe.operands + [probe.upstream], .float64, roundings: 0x1p16, "\(example)"
            ) { StrictDeviceTests.derivatives(row, Array($0.dropLast()), $0.last) }
        }
    }

    @Test("has the CPU's tangents, of values and of gradients", arguments: smooth)
    func tangents(_ row: OpRow) {
        for example in row.examples {
            let probe = ForwardProbe(example)
            let count = probe.operands.count
            let all = probe.operands + probe.directions + [probe.upstream]
            expectCloseThere(all, .float64, roundings: 0x1p16, "\(example)") { given in
                let (operands, directions) = (
                    Array(given[..<count]), Array(given[count..<2 * count])
                )
                let upstream = given[2 * count]
                let pushed = jvp(row.apply, at: operands, along: directions)
                let ofGradients = jvp(
                    grad { (x: [Tensor]) in (row.apply(x) * upstream).sum() }, at: operands,
                    along: directions
                ).tangent
                return [pushed.value, pushed.tangent] + ofGradients
            }
        }
    }

    @Test("has the CPU's batches, and their gradients", arguments: batchable)
    func batches(_ row: OpRow) {
        for example in row.examples {
            for pattern in BatchProbe.patterns(row.arity) {
                let probe = BatchProbe(example, pattern, size: 2)
                let count = probe.batched.count
                expectCloseThere(
                    probe.batched + probe.shared, .float64, roundings: 0x1p12,
                    "\(example), \(pattern)"
                ) { given in
                    let (batched, shared) = (Array(given[..<count]), Array(given[count...]))
                    let run = { (x: [Tensor]) in
                        probe.row.apply(probe.merged(x, shared: shared))
                    }
                    var results = [vmap(run)(batched)]
                    if row.isDifferentiable {
                        results += vmap { grad { run($0).sum() }($0) }(batched)
                    }
                    return results
                }
            }
        }
    }

    @Test("has the CPU's Jacobians", arguments: smooth)
    func jacobians(_ row: OpRow) {
        for example in row.examples {
            let operands = example.operands()
            for position in operands.indices where operands[position].dtype.isFloat {
                expectCloseThere(operands, .float64, roundings: 0x1p12, "\(example)") { operands in
                    let f = { (x: Tensor) in
                        row.apply(operands.replacing(position, with: x))
                    }
                    return [DifferentiationMode.forward, .reverse].map {
                        jacobian(f, mode: $0)(operands[position])
                    }
                }
            }
        }
    }
}
