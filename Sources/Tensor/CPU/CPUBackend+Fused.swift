internal import CKernels

/// Where an operand's elements lie, and how far one is from the next: 1, or 0 where it is one.
private typealias Operand = (at: UnsafeRawPointer, step: Int)

extension CPUBackend {
    /// Elements of a block: two of them and the operands stay in the first cache.
    private static var block: Int { 1024 }

    /// Runs the instructions over one block after the other; results that nobody else wants live in
    /// blocks.
    @inline(never)
    func fused(_ part: FusedPart) {
        let block = CPUBackend.block
        let (program, arrays, total) = (part.program, part.reads, part.out.count)
        let width = program.instructions.reduce(1) { max($0, $1.dtype.size) }
        parallel(total, grain: 1 << 15) { begin, end in
            withUnsafeTemporaryAllocation(
                byteCount: max(1, program.blockCount) * block * width, alignment: 64
            ) { results in
                guard let base = results.baseAddress else { return }
                for start in stride(from: Int(begin), to: Int(end), by: block) {
                    let count = min(block, Int(end) - start)
                    func result(_ index: Int) -> UnsafeMutableRawPointer {
                        if let place = program.targets[index] {
                            let target = part.target(place)
                            return target.pointer + start * target.dtype.size
                        }
                        return base + program.blocks[index] * block * width
                    }
                    func place(_ source: FusedProgram.Source) -> Operand {
                        switch source {
                        case .result(let index): return (UnsafeRawPointer(result(index)), 1)
                        case .array(let index):
                            let array = arrays[index]
                            if array.count == 1, total != 1 {
                                return (UnsafeRawPointer(array.pointer), 0)
                            }
                            return (
                                UnsafeRawPointer(array.pointer + start * array.dtype.size), 1
                            )
                        }
                    }
                    for (index, step) in program.instructions.enumerated() {
                        let operands = step.operands
                        guard let first = operands.first else {
                            fill(step, count, into: result(index))
                            continue
                        }
                        let a = place(first)
                        run(
                            step, program.dtype(of: first, arrays), a,
                            operands.count > 1 ? place(operands[1]) : a,
                            operands.count > 2 ? place(operands[2]) : a, count, into: result(index))
                    }
                }
            }
        }
    }

    /// Writes elements of one dtype side by side as those of another.
    func convert(
        _ x: UnsafeRawPointer, every stride: Int = 1, _ from: DType, _ count: Int, _ to: DType,
        into out: UnsafeMutableRawPointer
    ) {
        let loop = ft_loop(count: count, a: stride, b: 1)
        withUnsafePointer(to: loop) {
            kernels.copy(from.rawValue, to.rawValue, $0, 0, Int64(count), x, out)
        }
    }

    private func fill(
        _ step: FusedProgram.Instruction, _ count: Int, into out: UnsafeMutableRawPointer
    ) {
        guard case .fill(let number) = step.kernel else { failKind(step) }
        withElement(number, step.dtype) {
            kernels.fill(step.dtype.rawValue, Int64(count), $0, out)
        }
    }

    private func failKind(_ step: FusedProgram.Instruction) -> Never {
        fail("fused", "\(step.kernel.name) is not elementwise")
    }

    /// One instruction on one block; `dtype` is that of the first operand.
    private func run(
        _ step: FusedProgram.Instruction, _ dtype: DType, _ a: Operand, _ b: Operand, _ c: Operand,
        _ count: Int, into out: UnsafeMutableRawPointer
    ) {
        let n = Int64(count)
        let type = dtype.rawValue
        let loop = ft_loop(count: count, a: a.step, b: b.step, c: c.step)
        withUnsafePointer(to: loop) { loop in
            switch step.kernel {
            case .copy: convert(a.at, every: a.step, dtype, count, step.dtype, into: out)
            case .unary(let function, let p0, let p1):
                kernels.unary(Int32(function.rawValue), type, loop, 0, n, a.at, out, p0, p1)
            case .test(let function):
                kernels.test(Int32(function.rawValue), type, loop, 0, n, a.at, out)
            case .binary(let function, let p0):
                _ = kernels.binary(
                    Int32(function.rawValue), type, loop, 0, n, a.at, b.at, out, p0)
            case .compare(let function):
                kernels.compare(Int32(function.rawValue), type, loop, 0, n, a.at, b.at, out)
            case .select:
                kernels.select(step.dtype.rawValue, loop, 0, n, a.at, b.at, c.at, out)
            case .binaryScalar(let function, let number, let isFirst):
                withNumber(number, dtype, a, isFirst: isFirst, count) { loop, x, y in
                    _ = kernels.binary(
                        Int32(function.rawValue), type, loop, 0, n, x, y, out, 0)
                }
            case .compareScalar(let function, let number):
                withNumber(number, dtype, a, isFirst: false, count) { loop, x, y in
                    kernels.compare(Int32(function.rawValue), type, loop, 0, n, x, y, out)
                }
            default: failKind(step)
            }
        }
    }

    /// An operand and a number as the two of a loop.
    private func withNumber(
        _ number: Scalar, _ dtype: DType, _ a: Operand, isFirst: Bool, _ count: Int,
        _ body: (UnsafePointer<ft_loop>, UnsafeRawPointer, UnsafeRawPointer) -> Void
    ) {
        withElement(number, dtype) { element in
            let loop = ft_loop(
                count: count, a: isFirst ? 0 : a.step, b: isFirst ? a.step : 0)
            withUnsafePointer(to: loop) {
                body($0, isFirst ? element : a.at, isFirst ? a.at : element)
            }
        }
    }
}
