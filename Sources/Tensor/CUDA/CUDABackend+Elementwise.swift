internal import CKernels
internal import CUDA
internal import CUDAKernels

extension CUDABackend {
    func fill(_ number: Scalar, into out: NDArray) throws(CUDAProblem) {
        let arguments = ft_cuda_fill(
            out: out.pointer, count: Int64(out.count), size: Int64(out.dtype.size),
            bits: number.bits(as: out.dtype))
        try context.launch(FT_KERNEL_fill, arguments)
    }

    func range(start: Int, step: Int, into out: NDArray) throws(CUDAProblem) {
        let arguments = ft_cuda_range(
            out: out.pointer, count: Int64(out.count), dtype: Int64(out.dtype.rawValue),
            start: Int64(start), step: Int64(step))
        try context.launch(FT_KERNEL_range, arguments)
    }

    func copy(_ source: NDArray, into out: NDArray) throws(CUDAProblem) {
        let isFlat = source.isContiguous && out.isContiguous && source.count == out.count
        if isFlat, source.dtype == out.dtype {
            return try context.copy(
                from: source.pointer, to: out.pointer, byteCount: out.byteCount)
        }
        var arguments = ft_cuda_copy()
        arguments.x = UnsafeRawPointer(source.pointer)
        arguments.out = out.pointer
        arguments.from = source.dtype.rawValue
        arguments.to = out.dtype.rawValue
        arguments.loop =
            isFlat
            ? ft_cuda_loop(count: out.count, a: 1, b: 1)
            : ft_cuda_loop(out.shape, source.strides(in: out.shape), out.strides)
        try context.launch(FT_KERNEL_copy, arguments)
    }

    /// A contiguous array of the same elements.
    func contiguous(_ array: NDArray) throws(CUDAProblem) -> NDArray {
        let out = NDArray(uninitialized: array.shape, array.dtype, on: self)
        try copy(array, into: out)
        return out
    }

    func unary(
        _ function: UnaryFunction, _ p0: Double, _ p1: Double, _ x: NDArray, into out: NDArray
    ) throws(CUDAProblem) {
        try context.launch(
            FT_KERNEL_unary, single(Int32(function.rawValue), p0, p1, x, into: out))
    }

    func test(_ function: TestFunction, _ x: NDArray, into out: NDArray) throws(CUDAProblem) {
        try context.launch(FT_KERNEL_test, single(Int32(function.rawValue), 0, 0, x, into: out))
    }

    private func single(
        _ function: Int32, _ p0: Double, _ p1: Double, _ x: NDArray, into out: NDArray
    ) -> ft_cuda_unary {
        ft_cuda_unary(
            x: x.pointer, out: out.pointer, function: function, dtype: x.dtype.rawValue, p0: p0,
            p1: p1, loop: loop(x, out))
    }

    private func loop(_ x: NDArray, _ out: NDArray) -> ft_cuda_loop {
        x.isContiguous && x.count == out.count
            ? ft_cuda_loop(count: out.count) : ft_cuda_loop(out.shape, x.strides(in: out.shape))
    }

    func binary(
        _ function: BinaryFunction, _ p0: Double, _ a: NDArray, _ b: NDArray, into out: NDArray
    ) throws(CUDAProblem) {
        var arguments = pair(Int32(function.rawValue), a, b, into: out)
        arguments.p0 = p0
        arguments.witness = try witness(function, a.dtype)
        try context.launch(FT_KERNEL_binary, arguments)
    }

    func binaryScalar(
        _ function: BinaryFunction, _ number: Scalar, isFirst: Bool, _ x: NDArray,
        into out: NDArray
    ) throws(CUDAProblem) {
        var arguments = pair(
            Int32(function.rawValue), number, isFirst: isFirst, x, into: out)
        arguments.witness = try witness(function, x.dtype)
        try context.launch(FT_KERNEL_binary, arguments)
    }

    func compare(
        _ function: CompareFunction, _ a: NDArray, _ b: NDArray, into out: NDArray
    ) throws(CUDAProblem) {
        try context.launch(FT_KERNEL_compare, pair(Int32(function.rawValue), a, b, into: out))
    }

    func compareScalar(
        _ function: CompareFunction, _ number: Scalar, _ x: NDArray, into out: NDArray
    ) throws(CUDAProblem) {
        try context.launch(
            FT_KERNEL_compare,
            pair(Int32(function.rawValue), number, isFirst: false, x, into: out))
    }

    /// Integers can't be divided by zero, and floats not to whole numbers.
    private func witness(
        _ function: BinaryFunction, _ dtype: DType
    ) throws(CUDAProblem) -> ft_cuda_witness {
        if dtype.isFloat, function != .floor_div { return ft_cuda_witness() }
        return try reports.witness(on: context) { position, _ in
            .division(function, position: position)
        }
    }

    private func pair(
        _ function: Int32, _ a: NDArray, _ b: NDArray, into out: NDArray
    ) -> ft_cuda_binary {
        var arguments = ft_cuda_binary()
        arguments.x = UnsafeRawPointer(a.pointer)
        arguments.y = UnsafeRawPointer(b.pointer)
        arguments.out = out.pointer
        arguments.function = function
        arguments.dtype = a.dtype.rawValue
        let isFlat = a.isContiguous && b.isContiguous
        arguments.loop =
            if isFlat, a.count == out.count, b.count == out.count {
                ft_cuda_loop(count: out.count, a: 1, b: 1)
            } else {
                ft_cuda_loop(out.shape, a.strides(in: out.shape), b.strides(in: out.shape))
            }
        return arguments
    }

    private func pair(
        _ function: Int32, _ number: Scalar, isFirst: Bool, _ x: NDArray, into out: NDArray
    ) -> ft_cuda_binary {
        var arguments = ft_cuda_binary()
        arguments.x = UnsafeRawPointer(x.pointer)
        arguments.y = UnsafeRawPointer(x.pointer)
        arguments.out = out.pointer
        arguments.function = function
        arguments.dtype = x.dtype.rawValue
        arguments.scalar = isFirst ? 1 : 2
        arguments.number = number.bits(as: x.dtype)
        let isFlat = x.isContiguous && x.count == out.count
        let none = Shape(repeating: 0, count: out.rank)
        if isFlat {
            arguments.loop = ft_cuda_loop(count: out.count, a: isFirst ? 0 : 1, b: isFirst ? 1 : 0)
        } else {
            let strides = x.strides(in: out.shape)
            arguments.loop = ft_cuda_loop(
                out.shape, isFirst ? none : strides, isFirst ? strides : none)
        }
        return arguments
    }

    func select(
        _ condition: NDArray, _ a: NDArray, _ b: NDArray, into out: NDArray
    ) throws(CUDAProblem) {
        let shape = out.shape
        let loop = ft_cuda_loop(
            shape, condition.strides(in: shape), a.strides(in: shape), b.strides(in: shape))
        let arguments = ft_cuda_select(
            condition: condition.pointer, x: a.pointer, y: b.pointer, out: out.pointer,
            size: Int64(out.dtype.size), loop: loop)
        try context.launch(FT_KERNEL_select, arguments)
    }
}
