internal import CKernels

extension CPUBackend {
    /// Work is cut by sizes alone, see ft_convolution_plan.
    @inline(never)
    func convolution(
        _ part: ConvolutionPart, _ window: Window, _ a: NDArray, _ b: NDArray, bias: NDArray?,
        relu: Bool, into out: NDArray
    ) {
        if a.count == 0 || b.count == 0 {
            out.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: out.byteCount)
            return
        }
        let (x, weight, y): (NDArray, NDArray, NDArray) =
            switch part {
            case .output: (a, b, out)
            case .input: (out, b, a)
            case .weight: (a, out, b)
            }
        let groups = window.groups
        var plan = ft_convolution(
            dtype: out.dtype.rawValue, images: x.shape[0], groups: groups,
            channels: weight.shape[1], features: weight.shape[0] / groups, x: x.pointer,
            weight: weight.pointer, y: y.pointer, bias: bias?.pointer)
        let front = 3 - window.rank
        for axis in 0..<window.rank {
            plan.set(
                axis: front + axis, in: x.shape[axis + 2], out: y.shape[axis + 2],
                kernel: weight.shape[axis + 2], stride: window.stride[axis],
                dilation: window.dilation[axis], padding: window.padding[axis])
        }
        plan.relu = relu
        plan.winograd = usesWinograd
        ft_convolution_plan(&plan, part.code)
        if plan.task_bytes < 0 {
            fail(
                "convolution",
                "the padded input of \(x.shape) has more elements than memory can hold",
                hint: "use less padding, dilation or stride")
        }
        withUnsafePointer(to: plan) { run($0, part) }
        if part == .weight, plan.winograd, !ft_convolution_is_finite(&plan) {
            plan.winograd = false
            ft_convolution_plan(&plan, part.code)
            withUnsafePointer(to: plan) { run($0, part) }
        }
    }

    private func run(_ plan: UnsafePointer<ft_convolution>, _ part: ConvolutionPart) {
        let (task, all) = (Int(plan.pointee.task_bytes), Int(plan.pointee.shared_bytes))
        let shared = all > 0 ? allocate(byteCount: all) : nil
        if plan.pointee.prepared > 0, let shared {
            let (features, inner) = (Int(plan.pointee.features), Int(plan.pointee.channels))
            let row = max(1, (part == .input ? features : inner) * Int(plan.pointee.taps))
            parallel(Int(plan.pointee.prepared), grain: max(1, (1 << 14) / row)) { begin, end in
                let taps = allocate(byteCount: 16 * Int(plan.pointee.taps))
                kernels.convolution_prepare(plan, begin, end, taps, shared)
                deallocate(taps, byteCount: 16 * Int(plan.pointee.taps))
            }
        }
        pool.run(Int(plan.pointee.tasks)) { index in
            let space = allocate(byteCount: task)
            kernels.convolution(plan, Int64(index), space, shared)
            deallocate(space, byteCount: task)
        }
        if plan.pointee.joined > 0, let shared {
            let row = max(1, Int(plan.pointee.features * plan.pointee.parts))
            let whole = plan.pointee.winograd ? row * 16 : row
            parallel(Int(plan.pointee.joined), grain: max(1, (1 << 14) / whole)) { begin, end in
                kernels.convolution_join(plan, begin, end, shared)
            }
        }
        if let shared { deallocate(shared, byteCount: all) }
    }
}

extension ft_convolution {
    fileprivate init(
        dtype: Int32, images: Int, groups: Int, channels: Int, features: Int,
        x: UnsafeMutableRawPointer, weight: UnsafeMutableRawPointer, y: UnsafeMutableRawPointer,
        bias: UnsafeMutableRawPointer?
    ) {
        self.init()
        self.dtype = dtype
        self.images = Int64(images)
        self.groups = Int64(groups)
        self.channels = Int64(channels)
        self.features = Int64(features)
        self.x = x
        self.weight = weight
        self.y = y
        self.bias = bias.map { UnsafeRawPointer($0) }
        for axis in 0..<3 {
            set(axis: axis, in: 1, out: 1, kernel: 1, stride: 1, dilation: 1, padding: 0)
        }
    }

    /// The numbers of one of the three axes.
    fileprivate mutating func set(
        axis: Int, in input: Int, out: Int, kernel: Int, stride: Int, dilation: Int, padding: Int
    ) {
        func write(_ field: inout (Int64, Int64, Int64), _ value: Int) {
            switch axis {
            case 0: field.0 = Int64(value)
            case 1: field.1 = Int64(value)
            default: field.2 = Int64(value)
            }
        }
        write(&`in`, input)
        write(&self.out, out)
        write(&self.kernel, kernel)
        write(&self.stride, stride)
        write(&self.dilation, dilation)
        write(&self.padding, padding)
    }
}
