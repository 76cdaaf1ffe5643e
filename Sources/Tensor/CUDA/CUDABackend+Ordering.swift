internal import CKernels
internal import CUDA
internal import CUDAKernels

extension CUDABackend {
    func run(
        _ ordering: Kernel.Ordering, _ a: NDArray, _ b: NDArray, into out: NDArray
    ) throws(CUDAProblem) {
        var arguments = ft_cuda_order()
        arguments.x = UnsafeRawPointer(a.pointer)
        arguments.out = out.pointer
        arguments.n = Int64(a.shape[a.rank - 1])
        arguments.count = Int64(out.shape[out.rank - 1])
        arguments.rows = Int64(out.count / out.shape[out.rank - 1])
        arguments.dtype = a.dtype.rawValue
        switch ordering {
        case .sort(let descending): try sort(a, descending: descending, into: out)
        case .top(let largest): try sort(a, descending: largest, into: out)
        case .rank(let rank): try sort(a, descending: false, rank: rank, into: out)
        case .take:
            arguments.index = UnsafePointer(b.pointer.assumingMemoryBound(to: Int64.self))
            arguments.size = Int64(a.dtype.size)
            let count = a.shape[a.rank - 1]
            arguments.witness = try reports.witness(on: context) { _, index in
                .column(Int64(index), count: count)
            }
            try context.launch(FT_KERNEL_take, arguments)
        case .runningExtreme(let maximum):
            arguments.flag = maximum ? 1 : 0
            try context.launch(FT_KERNEL_running_extreme, arguments)
        case .recur(let reversed):
            arguments.y = UnsafeRawPointer(b.pointer)
            arguments.flag = reversed ? 1 : 0
            try context.launch(FT_KERNEL_recur, arguments)
        case .search(let right):
            arguments.y = UnsafeRawPointer(b.pointer)
            arguments.flag = right ? 1 : 0
            arguments.stride = a.rank == 1 ? 0 : arguments.n
            try context.launch(FT_KERNEL_search, arguments)
        case .bins(let bins): try count(bins, b, arguments, into: out)
        }
    }

    private func count(
        _ bins: Kernel.Bins, _ edges: NDArray, _ given: ft_cuda_order, into out: NDArray
    ) throws(CUDAProblem) {
        var arguments = given
        arguments.y = UnsafeRawPointer(edges.pointer)
        arguments.edges = Int64(edges.shape[edges.rank - 1])
        arguments.stride = edges.rank == 1 ? 0 : arguments.edges
        let rule = bins == .even ? FT_BINS_EVEN : bins == .edges ? FT_BINS_EDGES : FT_BINS_ANY
        arguments.flag = Int32(rule.rawValue)
        arguments.witness = try reports.witness(on: context) { _, bits in
            .edge(Double(bitPattern: UInt64(bitPattern: Int64(bits))))
        }
        try context.set(out.pointer, to: 0, byteCount: out.byteCount)
        try context.launch(FT_KERNEL_bins, arguments)
    }

    /// Runs are put in order, and joined by twos until there is one a row.
    private func sort(
        _ x: NDArray, descending: Bool, rank: Kernel.Rank? = nil, into out: NDArray
    ) throws(CUDAProblem) {
        let count = x.count
        var arguments = ft_cuda_sort()
        arguments.x = UnsafeRawPointer(x.pointer)
        arguments.out = out.pointer.assumingMemoryBound(to: Int64.self)
        arguments.n = Int64(x.shape[x.rank - 1])
        arguments.rows = Int64(count) / arguments.n
        arguments.count = Int64(out.shape[out.rank - 1])
        arguments.rank = rank?.number ?? Int64(FT_CUDA_RANK_NONE)
        arguments.dtype = x.dtype.rawValue
        arguments.descending = descending ? 1 : 0
        // Keys of 8 bytes and places of 4, twice.
        try withTemporary(byteCount: 24 * count) { memory throws(CUDAProblem) in
            let keys = memory.assumingMemoryBound(to: UInt64.self)
            let places = (memory + 16 * count).assumingMemoryBound(to: UInt32.self)
            (arguments.keys, arguments.keys_to) = (keys, keys + count)
            (arguments.places, arguments.places_to) = (places, places + count)
            try context.launch(FT_KERNEL_sort_runs, arguments)
            arguments.run = Int64(FT_CUDA_RUN)
            while arguments.run < arguments.n {
                try context.launch(FT_KERNEL_sort_merge, arguments)
                swap(&arguments.keys, &arguments.keys_to)
                swap(&arguments.places, &arguments.places_to)
                arguments.run *= 2
            }
            try context.launch(FT_KERNEL_sort_places, arguments)
        }
    }
}

extension Kernel.Rank {
    /// As kernels are told it.
    fileprivate var number: Int64 {
        switch self {
        case .after(let place): Int64(place)
        case .median: Int64(FT_RANK_MEDIAN.rawValue)
        case .nanMedian: Int64(FT_RANK_NAN_MEDIAN.rawValue)
        }
    }
}
