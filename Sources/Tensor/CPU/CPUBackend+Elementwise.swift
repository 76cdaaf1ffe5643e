internal import CKernels
import Synchronization

extension CPUBackend {
    /// Elements a thread takes at once: about 20 µs of simple work.
    private static var grain: Int { 1 << 15 }

    /// A contiguous copy for another kernel's use, of which nobody is told.
    func copied(_ source: NDArray) -> NDArray {
        let out = NDArray(uninitialized: source.shape, source.dtype, on: self)
        copy(source, into: out)
        return out
    }

    @inline(never)
    func copy(_ source: NDArray, into destination: NDArray) {
        if !source.isContiguous { source.requireElements() }
        let loop =
            source.isContiguous && destination.isContiguous && source.count == destination.count
            ? ft_loop(count: source.count, a: 1, b: 1)
            : ft_loop(
                destination.shape, source.strides(in: destination.shape), destination.strides)
        withUnsafePointer(to: loop) { loop in
            parallel(destination.count, grain: CPUBackend.grain) { begin, end in
                kernels.copy(
                    source.dtype.rawValue, destination.dtype.rawValue, loop, begin, end,
                    source.pointer, destination.pointer)
            }
        }
    }

    @inline(never)
    func fill(_ number: Scalar, into out: NDArray) {
        withElement(number, out.dtype) { element in
            let size = out.dtype.size
            parallel(out.count, grain: CPUBackend.grain) { begin, end in
                kernels.fill(
                    out.dtype.rawValue, end - begin, element, out.pointer + Int(begin) * size)
            }
        }
    }

    /// Calls `body` with the number as one element in memory.
    @inline(__always)
    func withElement(
        _ number: Scalar, _ dtype: DType, _ body: (UnsafeRawPointer) -> Void
    ) {
        var element: UInt64 = 0
        withUnsafeMutableBytes(of: &element) { bytes in
            guard let base = bytes.baseAddress else { return }
            number.store(as: dtype, at: base)
            body(base)
        }
    }

    @inline(never)
    func unary(
        _ function: UnaryFunction, _ p0: Double, _ p1: Double, _ x: NDArray, into out: NDArray
    ) {
        withUnsafePointer(to: loop(x, out)) { loop in
            parallel(out.count, grain: CPUBackend.grain) { begin, end in
                kernels.unary(
                    Int32(function.rawValue), x.dtype.rawValue, loop, begin, end, x.pointer,
                    out.pointer, p0, p1)
            }
        }
    }

    @inline(never)
    func test(_ function: TestFunction, _ x: NDArray, into out: NDArray) {
        withUnsafePointer(to: loop(x, out)) { loop in
            parallel(out.count, grain: CPUBackend.grain) { begin, end in
                kernels.test(
                    Int32(function.rawValue), x.dtype.rawValue, loop, begin, end, x.pointer,
                    out.pointer)
            }
        }
    }

    @inline(never)
    func binary(
        _ function: BinaryFunction, _ p0: Double, _ a: NDArray, _ b: NDArray, into out: NDArray
    ) {
        let firstBad = Atomic(Int64.max)
        withUnsafePointer(to: pairLoop(a, b, out)) { loop in
            parallel(out.count, grain: CPUBackend.grain) { begin, end in
                let bad = kernels.binary(
                    Int32(function.rawValue), a.dtype.rawValue, loop, begin, end, a.pointer,
                    b.pointer, out.pointer, p0)
                if bad >= 0 { firstBad.min(bad, ordering: .relaxed) }
            }
        }
        checkDivision(function, firstBad.load(ordering: .relaxed))
    }

    @inline(never)
    func binaryScalar(
        _ function: BinaryFunction, _ number: Scalar, isFirst: Bool, _ x: NDArray,
        into out: NDArray
    ) {
        let firstBad = Atomic(Int64.max)
        withElement(number, x.dtype) { element in
            withUnsafePointer(to: loop(x, out, swapped: isFirst)) { loop in
                parallel(out.count, grain: CPUBackend.grain) { begin, end in
                    let bad = kernels.binary(
                        Int32(function.rawValue), x.dtype.rawValue, loop, begin, end,
                        isFirst ? element : UnsafeRawPointer(x.pointer),
                        isFirst ? UnsafeRawPointer(x.pointer) : element, out.pointer, 0)
                    if bad >= 0 { firstBad.min(bad, ordering: .relaxed) }
                }
            }
        }
        checkDivision(function, firstBad.load(ordering: .relaxed))
    }

    /// Traps where some element was divided by zero; `position` is the largest integer if none was.
    private func checkDivision(_ function: BinaryFunction, _ position: Int64) {
        if position != .max {
            KernelFault.division(function, position: Int(position)).stop()
        }
    }

    @inline(never)
    func compare(_ function: CompareFunction, _ a: NDArray, _ b: NDArray, into out: NDArray) {
        withUnsafePointer(to: pairLoop(a, b, out)) { loop in
            parallel(out.count, grain: CPUBackend.grain) { begin, end in
                kernels.compare(
                    Int32(function.rawValue), a.dtype.rawValue, loop, begin, end, a.pointer,
                    b.pointer, out.pointer)
            }
        }
    }

    @inline(never)
    func compareScalar(
        _ function: CompareFunction, _ number: Scalar, _ x: NDArray, into out: NDArray
    ) {
        withElement(number, x.dtype) { element in
            withUnsafePointer(to: loop(x, out)) { loop in
                parallel(out.count, grain: CPUBackend.grain) { begin, end in
                    kernels.compare(
                        Int32(function.rawValue), x.dtype.rawValue, loop, begin, end, x.pointer,
                        element, out.pointer)
                }
            }
        }
    }

    /// The loop of one operand beside the output; as the second one if `swapped`.
    @inline(__always)
    private func loop(_ x: NDArray, _ out: NDArray, swapped: Bool = false) -> ft_loop {
        if x.isContiguous, x.count == out.count {
            return ft_loop(count: x.count, a: swapped ? 0 : 1, b: swapped ? 1 : 0)
        }
        let strides = x.strides(in: out.shape)
        let none = Shape(repeating: 0, count: out.rank)
        return ft_loop(out.shape, swapped ? none : strides, swapped ? strides : nil)
    }

    private func pairLoop(_ a: NDArray, _ b: NDArray, _ out: NDArray) -> ft_loop {
        if a.isContiguous && b.isContiguous {
            if a.count == out.count && b.count == out.count {
                return ft_loop(count: out.count, a: 1, b: 1)
            }
            if b.count == 1 && a.count == out.count { return ft_loop(count: out.count, a: 1, b: 0) }
            if a.count == 1 && b.count == out.count { return ft_loop(count: out.count, a: 0, b: 1) }
        }
        return ft_loop(out.shape, a.strides(in: out.shape), b.strides(in: out.shape))
    }

    @inline(never)
    func select(_ condition: NDArray, _ a: NDArray, _ b: NDArray, into out: NDArray) {
        let shape = out.shape
        let loop = ft_loop(
            shape, condition.strides(in: shape), a.strides(in: shape), b.strides(in: shape))
        withUnsafePointer(to: loop) { loop in
            parallel(out.count, grain: CPUBackend.grain) { begin, end in
                kernels.select(
                    a.dtype.rawValue, loop, begin, end, condition.pointer, a.pointer, b.pointer,
                    out.pointer)
            }
        }
    }
}
