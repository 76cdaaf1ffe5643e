internal import CKernels
internal import CUDA
internal import CUDAKernels

extension CUDABackend {
    func reduce(
        _ op: Reduction, _ map: Kernel.Map?, _ x: NDArray, _ y: NDArray, axes: AxisSet,
        into out: NDArray
    ) throws(CUDAProblem) {
        var arguments = ft_cuda_reduce()
        arguments.set(x, y, out)
        arguments.op = Int32(op.rawValue)
        arguments.set(map)
        let second =
            if case .binary = map { y.strides(in: x.shape) } else { x.strides }
        arguments.kept = loop(x, second, out.strides) { !axes.contains($0) }
        arguments.reduced = loop(x, second, Shape(repeating: 0, count: x.rank)) {
            axes.contains($0)
        }
        let space = Int(ft_cuda_reduce_plan(&arguments))
        if arguments.pieces <= 1 { return try context.launch(FT_KERNEL_reduce, arguments) }
        try withTemporary(byteCount: space) { partial throws(CUDAProblem) in
            arguments.partial = partial
            try context.launch(FT_KERNEL_reduce, arguments)
            try context.launch(FT_KERNEL_reduce_join, arguments)
        }
    }

    /// Loops over some axes, those that take the largest steps through x outside.
    private func loop(
        _ x: NDArray, _ second: Shape, _ out: Shape, _ belongs: (Int) -> Bool
    ) -> ft_cuda_loop {
        let axes = (0..<x.rank).filter(belongs).sorted { left, right in
            let (first, next) = (x.strides[left].magnitude, x.strides[right].magnitude)
            return first == next ? left < right : first > next
        }
        func taken(_ shape: Shape) -> Shape { Shape(axes.map { shape[$0] }) }
        return ft_cuda_loop(taken(x.shape), taken(x.strides), taken(second), taken(out))
    }

    func argExtreme(maximum: Bool, _ x: NDArray, into out: NDArray) throws(CUDAProblem) {
        var arguments = rows(x, out)
        arguments.flag = maximum ? 1 : 0
        try context.launch(FT_KERNEL_arg_extreme, arguments)
    }

    func softmax(_ x: NDArray, logarithm: Bool, into out: NDArray) throws(CUDAProblem) {
        var arguments = rows(x, out)
        arguments.flag = logarithm ? 1 : 0
        try context.launch(FT_KERNEL_softmax, arguments)
    }

    func softmaxBackward(
        _ y: NDArray, _ dy: NDArray, logarithm: Bool, into out: NDArray
    ) throws(CUDAProblem) {
        var arguments = rows(y, out)
        arguments.y = UnsafeRawPointer(dy.pointer)
        arguments.flag = logarithm ? 1 : 0
        try context.launch(FT_KERNEL_softmax_backward, arguments)
    }

    func scan(_ op: Reduction, _ x: NDArray, into out: NDArray) throws(CUDAProblem) {
        var arguments = rows(x, out)
        arguments.op = Int32(op.rawValue)
        try context.launch(FT_KERNEL_scan, arguments)
    }

    func productOfOthers(_ x: NDArray, into out: NDArray) throws(CUDAProblem) {
        try context.launch(FT_KERNEL_product_of_others, rows(x, out))
    }

    func logSumExp(_ x: NDArray, into out: NDArray) throws(CUDAProblem) {
        try context.launch(FT_KERNEL_log_sum_exp, rows(x, out))
    }

    /// The rows along the last axis.
    func rows(_ x: NDArray, _ out: NDArray) -> ft_cuda_rows {
        var arguments = ft_cuda_rows()
        let n = x.shape[x.rank - 1]
        arguments.x = UnsafeRawPointer(x.pointer)
        arguments.out = out.pointer
        arguments.rows = Int64(x.count / max(1, n))
        arguments.n = Int64(n)
        arguments.dtype = x.dtype.rawValue
        arguments.out_dtype = out.dtype.rawValue
        return arguments
    }
}

extension ft_cuda_reduce {
    fileprivate mutating func set(_ x: NDArray, _ y: NDArray, _ out: NDArray) {
        self.x = UnsafeRawPointer(x.pointer)
        self.y = UnsafeRawPointer(y.pointer)
        self.out = out.pointer
        dtype = x.dtype.rawValue
        second_dtype = y.dtype.rawValue
        out_dtype = out.dtype.rawValue
    }

    fileprivate mutating func set(_ map: Kernel.Map?) {
        switch map {
        case nil: self.map = Int32(FT_CUDA_MAP_NONE)
        case .unary(let function, let p0, let p1):
            self.map = Int32(FT_CUDA_MAP_UNARY)
            self.function = Int32(function.rawValue)
            (self.p0, self.p1) = (p0, p1)
        case .binary(let function, let p0):
            self.map = Int32(FT_CUDA_MAP_BINARY)
            self.function = Int32(function.rawValue)
            self.p0 = p0
        }
    }
}
