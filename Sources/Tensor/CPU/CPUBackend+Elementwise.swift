internal import CKernels

extension CPUBackend {
    /// Elements a thread takes at once: about 20 µs of simple work.
    private static var grain: Int { 1 << 15 }

    public func copy(_ source: NDArray, into destination: NDArray) {
        if !source.isContiguous { source.requireElements() }
        let loop =
            source.isContiguous && destination.isContiguous
            ? ft_loop(count: source.count, a: 1, b: 1)
            : ft_loop(source.shape, source.strides, destination.strides)
        withUnsafePointer(to: loop) { loop in
            parallel(source.count, grain: CPUBackend.grain) { begin, end in
                ft_copy(
                    isa, source.dtype.rawValue, destination.dtype.rawValue, loop, begin, end,
                    source.pointer, destination.pointer)
            }
        }
    }

    public func fill(_ out: NDArray, with value: Double) {
        withUnsafeTemporaryAllocation(byteCount: 8, alignment: 8) { element in
            let loop = ft_loop(count: 1, a: 1, b: 1)
            withUnsafePointer(to: loop) { loop in
                withUnsafePointer(to: value) { value in
                    ft_copy(
                        isa, DType.float64.rawValue, out.dtype.rawValue, loop, 0, 1, value,
                        element.baseAddress)
                }
            }
            let size = out.dtype.size
            parallel(out.count, grain: CPUBackend.grain) { begin, end in
                ft_fill(
                    isa, out.dtype.rawValue, end - begin, element.baseAddress,
                    out.pointer + Int(begin) * size)
            }
        }
    }

    public func unary(_ op: UInt32, _ x: NDArray, into out: NDArray, _ p0: Double, _ p1: Double) {
        let loop = x.isContiguous ? ft_loop(count: x.count) : ft_loop(x.shape, x.strides)
        withUnsafePointer(to: loop) { loop in
            parallel(x.count, grain: CPUBackend.grain) { begin, end in
                ft_unary(
                    isa, Int32(op), x.dtype.rawValue, loop, begin, end, x.pointer, out.pointer,
                    p0, p1)
            }
        }
    }

    public func binary(_ op: UInt32, _ a: NDArray, _ b: NDArray, into out: NDArray, _ p0: Double) {
        withUnsafePointer(to: pairLoop(a, b, out)) { loop in
            parallel(out.count, grain: CPUBackend.grain) { begin, end in
                ft_binary(
                    isa, Int32(op), a.dtype.rawValue, loop, begin, end, a.pointer, b.pointer,
                    out.pointer, p0)
            }
        }
    }

    public func compare(_ op: UInt32, _ a: NDArray, _ b: NDArray, into out: NDArray) {
        withUnsafePointer(to: pairLoop(a, b, out)) { loop in
            parallel(out.count, grain: CPUBackend.grain) { begin, end in
                ft_compare(
                    isa, Int32(op), a.dtype.rawValue, loop, begin, end, a.pointer, b.pointer,
                    out.pointer)
            }
        }
    }

    private func pairLoop(_ a: NDArray, _ b: NDArray, _ out: NDArray) -> ft_loop {
        if a.isContiguous && b.isContiguous {
            if a.count == out.count && b.count == out.count {
                return ft_loop(count: out.count, a: 1, b: 1)
            }
            if b.count == 1 { return ft_loop(count: out.count, a: 1, b: 0) }
            if a.count == 1 { return ft_loop(count: out.count, a: 0, b: 1) }
        }
        return ft_loop(out.shape, a.strides(in: out.shape), b.strides(in: out.shape))
    }

    public func select(_ condition: NDArray, _ a: NDArray, _ b: NDArray, into out: NDArray) {
        let shape = out.shape
        let loop = ft_loop(
            shape, condition.strides(in: shape), a.strides(in: shape), b.strides(in: shape))
        withUnsafePointer(to: loop) { loop in
            parallel(out.count, grain: CPUBackend.grain) { begin, end in
                ft_select(
                    isa, a.dtype.rawValue, loop, begin, end, condition.pointer, a.pointer,
                    b.pointer, out.pointer)
            }
        }
    }
}
