internal import CKernels

extension CPUBackend {
    /// Each plane is one task's alone, and so is each channel where what planes gave is joined.
    @inline(never)
    func channels(
        _ kernel: ChannelKernel, _ a: NDArray, _ b: NDArray, _ c: NDArray, into out: NDArray
    ) {
        let (images, channels, pixels) = (a.shape[0], a.shape[1], a.shape[2])
        var plan = ft_channels()
        plan.dtype = out.dtype.rawValue
        (plan.images, plan.channels) = (Int64(images), Int64(channels))
        plan.pixels = Int64(pixels)
        plan.x = UnsafeRawPointer(a.pointer)
        plan.moments = UnsafeRawPointer(b.pointer)
        plan.out = out.pointer
        let list = kernel.list?.arrays ?? []
        plan.weight = list.first.map { UnsafeRawPointer($0.pointer) }
        plan.bias = list.dropFirst().first.map { UnsafeRawPointer($0.pointer) }
        func forPlanes(_ body: (Int64, Int64) -> Void) {
            parallel(images * channels, grain: max(1, (1 << 14) / pixels), body)
        }
        func forChannels(_ body: (Int64, Int64) -> Void) {
            parallel(channels, grain: max(1, (1 << 14) / images), body)
        }
        switch kernel {
        case .moments:
            withPartialSums(images * channels, &plan) { plan in
                forPlanes { kernels.plane_moments(plan, $0, $1) }
                forChannels { kernels.channel_moments(plan, $0, $1) }
            }
        case .normalize(let rule, _):
            plan.epsilon = rule.epsilon
            plan.relu = rule.rectifies
            if rule.adds { plan.added = UnsafeRawPointer(c.pointer) }
            withUnsafePointer(to: plan) { plan in
                forPlanes { kernels.batch_norm(plan, $0, $1) }
            }
        case .normalizeBackward(let rule, _):
            plan.epsilon = rule.epsilon
            plan.relu = rule.rectifies
            plan.dy = UnsafeRawPointer(c.pointer)
            withPartialSums((images + 1) * channels, &plan) { plan in
                forPlanes { kernels.batch_norm_sums(plan, $0, $1) }
                forChannels { kernels.batch_norm_join(plan, $0, $1) }
                forPlanes { kernels.batch_norm_backward(plan, $0, $1) }
            }
        }
    }

    /// Two numbers for each of so many planes and channels.
    private func withPartialSums(
        _ count: Int, _ plan: inout ft_channels, _ body: (UnsafePointer<ft_channels>) -> Void
    ) {
        let bytes = 2 * count * MemoryLayout<Double>.size
        let memory = allocate(byteCount: bytes)
        plan.partial = memory.assumingMemoryBound(to: Double.self)
        withUnsafePointer(to: plan, body)
        deallocate(memory, byteCount: bytes)
    }
}
