internal import CKernels
internal import CUDA
internal import CUDAKernels

// Kernels over many arrays, which lie in a table.
extension CUDABackend {
    func update(
        _ rule: OptimizerRule, _ arrays: [NDArray], numbers: NDArray, clip: NDArray?,
        gate: NDArray?
    ) throws(CUDAProblem) {
        guard let first = arrays.first else { return }
        var arguments = try list(arrays, every: 2 + rule.slots)
        arguments.rule = Int32(rule.rawValue)
        arguments.dtype = first.dtype.rawValue
        arguments.numbers = doubles(numbers)
        arguments.clip = clip.map { doubles($0) }
        arguments.clip_stride = clip?.count == 1 ? 0 : 1
        arguments.gate = gate.map {
            UnsafePointer($0.pointer.assumingMemoryBound(to: UInt8.self))
        }
        try context.launch(FT_KERNEL_update, arguments)
    }

    func squaredNorm(_ arrays: [NDArray], into out: NDArray) throws(CUDAProblem) {
        var arguments = try list(arrays, every: 1)
        arguments.each = out.count == 1 ? 0 : 1
        let space = max(1, Int(arguments.pieces)) * MemoryLayout<Double>.size
        try withTemporary(byteCount: space) { partial throws(CUDAProblem) in
            arguments.out = partial
            try context.launch(FT_KERNEL_squared_norm, arguments)
            arguments.partial = UnsafePointer(partial.assumingMemoryBound(to: Double.self))
            arguments.out = out.pointer
            try context.launch(FT_KERNEL_squared_norm_join, arguments)
        }
    }

    func allFinite(_ arrays: [NDArray], into out: NDArray) throws(CUDAProblem) {
        var arguments = try list(arrays, every: 1)
        arguments.out = out.pointer
        try context.set(out.pointer, to: 1, byteCount: 1)
        try context.launch(FT_KERNEL_all_finite, arguments)
    }

    /// The table of arrays that come in groups of `width` of one size.
    private func list(
        _ arrays: [NDArray], every width: Int
    ) throws(CUDAProblem) -> ft_cuda_list {
        var rows: [ft_cuda_array] = []
        var pieces = 0
        let length = Int(FT_CUDA_PIECE)
        for start in stride(from: 0, to: arrays.count, by: width) {
            var row = ft_cuda_array()
            withUnsafeMutableBytes(of: &row.at) { bytes in
                let places = bytes.bindMemory(to: UnsafeMutableRawPointer?.self)
                for part in 0..<width { places[part] = arrays[start + part].pointer }
            }
            row.count = Int64(arrays[start].count)
            row.first_piece = Int64(pieces)
            row.dtype = arrays[start].dtype.rawValue
            pieces += (arrays[start].count + length - 1) / length
            rows.append(row)
        }
        var arguments = ft_cuda_list()
        tables.begin(on: context)
        arguments.arrays = UnsafePointer(bitPattern: try tables.place(rows, on: context))
        arguments.array_count = Int64(rows.count)
        arguments.pieces = Int64(pieces)
        return arguments
    }
}
