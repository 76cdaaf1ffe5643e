internal import CKernels

extension CPUBackend {
    /// Planes by planes: each is one task's alone.
    @inline(never)
    func poolWindows(
        _ part: PoolPart, _ pooling: Pooling, _ a: NDArray, _ b: NDArray, into out: NDArray
    ) {
        var plan = ft_pool()
        plan.dtype = a.dtype.rawValue
        plan.part = part.code
        let last = pooling.axes[pooling.rank - 1]
        plan.regular = Int64(pooling.regular.lowerBound)
        plan.irregular = Int64(pooling.regular.upperBound)
        plan.taps = pooling.regular.isEmpty ? 0 : Int64(last.taps(pooling.regular.lowerBound))
        plan.stride = Int64(pooling.stride)
        // Axes that there aren't have one window of one element.
        let table = [0, 1, 1] + pooling.table
        table.withUnsafeBufferPointer { numbers in
            guard let base = numbers.baseAddress else { return }
            var next = base + 3
            for place in 0..<3 {
                let axis = place - (3 - pooling.rank)
                if axis < 0 {
                    plan.set(place, size: 1, count: 1, step: 1, base)
                } else {
                    let it = pooling.axes[axis]
                    plan.set(place, size: it.size, count: it.count, step: it.step, next)
                    next += 3 * it.count
                }
            }
            let area = pooling.sizes.reduce(1, *)
            let planes = (part.isOfResults ? a : out).count / area
            withUnsafePointer(to: plan) { plan in
                parallel(planes, grain: max(1, (1 << 14) / area)) { begin, end in
                    kernels.pool(plan, begin, end, a.pointer, b.pointer, out.pointer)
                }
            }
        }
    }
}

extension ft_pool {
    /// The numbers of one of the three axes: its windows' first elements, ends and divisors follow
    /// each other.
    fileprivate mutating func set(
        _ axis: Int, size: Int, count: Int, step: Int, _ numbers: UnsafePointer<Int64>
    ) {
        func write<T>(_ field: inout (T, T, T), _ value: T) {
            switch axis {
            case 0: field.0 = value
            case 1: field.1 = value
            default: field.2 = value
            }
        }
        write(&`in`, Int64(size))
        write(&out, Int64(count))
        write(&self.step, Int64(step))
        write(&first, numbers)
        write(&end, numbers + count)
        write(&divisor, numbers + 2 * count)
    }
}
