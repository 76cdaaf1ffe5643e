/// Elementwise kernels and conversions joined into a single pass: a list of scalar functions that
/// is run over blocks that stay in cache. Each function sees the operands it had alone, rounded to
/// the dtype they had, so the bits are the same.
///
/// Arrays and results are of one dtype, or of float32 and halves.
package final class FusedProgram: Sendable {
    /// Where an instruction reads.
    package enum Source: Sendable, Hashable {
        /// The array at this position of the kernel's list; of one element, it is repeated.
        case array(Int)
        /// The result of an earlier instruction.
        case result(Int)
    }

    package struct Instruction: Sendable {
        /// `unary`, `binary` or `binaryScalar` of operands of the result's dtype, or `copy`, which
        /// converts.
        package let kernel: Kernel
        package let first: Source
        /// The second operand; the first one again where there is none.
        package let second: Source
        /// Of the result.
        package let dtype: DType
    }

    /// In order; the last one's result is the output.
    package let instructions: [Instruction]

    package init(_ instructions: [Instruction]) { self.instructions = instructions }

    /// Whether one program may compute in both.
    package static func mixes(_ a: DType, _ b: DType) -> Bool {
        let narrow: [DType] = [.float32, .float16, .bfloat16]
        return a == b || narrow.contains(a) && narrow.contains(b)
    }

    /// The dtype of what an instruction reads.
    package func dtype(of source: Source, _ arrays: [NDArray]) -> DType {
        switch source {
        case .array(let index): arrays[index].dtype
        case .result(let index): instructions[index].dtype
        }
    }
}
