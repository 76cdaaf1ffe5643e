internal import CKernels
internal import CUDA
internal import CUDAKernels

// Attention and recurrent layers.
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
        var place = out.pointer
        for (field, array) in [(\ft_cuda_attention.dq, q), (\.dk, k), (\.dv, v)] {
            let width = array.shape[2] * array.shape[3]
            let row = rule.isInterleaved ? 3 * width : width
            arguments[keyPath: field] = ft_cuda_heads(
                at: place, batch: Int64(array.shape[1] * row), head: Int64(array.shape[3]),
                row: Int64(row))
            place += (rule.isInterleaved ? width : array.count) * out.dtype.size
        }
        let queries = q.shape[0] * q.shape[1] * q.shape[2]
        try withTemporary(
            byteCount: max(1, 3 * queries) * max(out.dtype.size, DType.float32.size)
        ) { statistics throws(CUDAProblem) in
            arguments.statistics = statistics
            try context.launch(FT_KERNEL_attention_backward, arguments)
            try context.launch(FT_KERNEL_attention_backward_keys, arguments)
        }
    }

    func recurrence(
        _ rule: RecurrenceRule, _ x: NDArray, weight: NDArray, _ list: [NDArray], into out: NDArray
    ) throws(CUDAProblem) {
        var list = list
        let projections = try projected(rule, x, &list)
        var arguments = ft_cuda_recurrence(rule, out, weight)
        var rest = list[...]
        func next() -> UnsafeRawPointer? { rest.popFirst().map { UnsafeRawPointer($0.pointer) } }
        arguments.projections = UnsafeRawPointer(projections.pointer)
        arguments.initial = next()
        if rule.kind == .lstm { arguments.initial_cell = next() }
        if rule.hasBias { arguments.bias = next() }
        arguments.lengths = next().map { $0.assumingMemoryBound(to: Int64.self) }
        try context.launch(FT_KERNEL_recurrence, arguments)
        withExtendedLifetime(projections) {}
    }

    /// The projections of a layer's inputs, as a product of their own; what that takes leaves the
    /// list.
    private func projected(
        _ rule: RecurrenceRule, _ x: NDArray, _ list: inout [NDArray]
    ) throws(CUDAProblem) -> NDArray {
        guard let projection = rule.projection, let index = rule.inputWeightIndex else { return x }
        let weight = list.remove(at: index)
        let bias = projection.hasBias ? list.remove(at: index) : nil
        let rows = rule.steps * rule.batch
        let out = NDArray(uninitialized: [rows, weight.shape[1]], x.dtype, on: self)
        try matmul(
            x.reshape([rows, projection.inputs]), weight, bias: bias, relu: false, mayRound: false,
            into: out)
        return out
    }

    func recurrenceBackward(
        _ rule: RecurrenceRule, _ made: NDArray, weight: NDArray, lengths: NDArray?,
        _ gradient: NDArray, into out: NDArray
    ) throws(CUDAProblem) {
        var arguments = ft_cuda_recurrence(rule, made, weight)
        let size = out.dtype.size
        arguments.lengths = lengths.map {
            UnsafePointer($0.pointer.assumingMemoryBound(to: Int64.self))
        }
        arguments.ends = rule.givesEnds ? 1 : 0
        arguments.d_states = UnsafeRawPointer(gradient.pointer)
        arguments.d_cells = UnsafeRawPointer(
            gradient.pointer + gradient.count / rule.kind.states * size)
        var place = out.pointer
        func take(_ count: Int) -> UnsafeMutableRawPointer {
            defer { place += count * size }
            return place
        }
        arguments.d_projections = take(rule.gateCount)
        if rule.kind == .gru { arguments.d_inner = take(rule.gateCount) }
        arguments.d_initial = take(rule.batch * rule.width)
        if rule.kind == .lstm { arguments.d_initial_cell = take(rule.batch * rule.width) }
        try context.launch(FT_KERNEL_recurrence_backward, arguments)
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

extension ft_cuda_recurrence {
    /// Over what the forward pass gives.
    fileprivate init(_ rule: RecurrenceRule, _ made: NDArray, _ weight: NDArray) {
        self.init()
        dtype = made.dtype.rawValue
        kind = rule.kind.code
        reversed = rule.isReversed ? 1 : 0
        steps = Int64(rule.steps)
        batch = Int64(rule.batch)
        width = Int64(rule.width)
        parts = Int64(rule.kind.parts)
        self.weight = UnsafeRawPointer(weight.pointer)
        let size = made.dtype.size
        states = made.pointer
        cells = made.pointer + rule.stateCount * size
        let gates = made.pointer + rule.kind.states * rule.stateCount * size
        self.gates = gates
        inner = gates + rule.gateCount * size
    }
}
