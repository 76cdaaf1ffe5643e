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
    /// For each instruction a block of memory for its result, which others have when nobody needs
    /// it any more.
    let blocks: [Int]
    let blockCount: Int

    /// - Parameter kept: the instructions whose results are written beside the last one's, in
    /// order.
    package init(_ instructions: [Instruction], keeping kept: [Int] = []) {
        self.instructions = instructions
        written = kept + (instructions.isEmpty ? [] : [instructions.count - 1])
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

/// A program with what it reads and what it writes: what it keeps, then its output.
package struct FusedPart: Sendable {
    package let program: FusedProgram
    package let reads: [NDArray]
    package let writes: [NDArray]

    /// The output.
    package var out: NDArray { writes[writes.count - 1] }
}

/// Programs that have nothing to do with each other, run by one kernel: none reads or writes what
/// another one writes.
package final class ProgramGroup: Sendable {
    private let members: [(program: FusedProgram, readCount: Int)]

    package var programs: [FusedProgram] { members.map(\.program) }

    /// - Returns: the group and its list: for each program what it reads, then what it writes.
    package static func kernel(of parts: [FusedPart]) -> Kernel {
        let group = ProgramGroup(parts.map { ($0.program, $0.reads.count) })
        return .together(group, ArrayList(parts.flatMap { $0.reads + $0.writes }))
    }

    private init(_ members: [(program: FusedProgram, readCount: Int)]) { self.members = members }

    /// How many arrays there are in its list.
    var arrayCount: Int { members.reduce(0) { $0 + $1.readCount + $1.program.written.count } }

    /// The programs with their arrays.
    package func parts(of list: ArrayList) -> [FusedPart] {
        var place = 0
        return members.map { program, readCount in
            let first = place
            place += readCount + program.written.count
            return FusedPart(
                program: program, reads: Array(list.arrays[first..<first + readCount]),
                writes: Array(list.arrays[first + readCount..<place]))
        }
    }
}
