internal import CUDA
internal import CUDAKernels

extension CUDABackend {
    func attention(
        _ rule: AttentionRule, _ q: NDArray, _ k: NDArray, _ v: NDArray, mask: NDArray?,
        into out: NDArray
    ) throws(CUDAProblem) {
        var arguments = ft_cuda_attention(rule, q, k, v, mask)
        arguments.y = ft_cuda_heads(out)
        try context.launch(FT_KERNEL_attention, arguments)
    }

    func attentionBackward(
        _ rule: AttentionRule, _ q: NDArray, _ k: NDArray, _ v: NDArray, mask: NDArray?,
        gradient: NDArray, into out: NDArray
    ) throws(CUDAProblem) {
        var arguments = ft_cuda_attention(rule, q, k, v, mask)
        arguments.dy = ft_cuda_heads(gradient)
        let gradients = rule.gradients(q, k, v, in: out)
        arguments.dq = ft_cuda_heads(gradients.q)
        arguments.dk = ft_cuda_heads(gradients.k)
        arguments.dv = ft_cuda_heads(gradients.v)
        let queries = q.shape[0] * q.shape[1] * q.shape[2]
        try withTemporary(
            byteCount: max(1, 3 * queries) * max(out.dtype.size, DType.float32.size)
        ) { statistics throws(CUDAProblem) in
            arguments.statistics = statistics
            try context.launch(FT_KERNEL_attention_backward, arguments)
            try context.launch(FT_KERNEL_attention_backward_keys, arguments)
        }
    }
}

extension ft_cuda_heads {
    /// The heads of [examples, positions, heads, width].
    fileprivate init(_ array: NDArray) {
        self.init(
            at: array.pointer, batch: Int64(array.strides[0]), head: Int64(array.strides[2]),
            row: Int64(array.strides[1]))
    }
}

extension AutocastPrecision {
    /// What tensor cores take factors of a dtype in.
    func cudaNumbers(for dtype: DType) -> Int32 {
        if dtype == .float64 { return Int32(FT_CUDA_EXACT) }
        return switch self {
        case .float32: Int32(FT_CUDA_EXACT)
        case .float16: Int32(FT_CUDA_HALVES)
        case .bfloat16: Int32(FT_CUDA_BHALVES)
        case .tf32: Int32(FT_CUDA_TF32)
        }
    }
}

extension ft_cuda_attention {
    fileprivate init(
        _ rule: AttentionRule, _ q: NDArray, _ k: NDArray, _ v: NDArray, _ mask: NDArray?
    ) {
        self.init()
        dtype = q.dtype.rawValue
        numbers = rule.factors.cudaNumbers(for: q.dtype)
        batch = Int64(q.shape[0])
        heads = Int64(q.shape[2])
        sharing = Int64(k.shape[2] > 0 ? q.shape[2] / k.shape[2] : 1)
        queries = Int64(q.shape[1])
        keys = Int64(k.shape[1])
        width = Int64(q.shape[3])
        value_width = Int64(v.shape[3])
        reach = Int64(rule.reach ?? k.shape[1])
        scale = rule.scale
        self.q = ft_cuda_heads(q)
        self.k = ft_cuda_heads(k)
        self.v = ft_cuda_heads(v)
        guard let mask else { return }
        self.mask = UnsafePointer(mask.pointer.assumingMemoryBound(to: UInt8.self))
        let steps = mask.strides.map { Int64($0) }
        mask_stride = (steps[0], steps[1], steps[2], steps[3])
    }
}
