internal import CKernels

// Work is cut by size alone, so sums repeat to the bit.
extension CPUBackend {
    private static var grain: Int { 1 << 15 }

    @inline(never)
    func reduce(
        _ op: Reduction, _ map: Kernel.Map?, _ x: NDArray, _ y: NDArray, axes: AxisSet,
        into out: NDArray
    ) {
        var plan = ft_reduction()
        plan.op = Int32(op.rawValue)
        plan.set(x, y, out)
        plan.set(map)
        ft_reduction_begin(&plan)
        let second = plan.map == Int32(FT_MAP_BINARY.rawValue) ? y.strides(in: x.shape) : x.strides
        for axis in 0..<x.rank where x.shape[axis] != 1 {
            ft_reduction_axis(
                &plan, axes.contains(axis), Int64(x.shape[axis]), Int64(x.strides[axis]),
                Int64(second[axis]), Int64(out.strides[axis]))
        }
        ft_reduction_plan(&plan)
        withUnsafePointer(to: plan) { run($0) }
    }

    private func run(_ plan: UnsafePointer<ft_reduction>) {
        let kept = Int(plan.pointee.kept_count)
        let grain = Int(plan.pointee.grain)
        let reduced = plan.pointee.reduced_count
        let pieces = Int(plan.pointee.pieces)
        if pieces == 1 {
            return parallel(kept, grain: grain) { begin, end in
                kernels.reduce(plan, begin, end, 0, reduced, nil)
            }
        }
        let partial = NDArray(uninitialized: [pieces, kept], .float64, on: self)
        let runs = (kept + grain - 1) / grain
        pool.run(pieces * runs) { task in
            let (piece, run) = (task / runs, task % runs)
            let from = Int64(piece) * plan.pointee.piece
            kernels.reduce(
                plan, Int64(run * grain), Int64(min(kept, (run + 1) * grain)), from,
                min(reduced, from + plan.pointee.piece), partial.pointer + piece * kept * 8)
        }
        parallel(kept, grain: max(1, CPUBackend.grain / pieces)) { begin, end in
            kernels.reduce_join(plan, begin, end, partial.pointer)
        }
    }

    @inline(never)
    func argExtreme(maximum: Bool, _ x: NDArray, into out: NDArray) {
        let n = x.shape[x.rank - 1]
        parallel(out.count, grain: max(1, CPUBackend.grain / n)) { begin, end in
            kernels.arg_rows(
                maximum, x.dtype.rawValue, end - begin, Int64(n), Int64(n),
                x.pointer + Int(begin) * n * x.dtype.size,
                (out.pointer + Int(begin) * 8).assumingMemoryBound(to: Int64.self))
        }
    }

    @inline(never)
    func scan(_ op: Reduction, _ x: NDArray, into out: NDArray) {
        let n = x.shape[x.rank - 1]
        parallel(x.count / n, grain: max(1, CPUBackend.grain / n)) { begin, end in
            let start = Int(begin) * n
            kernels.scan_rows(
                Int32(op.rawValue), x.dtype.rawValue, end - begin, Int64(n),
                x.pointer + start * x.dtype.size, out.pointer + start * out.dtype.size)
        }
    }
}

extension ft_reduction {
    fileprivate mutating func set(_ x: NDArray, _ y: NDArray, _ out: NDArray) {
        dtype = x.dtype.rawValue
        second_dtype = y.dtype.rawValue
        out_dtype = out.dtype.rawValue
        self.x = UnsafeRawPointer(x.pointer)
        self.y = UnsafeRawPointer(y.pointer)
        self.out = out.pointer
    }

    fileprivate mutating func set(_ map: Kernel.Map?) {
        switch map {
        case nil: self.map = Int32(FT_MAP_NONE.rawValue)
        case .unary(let function, let p0, let p1):
            self.map = Int32(FT_MAP_UNARY.rawValue)
            self.function = Int32(function.rawValue)
            p = (p0, p1)
        case .binary(let function, let p0):
            self.map = Int32(FT_MAP_BINARY.rawValue)
            self.function = Int32(function.rawValue)
            p = (p0, 0)
        }
    }
}
