import Autograd
import OpTable
import Tensor
import Testing

/// What `autocast` makes of every operation, on the CUDA backend whose kernels run on the processor.
@Suite("Every operation inside autocast on an emulated GPU", .serialized)
struct EmulatedAutocastTests {
    @Test(
        "has the CPU's value and gradients in the same precision", arguments: OpTable.rows,
        [AutocastPrecision.bfloat16, .float16, .tf32])
    func values(_ row: OpRow, _ precision: AutocastPrecision) {
        // `make test` tries the usual example of each row in float32, `make test-cuda` all.
        let examples = EmulatedGate.isComplete ? row.examples : Array(row.examples.prefix(1))
        let halves = EmulatedGate.isComplete ? [precision.half].compactMap { $0 } : []
        for example in examples {
            for dtype in [.float32] + halves {
                let operands = example.operands(dtype)
                func results(_ operands: [Tensor], _ precision: AutocastPrecision) -> [Tensor] {
                    EmulatedAutocastTests.results(row, operands, precision)
                }
                let isPlain =
                    precision != .tf32 && dtype == .float32
                    && bits(results(operands, precision)) == bits(results(operands, .float32))
                // An operation that stays in float32 is as near there as without autocast.
                let rounding = isPlain ? DType.float32 : precision.half ?? .float16
                expectCloseThere(
                    operands, rounding, roundings: isPlain ? 256 : 16,
                    "\(example) \(dtype) in \(precision.rawValue)"
                ) { results($0, precision) }
            }
        }
    }

    /// The value and, where there are any, the gradients.
    private static func results(
        _ row: OpRow, _ operands: [Tensor], _ precision: AutocastPrecision
    ) -> [Tensor] {
        autocast(precision) {
            if !row.isDifferentiable { return [noGrad { row.apply(operands) }] }
            let leaves = operands.map { $0.leaf() }
            let result = row.apply(leaves)
            if result.requiresGrad { result.backward(.ones(like: result)) }
            return [result] + leaves.compactMap(\.grad)
        }
    }
}
