/// Elementwise kernels and conversions joined into a single pass: a list of scalar functions that
/// is run over blocks that stay in cache. Each function sees the operands it had alone, rounded to
/// the dtype they had, so the bits are the same.
///
/// Numbers are of one dtype, or of float32 and halves; bools may be among them.
package final class FusedProgram: Sendable {
    /// Where an instruction reads.
    package enum Source: Sendable, Hashable {
        /// The array at this position of those it reads; of one element, it is repeated.
        case array(Int)
        /// The result of an earlier instruction.
        case result(Int)
    }

    package struct Instruction: Sendable {
        /// `fill`, `copy`, which converts, or a kernel that works element by element.
        package let kernel: Kernel
        package let operands: [Source]
        /// Of the result.
        package let dtype: DType

        package init(kernel: Kernel, _ operands: [Source], dtype: DType) {
            self.kernel = kernel
            self.operands = operands
            self.dtype = dtype
        }
    }

    /// The most instructions that a program has.
    package static let longest = 32

    /// In order.
    package let instructions: [Instruction]
    /// How many of them compute something.
    var operationCount: Int {
        instructions.reduce(0) { count, instruction in
            switch instruction.kernel {
            case .fill, .copy: count
            default: count + 1
            }
        }
    }
    /// The instructions whose results are written, in order; the last one's is the output.
    package let written: [Int]
    /// For each instruction the position of its result among those that are written, if it is.
    let targets: [Int?]
    /// For each instruction a block of memory for its result, which others have when nobody needs
    /// it any more.
    let blocks: [Int]
    let blockCount: Int

    /// - Parameter kept: the instructions whose results are written beside the last one's, in
    /// order.
    package init(_ instructions: [Instruction], keeping kept: [Int] = []) {
        self.instructions = instructions
        written = kept + (instructions.isEmpty ? [] : [instructions.count - 1])
        targets = instructions.indices.map { [written] in written.firstIndex(of: $0) }
        (blocks, blockCount) = FusedProgram.blocks(for: instructions)
    }

    private static func blocks(for instructions: [Instruction]) -> ([Int], count: Int) {
        var lastUse = Array(instructions.indices)
        for (index, instruction) in instructions.enumerated() {
            for case .result(let earlier) in instruction.operands
            where lastUse.indices.contains(earlier) {
                lastUse[earlier] = max(lastUse[earlier], index)
            }
        }
        var blocks: [Int] = []
        var owners: [Int] = []
        for index in instructions.indices {
            let free = owners.firstIndex { lastUse[$0] < index }
            if let free { owners[free] = index } else { owners.append(index) }
            blocks.append(free ?? owners.count - 1)
        }
        return (blocks, owners.count)
    }

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

    /// The dtype of its numbers, the output's if it is one; bool where all are bools.
    package func numbers(_ arrays: [NDArray]) -> DType {
        let dtypes = instructions.reversed().map(\.dtype) + arrays.map(\.dtype)
        return dtypes.first { $0 != .bool } ?? .bool
    }
}

/// A program with what it reads and what it writes.
package struct FusedPart: Sendable {
    package let program: FusedProgram
    package let reads: [NDArray]
    /// Where the results go that others read as well.
    let kept: [NDArray]
    package let out: NDArray

    init(program: FusedProgram, reads: [NDArray], kept: [NDArray] = [], out: NDArray) {
        self.program = program
        self.reads = reads
        self.kept = kept
        self.out = out
    }

    /// What it keeps, then the output.
    package var writes: [NDArray] { kept + [out] }

    /// Where the result at this position of those that are written goes.
    func target(_ place: Int) -> NDArray { place < kept.count ? kept[place] : out }
}

/// Programs that have nothing to do with each other, run by one kernel: none reads or writes what
/// another one writes.
package final class ProgramGroup: Sendable {
    package let parts: [FusedPart]
    /// What they read, and what they write.
    let reads: [NDArray]
    let writes: [NDArray]
    /// For each program what it reads, then what it writes.
    let list: ArrayList

    package init(_ parts: [FusedPart]) {
        self.parts = parts
        reads = parts.flatMap(\.reads)
        writes = parts.flatMap(\.writes)
        list = ArrayList(parts.flatMap { $0.reads + $0.writes })
    }

    /// The same programs with other arrays.
    func with(_ list: ArrayList) -> ProgramGroup {
        var rest = list.arrays[...]
        func take(_ count: Int) -> [NDArray] {
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        return ProgramGroup(
            parts.map { part in
                let (reads, kept) = (take(part.reads.count), take(part.kept.count))
                return FusedPart(program: part.program, reads: reads, kept: kept, out: take(1)[0])
            })
    }
}
