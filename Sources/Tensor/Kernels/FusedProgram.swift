/// Elementwise kernels of one dtype joined into a single pass: a list of scalar functions that is
/// run over blocks that stay in cache. Each function sees the operands it had alone, so the bits
/// are the same.
package final class FusedProgram: Sendable {
    /// Where an instruction reads.
    package enum Source: Sendable, Hashable {
        /// The array at this position of the kernel's list; of one element, it is repeated.
        case array(Int)
        /// The result of an earlier instruction.
        case result(Int)
    }

    package struct Instruction: Sendable {
        /// `unary`, `binary` or `binaryScalar`.
        package let kernel: Kernel
        package let first: Source
        /// The second operand; the first one again where there is none.
        package let second: Source
    }

    /// In order; the last one's result is the output.
    package let instructions: [Instruction]

    package init(_ instructions: [Instruction]) { self.instructions = instructions }
}
