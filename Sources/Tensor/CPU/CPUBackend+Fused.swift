internal import CKernels

extension CPUBackend {
    /// Elements of a block: two of them and the operands stay in the first cache.
    private static var block: Int { 1024 }

    /// Runs the instructions over one block after the other; results but the last live in blocks.
    @inline(never)
    func fused(_ program: FusedProgram, _ arrays: [NDArray], into out: NDArray) {
        let block = CPUBackend.block
        // Of the largest elements: float64 is alone, and halves go with float32.
        let width = max(out.dtype.size, MemoryLayout<Float>.size)
        let last = program.instructions.count - 1
        parallel(out.count, grain: 1 << 15) { begin, end in
            withUnsafeTemporaryAllocation(
                byteCount: max(1, last) * block * width, alignment: 64
            ) { results in
                guard let base = results.baseAddress else { return }
                for start in stride(from: Int(begin), to: Int(end), by: block) {
                    let count = min(block, Int(end) - start)
                    func place(_ source: FusedProgram.Source) -> (UnsafeRawPointer, Int) {
                        switch source {
                        case .result(let index):
                            return (UnsafeRawPointer(base + index * block * width), 1)
                        case .array(let index):
                            let array = arrays[index]
                            if array.count == 1, out.count != 1 {
                                return (UnsafeRawPointer(array.pointer), 0)
                            }
                            return (
                                UnsafeRawPointer(array.pointer + start * array.dtype.size), 1
                            )
                        }
                    }
                    for (index, step) in program.instructions.enumerated() {
                        let target =
                            index == last
                            ? out.pointer + start * out.dtype.size : base + index * block * width
                        if case .copy = step.kernel {
                            let (x, every) = place(step.first)
                            convert(
                                x, every: every, program.dtype(of: step.first, arrays), count,
                                step.dtype, into: target)
                            continue
                        }
                        run(
                            step.kernel, place(step.first), place(step.second), count, step.dtype,
                            into: target)
                    }
                }
            }
        }
    }

    /// Writes elements of one dtype, each `every` from the last, side by side as those of another.
    func convert(
        _ x: UnsafeRawPointer, every stride: Int = 1, _ from: DType, _ count: Int, _ to: DType,
        into out: UnsafeMutableRawPointer
    ) {
        let loop = ft_loop(count: count, a: stride, b: 1)
        withUnsafePointer(to: loop) {
            kernels.copy(from.rawValue, to.rawValue, $0, 0, Int64(count), x, out)
        }
    }

    /// One instruction on one block; operands are addresses and strides, 1 or 0.
    private func run(
        _ kernel: Kernel, _ a: (UnsafeRawPointer, Int), _ b: (UnsafeRawPointer, Int), _ count: Int,
        _ dtype: DType, into out: UnsafeMutableRawPointer
    ) {
        let n = Int64(count)
        switch kernel {
        case .unary(let function, let p0, let p1):
            let loop = ft_loop(count: count, a: a.1)
            withUnsafePointer(to: loop) {
                kernels.unary(
                    Int32(function.rawValue), dtype.rawValue, $0, 0, n, a.0, out, p0, p1)
            }
        case .binary(let function, let p0):
            let loop = ft_loop(count: count, a: a.1, b: b.1)
            withUnsafePointer(to: loop) {
                _ = kernels.binary(
                    Int32(function.rawValue), dtype.rawValue, $0, 0, n, a.0, b.0, out, p0)
            }
        case .binaryScalar(let function, let number, let isFirst):
            withElement(number, dtype) { element in
                let loop = ft_loop(count: count, a: isFirst ? 0 : a.1, b: isFirst ? a.1 : 0)
                withUnsafePointer(to: loop) {
                    _ = kernels.binary(
                        Int32(function.rawValue), dtype.rawValue, $0, 0, n,
                        isFirst ? element : a.0, isFirst ? a.0 : element, out, 0)
                }
            }
        default: fail("fused", "\(kernel.name) is not elementwise")
        }
    }
}
