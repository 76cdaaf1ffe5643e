internal import CKernels
internal import CUDA
internal import CUDAKernels

// Channels, windows.
extension CUDABackend {
    func channels(
        _ kernel: ChannelKernel, _ a: NDArray, _ b: NDArray, _ c: NDArray, into out: NDArray
    ) throws(CUDAProblem) {
        var arguments = ft_cuda_channels()
        let list = kernel.list?.arrays ?? []
        arguments.x = UnsafeRawPointer(a.pointer)
        arguments.moments = UnsafeRawPointer(b.pointer)
        arguments.weight = list.first.map { UnsafeRawPointer($0.pointer) }
        arguments.bias = list.dropFirst().first.map { UnsafeRawPointer($0.pointer) }
        arguments.out = out.pointer
        arguments.images = Int64(a.shape[0])
        arguments.channels = Int64(a.shape[1])
        arguments.pixels = Int64(a.shape[2])
        arguments.dtype = out.dtype.rawValue
        switch kernel {
        case .moments: break
        case .normalize(let rule, _):
            arguments.epsilon = rule.epsilon
            arguments.relu = rule.rectifies ? 1 : 0
            if rule.adds { arguments.added = UnsafeRawPointer(c.pointer) }
            return try context.launch(FT_KERNEL_batch_norm, arguments)
        case .normalizeBackward(let rule, _):
            arguments.epsilon = rule.epsilon
            arguments.relu = rule.rectifies ? 1 : 0
            arguments.dy = UnsafeRawPointer(c.pointer)
            arguments.part = Int32(FT_CUDA_CHANNEL_GRADIENTS)
        }
        // Sums over each channel, of pieces and then of those.
        let isBackward = arguments.part == Int32(FT_CUDA_CHANNEL_GRADIENTS)
        let space = Int(ft_cuda_channels_plan(&arguments))
        try withTemporary(byteCount: space) { partial throws(CUDAProblem) in
            arguments.partial = partial.assumingMemoryBound(to: Double.self)
            let sums = isBackward ? FT_KERNEL_batch_norm_sums : FT_KERNEL_channel_moments
            try context.launch(sums, arguments)
            try context.launch(FT_KERNEL_channel_join, arguments)
            if isBackward { try context.launch(FT_KERNEL_batch_norm_backward, arguments) }
        }
    }

    /// The numbers of the windows lie in a table, or come of a rule.
    func pool(
        _ part: PoolPart, _ pooling: Pooling, _ a: NDArray, _ b: NDArray, into out: NDArray
    ) throws(CUDAProblem) {
        var arguments = ft_cuda_pool()
        arguments.x = UnsafeRawPointer(a.pointer)
        arguments.u = UnsafeRawPointer(b.pointer)
        arguments.out = out.pointer
        let area = pooling.sizes.reduce(1, *)
        arguments.planes = Int64((part.isOfResults ? a : out).count / area)
        arguments.dtype = a.dtype.rawValue
        arguments.part = part.code
        // Axes that there aren't have one window of one element.
        tables.begin(on: context)
        let place = try tables.place([0, 1, 1] + pooling.table, on: context)
        guard let base = UnsafePointer<Int64>(bitPattern: place) else { return }
        var next = base + 3
        for number in 0..<3 {
            let axis = number - (3 - pooling.rank)
            if axis < 0 {
                arguments.set(number, size: 1, count: 1, step: 1, base)
                arguments.set(number, Pooling.Rule(stride: 1, padding: 0, reach: 1), size: 1)
            } else {
                let it = pooling.axes[axis]
                arguments.set(number, size: it.size, count: it.count, step: it.step, next)
                if let rule = it.rule { arguments.set(number, rule, size: it.size) }
                next += 3 * it.count
            }
        }
        try context.launch(FT_KERNEL_pool, arguments)
    }

    func distances(
        _ a: NDArray, _ b: NDArray, order: Double, into out: NDArray
    ) throws(CUDAProblem) {
        let (m, n) = (a.shape[a.rank - 2], b.shape[b.rank - 1])
        let arguments = ft_cuda_distances(
            a: a.pointer, b: b.pointer, out: out.pointer, batch: Int64(out.count / (m * n)),
            m: Int64(m), n: Int64(n), k: Int64(a.shape[a.rank - 1]), dtype: a.dtype.rawValue,
            unused: 0, order: order)
        try context.launch(FT_KERNEL_distances, arguments)
    }

    func convolution(
        _ part: ConvolutionPart, _ window: Window, _ a: NDArray, _ b: NDArray, bias: NDArray?,
        relu: Bool, factors: AutocastPrecision, into out: NDArray
    ) throws(CUDAProblem) {
        if a.count == 0 || b.count == 0 {
            return try context.set(out.pointer, to: 0, byteCount: out.byteCount)
        }
        let (x, weight, y): (NDArray, NDArray, NDArray) =
            switch part {
            case .output: (a, b, out)
            case .input: (out, b, a)
            case .weight: (a, out, b)
            }
        var arguments = ft_cuda_convolution()
        arguments.bias = bias.map { UnsafeRawPointer($0.pointer) }
        (arguments.x, arguments.weight, arguments.y) = (x.pointer, weight.pointer, y.pointer)
        arguments.images = Int64(x.shape[0])
        arguments.groups = Int64(window.groups)
        arguments.channels = Int64(weight.shape[1])
        arguments.features = Int64(weight.shape[0] / window.groups)
        arguments.dtype = out.dtype.rawValue
        arguments.part = part.code
        arguments.relu = relu ? 1 : 0
        arguments.numbers = factors.cudaNumbers(for: out.dtype)
        arguments.set(window, x.shape, weight.shape, y.shape)
        let space = Int(ft_cuda_convolution_plan(&arguments))
        if arguments.pieces <= 1 { return try context.launch(FT_KERNEL_convolution, arguments) }
        try withTemporary(byteCount: space) { partial throws(CUDAProblem) in
            arguments.partial = partial
            try context.launch(FT_KERNEL_convolution, arguments)
            try context.launch(FT_KERNEL_convolution_join, arguments)
        }
    }
}

private typealias Three<T> = (T, T, T)

/// Puts the number of one of three axes in its place.
private func write<T>(_ value: T, _ axis: Int, into field: inout Three<T>) {
    switch axis {
    case 0: field.0 = value
    case 1: field.1 = value
    default: field.2 = value
    }
}

extension ft_cuda_pool {
    /// An axis: its windows' first elements, ends and divisors follow each other.
    fileprivate mutating func set(
        _ axis: Int, size: Int, count: Int, step: Int, _ numbers: UnsafePointer<Int64>
    ) {
        write(Int64(size), axis, into: &`in`)
        write(Int64(count), axis, into: &results)
        write(Int64(step), axis, into: &self.step)
        write(numbers, axis, into: &first)
        write(numbers + count, axis, into: &end)
        write(numbers + 2 * count, axis, into: &divisor)
    }

    /// An axis by its rule, where its numbers are small enough for the kernel's.
    fileprivate mutating func set(_ axis: Int, _ rule: Pooling.Rule, size: Int) {
        let numbers = [rule.stride, rule.padding, rule.reach, size]
        guard numbers.allSatisfy({ $0 < FT_CUDA_POOL_RULED }) else { return }
        write(Int64(rule.stride), axis, into: &stride)
        write(Int64(rule.padding), axis, into: &padding)
        write(Int64(rule.reach), axis, into: &reach)
    }
}

extension ft_cuda_convolution {
    /// The three axes, those in front of size 1 where there are fewer.
    fileprivate mutating func set(_ window: Window, _ x: Shape, _ weight: Shape, _ y: Shape) {
        for place in 0..<3 {
            let axis = place - (3 - window.rank)
            let isThere = axis >= 0
            write(isThere ? Int64(x[axis + 2]) : 1, place, into: &`in`)
            write(isThere ? Int64(y[axis + 2]) : 1, place, into: &out)
            write(isThere ? Int64(weight[axis + 2]) : 1, place, into: &kernel)
            write(isThere ? Int64(window.stride[axis]) : 1, place, into: &stride)
            write(isThere ? Int64(window.dilation[axis]) : 1, place, into: &dilation)
            write(isThere ? Int64(window.padding[axis]) : 0, place, into: &padding)
        }
    }
}
