internal import CKernels
internal import CUDAKernels

extension ft_cuda_loop {
    /// The loops over `shape` with the strides of up to three operands.
    init(_ shape: Shape, _ a: Shape, _ b: Shape? = nil, _ c: Shape? = nil) {
        let loop = ft_loop(shape, a, b, c)
        self.init(
            rank: loop.rank, count: Int64(shape.elementCount), dims: loop.dims, a: loop.a,
            b: loop.b, c: loop.c)
    }

    /// One run of elements in which the operands step by `a`, `b` and `c`.
    init(count: Int, a: Int = 1, b: Int = 0, c: Int = 0) {
        self.init()
        self.count = Int64(count)
        if count == 1 { return }
        rank = 1
        dims.0 = Int64(count)
        self.a.0 = Int64(a)
        self.b.0 = Int64(b)
        self.c.0 = Int64(c)
    }
}

extension Scalar {
    /// The number as one element of a dtype: its bits, the first byte lowest.
    func bits(as dtype: DType) -> UInt64 {
        var element: UInt64 = 0
        withUnsafeMutableBytes(of: &element) { bytes in
            if let base = bytes.baseAddress { store(as: dtype, at: base) }
        }
        return element
    }
}
