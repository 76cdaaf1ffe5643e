internal import CKernels

extension CPUBackend {
    /// Each channel, or each plane, is one task's alone.
    @inline(never)
    func channels(
        _ kernel: ChannelKernel, _ a: NDArray, _ b: NDArray, _ c: NDArray, into out: NDArray
    ) {
        var plan = ft_channels()
        plan.dtype = out.dtype.rawValue
        (plan.images, plan.channels) = (Int64(a.shape[0]), Int64(a.shape[1]))
        plan.pixels = Int64(a.shape[2])
        plan.x = UnsafeRawPointer(a.pointer)
        plan.moments = UnsafeRawPointer(b.pointer)
        plan.dy = UnsafeRawPointer(c.pointer)
        plan.out = out.pointer
        let list = kernel.list?.arrays ?? []
        plan.weight = list.first.map { UnsafeRawPointer($0.pointer) }
        plan.bias = list.dropFirst().first.map { UnsafeRawPointer($0.pointer) }
        let channel = max(1, (1 << 14) / (a.shape[0] * a.shape[2]))
        switch kernel {
        case .moments:
            withUnsafePointer(to: plan) { plan in
                parallel(a.shape[1], grain: channel) { kernels.channel_moments(plan, $0, $1) }
            }
        case .normalize(let epsilon, _):
            plan.epsilon = epsilon
            withUnsafePointer(to: plan) { plan in
                parallel(a.shape[0] * a.shape[1], grain: max(1, (1 << 14) / a.shape[2])) {
                    kernels.batch_norm(plan, $0, $1)
                }
            }
        case .normalizeBackward(let epsilon, _):
            plan.epsilon = epsilon
            withUnsafePointer(to: plan) { plan in
                parallel(a.shape[1], grain: channel) { kernels.batch_norm_backward(plan, $0, $1) }
            }
        }
    }
}
