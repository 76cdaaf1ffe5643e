internal import CUDA
internal import CUDAKernels

// Rows brought to the same scale.
extension CUDABackend {
    func normalize(
        _ x: NDArray, _ norm: RowNorm, _ list: ArrayList, into out: NDArray
    ) throws(CUDAProblem) {
        try context.launch(FT_KERNEL_normalize, ft_cuda_norm(norm, x, list, into: out))
    }

    func normalizeBackward(
        _ x: NDArray, _ dy: NDArray, _ norm: RowNorm, _ list: ArrayList, into out: NDArray
    ) throws(CUDAProblem) {
        var arguments = ft_cuda_norm(norm, x, list, into: out)
        arguments.dy = UnsafeRawPointer(dy.pointer)
        arguments.dy_dtype = dy.dtype.rawValue
        if list.arrays.isEmpty {
            return try context.launch(FT_KERNEL_normalize_backward, arguments)
        }
        let space = Int(ft_cuda_norm_plan(&arguments))
        try withTemporary(byteCount: space) { sums throws(CUDAProblem) in
            arguments.sums = sums.assumingMemoryBound(to: Double.self)
            try context.launch(FT_KERNEL_normalize_backward, arguments)
            try context.launch(FT_KERNEL_normalize_join, arguments)
        }
    }
}

extension ft_cuda_norm {
    fileprivate init(_ norm: RowNorm, _ x: NDArray, _ list: ArrayList, into out: NDArray) {
        self.init()
        (dtype, out_dtype) = (x.dtype.rawValue, out.dtype.rawValue)
        centred = norm.isCentred ? 1 : 0
        epsilon = norm.epsilon
        n = Int64(x.shape[x.rank - 1])
        rows = Int64(x.count) / n
        self.x = UnsafeRawPointer(x.pointer)
        weight = list.arrays.first.map { UnsafeRawPointer($0.pointer) }
        bias = list.arrays.dropFirst().first.map { UnsafeRawPointer($0.pointer) }
        self.out = out.pointer
    }
}
