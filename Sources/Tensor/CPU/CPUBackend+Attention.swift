internal import CKernels

extension CPUBackend {
    /// out = softmax(scale · q kᵀ) v for each head, by blocks of queries.
    @inline(never)
    func attention(
        _ rule: AttentionRule, _ q: NDArray, _ k: NDArray, _ v: NDArray, mask: NDArray?,
        into out: NDArray
    ) {
        if !out.dtype.isWide {
            return rounding(into: out) {
                attention(rule, widened(q), widened(k), widened(v), mask: mask, into: $0)
            }
        }
        var plan = ft_attention(rule, q, k, v, mask)
        plan.y = ft_heads(out)
        let space = Int(ft_attention_space(&plan))
        let blocks = Int(plan.batch * plan.heads * ft_attention_blocks(&plan))
        let work = max(1, q.count / max(1, blocks)) * (k.shape[1] + 1)
        withUnsafePointer(to: plan) { plan in
            parallel(blocks, grain: max(1, (1 << 17) / work)) { begin, end in
                let memory = allocate(byteCount: space)
                kernels.attention(plan, Int64(begin), Int64(end), memory)
                deallocate(memory, byteCount: space)
            }
        }
    }

    /// The gradients by q, k and v, given that by the output: each head of keys is one task.
    @inline(never)
    func attentionBackward(
        _ rule: AttentionRule, _ q: NDArray, _ k: NDArray, _ v: NDArray, mask: NDArray?,
        gradient: NDArray, into out: NDArray
    ) {
        if !out.dtype.isWide {
            return rounding(into: out) {
                attentionBackward(
                    rule, widened(q), widened(k), widened(v), mask: mask,
                    gradient: widened(gradient), into: $0)
            }
        }
        var plan = ft_attention(rule, q, k, v, mask)
        plan.dy = ft_heads(gradient)
        let gradients = rule.gradients(q, k, v, in: out)
        plan.dq = ft_heads(gradients.q)
        plan.dk = ft_heads(gradients.k)
        plan.dv = ft_heads(gradients.v)
        let space = Int(ft_attention_space(&plan))
        let heads = k.shape[0] * k.shape[2]
        let work = max(1, q.count / max(1, heads)) * (k.shape[1] + 1)
        withUnsafePointer(to: plan) { plan in
            parallel(heads, grain: max(1, (1 << 16) / work)) { begin, end in
                let memory = allocate(byteCount: space)
                for head in begin..<end { kernels.attention_backward(plan, head, memory) }
                deallocate(memory, byteCount: space)
            }
        }
    }

    /// A copy in float32.
    private func widened(_ halves: NDArray) -> NDArray {
        let wide = NDArray(uninitialized: halves.shape, .float32, on: self)
        copy(halves, into: wide)
        return wide
    }

    /// Rounds what `make` leaves in float32.
    private func rounding(into halves: NDArray, _ make: (NDArray) -> Void) {
        let wide = NDArray(uninitialized: halves.shape, .float32, on: self)
        make(wide)
        copy(wide, into: halves)
    }
}

extension ft_heads {
    /// The heads of [examples, positions, heads, width].
    fileprivate init(_ array: NDArray) {
        self.init(
            at: array.pointer, batch: Int64(array.strides[0]), head: Int64(array.strides[2]),
            row: Int64(array.strides[1]))
    }
}

extension ft_attention {
    fileprivate init(
        _ rule: AttentionRule, _ q: NDArray, _ k: NDArray, _ v: NDArray, _ mask: NDArray?
    ) {
        self.init()
        dtype = q.dtype.rawValue
        batch = Int64(q.shape[0])
        heads = Int64(q.shape[2])
        sharing = Int64(k.shape[2] > 0 ? q.shape[2] / k.shape[2] : 1)
        queries = Int64(q.shape[1])
        keys = Int64(k.shape[1])
        width = Int64(q.shape[3])
        value_width = Int64(v.shape[3])
        reach = Int64(rule.reach ?? k.shape[1])
        scale = rule.scale
        self.q = ft_heads(q)
        self.k = ft_heads(k)
        self.v = ft_heads(v)
        guard let mask else { return }
        self.mask = UnsafePointer(mask.pointer.assumingMemoryBound(to: Bool.self))
        let steps = mask.strides.map { Int64($0) }
        mask_stride = (steps[0], steps[1], steps[2], steps[3])
    }
}
