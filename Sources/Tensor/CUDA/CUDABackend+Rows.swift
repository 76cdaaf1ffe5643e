internal import CKernels
internal import CUDA
internal import CUDAKernels

// Labels, indices, random numbers.
extension CUDABackend {
    func labelWeights(
        _ target: LabelTarget, _ weights: ArrayList?, classes: Int, labels: NDArray,
        into out: NDArray
    ) throws(CUDAProblem) {
        var arguments = try self.labels(target, weights, classes, labels, into: out)
        arguments.dtype = out.dtype.rawValue
        try context.launch(FT_KERNEL_label_weights, arguments)
    }

    func crossEntropy(
        _ target: LabelTarget, _ weights: ArrayList?, _ x: NDArray, labels: NDArray,
        into out: NDArray
    ) throws(CUDAProblem) {
        var arguments = try self.labels(target, weights, x.shape[1], labels, into: out)
        arguments.x = UnsafeRawPointer(x.pointer)
        arguments.dtype = x.dtype.rawValue
        try context.launch(FT_KERNEL_cross_entropy, arguments)
    }

    func crossEntropyBackward(
        _ target: LabelTarget, _ weights: ArrayList?, _ x: NDArray, labels: NDArray, dy: NDArray,
        into out: NDArray
    ) throws(CUDAProblem) {
        var arguments = try self.labels(target, weights, x.shape[1], labels, into: out)
        arguments.x = UnsafeRawPointer(x.pointer)
        (arguments.dtype, arguments.out_dtype) = (x.dtype.rawValue, out.dtype.rawValue)
        arguments.dy = UnsafeRawPointer(dy.pointer)
        arguments.dy_stride = dy.count == 1 ? 0 : 1
        try context.launch(FT_KERNEL_cross_entropy_backward, arguments)
    }

    private func labels(
        _ target: LabelTarget, _ weights: ArrayList?, _ classes: Int, _ labels: NDArray,
        into out: NDArray
    ) throws(CUDAProblem) -> ft_cuda_labels {
        var arguments = ft_cuda_labels()
        arguments.out = out.pointer
        arguments.labels = integers(labels)
        arguments.weights = weights?.arrays.first.map { doubles($0) }
        arguments.rows = Int64(labels.count)
        arguments.classes = Int64(classes)
        arguments.ignores = target.ignored == nil ? 0 : 1
        arguments.ignored = Int64(target.ignored ?? 0)
        arguments.smoothing = target.smoothing
        arguments.witness = try reports.witness(on: context) { position, label in
            .label(Int64(label), position: position, classes: classes, loss: target.loss)
        }
        return arguments
    }

    func positions(
        _ index: NDArray, below size: Int, into out: NDArray,
        _ complaint: @escaping CUDAReports.Complaint
    ) throws(CUDAProblem) {
        let arguments = ft_cuda_positions(
            index: integers(index), out: out.pointer.assumingMemoryBound(to: Int64.self),
            count: Int64(index.count), rows: Int64(size),
            witness: try reports.witness(on: context, complaint))
        try context.launch(FT_KERNEL_positions, arguments)
    }

    func gather(_ table: NDArray, _ index: NDArray, into out: NDArray) throws(CUDAProblem) {
        let rows = table.shape[0]
        let arguments = ft_cuda_gather(
            x: table.pointer, index: integers(index), out: out.pointer, count: Int64(index.count),
            width: Int64(out.byteCount / max(1, index.count)), rows: Int64(rows),
            witness: try reports.witness(on: context) { position, index in
                .index(Int64(index), position: position, rows: rows, kernel: "gather")
            })
        try context.launch(FT_KERNEL_gather, arguments)
    }

    /// Halves accumulate in float32 and are rounded once.
    func scatter(
        _ rule: ScatterRule, _ x: NDArray, _ index: NDArray, into out: NDArray
    ) throws(CUDAProblem) {
        if index.count == 0 { return }
        if rule != .put, out.dtype.isFloat, !out.dtype.isWide {
            let wide = NDArray(uninitialized: out.shape, .float32, on: self)
            try copy(out, into: wide)
            try scatterRows(rule, x, index, into: wide)
            return try copy(wide, into: out)
        }
        try scatterRows(rule, x, index, into: out)
    }

    private func scatterRows(
        _ rule: ScatterRule, _ x: NDArray, _ index: NDArray, into out: NDArray
    ) throws(CUDAProblem) {
        let rows = out.shape[0]
        var arguments = ft_cuda_scatter()
        arguments.x = UnsafeRawPointer(x.pointer)
        arguments.index = integers(index)
        arguments.out = out.pointer
        arguments.count = Int64(index.count)
        arguments.width = Int64(x.count / index.count)
        arguments.rows = Int64(rows)
        arguments.rule = rule.code
        arguments.dtype = x.dtype.rawValue
        arguments.witness = try reports.witness(on: context) { position, index in
            .index(Int64(index), position: position, rows: rows, kernel: rule.name)
        }
        ft_cuda_scatter_plan(&arguments)
        try context.launch(FT_KERNEL_scatter, arguments)
    }

    func draw(
        _ draw: Draw, _ key: RandomKey, _ x: NDArray, into out: NDArray
    ) throws(CUDAProblem) {
        switch draw {
        case .uniform(let low, let high): try uniform(key, low: low, high: high, into: out)
        case .normal(let mean, let deviation):
            try normal(key, mean: mean, deviation: deviation, into: out)
        case .words: try words(key, into: out)
        case .dropout(let rate): try dropout(x, rate: rate, key, into: out)
        }
    }

    private func uniform(
        _ key: RandomKey, low: Double, high: Double, into out: NDArray
    ) throws(CUDAProblem) {
        var arguments = random(key, low, high, into: out)
        arguments.last = ft_cuda_largest_below(out.dtype.rawValue, low, high)
        try context.launch(FT_KERNEL_uniform, arguments)
    }

    private func normal(
        _ key: RandomKey, mean: Double, deviation: Double, into out: NDArray
    ) throws(CUDAProblem) {
        try context.launch(FT_KERNEL_normal, random(key, mean, deviation, into: out))
    }

    private func words(_ key: RandomKey, into out: NDArray) throws(CUDAProblem) {
        try context.launch(FT_KERNEL_words, random(key, 0, 0, into: out))
    }

    private func dropout(
        _ x: NDArray, rate: Double, _ key: RandomKey, into out: NDArray
    ) throws(CUDAProblem) {
        var arguments = random(key, rate, 0, into: out)
        arguments.x = UnsafeRawPointer(x.pointer)
        try context.launch(FT_KERNEL_dropout, arguments)
    }

    private func random(
        _ key: RandomKey, _ first: Double, _ second: Double, into out: NDArray
    ) -> ft_cuda_random {
        var arguments = ft_cuda_random()
        arguments.out = out.pointer
        arguments.moved = notes?.move(of: key)
        arguments.seed = key.seed
        arguments.stream = key.stream
        arguments.block = key.block
        arguments.count = Int64(out.count)
        arguments.dtype = out.dtype.rawValue
        arguments.first = first
        arguments.second = second
        return arguments
    }

    private func integers(_ array: NDArray) -> UnsafePointer<Int64> {
        UnsafePointer(array.pointer.assumingMemoryBound(to: Int64.self))
    }
}

/// The address of float64 elements.
func doubles(_ array: NDArray) -> UnsafePointer<Double> {
    UnsafePointer(array.pointer.assumingMemoryBound(to: Double.self))
}
