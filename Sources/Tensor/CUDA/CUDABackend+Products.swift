internal import CKernels
internal import CUDA
internal import CUDAKernels

extension CUDABackend {
    /// By cuBLAS, one call for all matrices that lie at equal distances; then bias and ReLU.
    /// Integers by a kernel.
    func matmul(
        _ a: NDArray, _ b: NDArray, bias: NDArray?, relu: Bool, mayRound: Bool, into out: NDArray
    ) throws(CUDAProblem) {
        if out.count == 0 { return }
        if !out.dtype.isFloat { return try product(a, b, bias: bias, relu: relu, into: out) }
        // cuBLAS may leave what is a sum of nothing as it was.
        if a.count == 0 {
            try context.set(out.pointer, to: 0, byteCount: out.byteCount)
            return try finish(out, bias: bias, relu: relu)
        }
        let left = try ProductOperand(a, self)
        let right = try ProductOperand(b, self)
        let batch = Shape(out.shape.prefix(out.rank - 2))
        let (m, n) = (out.shape[out.rank - 2], out.shape[out.rank - 1])
        let loop = ft_loop(batch, left.batchStrides, right.batchStrides)
        let sizes = loop.outer(batch.elementCount)
        let size = CUDAProductSize(m: m, n: n, k: a.shape[a.rank - 1], count: sizes.inner)
        let numbers = CUDANumbers(out.dtype, mayRound: mayRound)
        // A product of two matrices mostly adds its bias by itself.
        var bias = bias
        if sizes.count == 1, let row = bias,
            try products.multiply(
                left.matrix(at: 0, stride: 0), right.matrix(at: 0, stride: 0), size, numbers,
                adding: UnsafeRawPointer(row.pointer), into: out.pointer)
        {
            bias = nil
        } else {
            for index in 0..<sizes.count {
                let (first, second) = loop.offsets(index)
                try products.multiply(
                    left.matrix(at: first, stride: sizes.a),
                    right.matrix(at: second, stride: sizes.b), size, numbers,
                    into: out.pointer + index * sizes.inner * m * n * out.dtype.size)
            }
        }
        withExtendedLifetime((left, right)) {}
        try finish(out, bias: bias, relu: relu)
    }

    /// Adds a bias to each row, and rectifies.
    private func finish(_ out: NDArray, bias: NDArray?, relu: Bool) throws(CUDAProblem) {
        if bias == nil && !relu { return }
        let n = out.shape[out.rank - 1]
        let arguments = ft_cuda_bias(
            c: out.pointer, bias: bias.map { UnsafeRawPointer($0.pointer) },
            rows: Int64(out.count / n), n: Int64(n), dtype: out.dtype.rawValue,
            relu: relu ? 1 : 0)
        try context.launch(FT_KERNEL_bias_relu, arguments)
    }

    private func product(
        _ a: NDArray, _ b: NDArray, bias: NDArray?, relu: Bool, into out: NDArray
    ) throws(CUDAProblem) {
        var arguments = ft_cuda_product()
        arguments.a = UnsafeRawPointer(a.pointer)
        arguments.b = UnsafeRawPointer(b.pointer)
        arguments.bias = bias.map { UnsafeRawPointer($0.pointer) }
        arguments.c = out.pointer
        arguments.dtype = out.dtype.rawValue
        arguments.relu = relu ? 1 : 0
        let (row, column) = (out.rank - 2, out.rank - 1)
        (arguments.m, arguments.n) = (Int64(out.shape[row]), Int64(out.shape[column]))
        arguments.k = Int64(a.shape[column])
        (arguments.a_row, arguments.a_column) = (Int64(a.strides[row]), Int64(a.strides[column]))
        (arguments.b_row, arguments.b_column) = (Int64(b.strides[row]), Int64(b.strides[column]))
        arguments.batch = ft_cuda_loop(
            Shape(out.shape.prefix(row)), Shape(a.strides.prefix(row)),
            Shape(b.strides.prefix(row)))
        try context.launch(FT_KERNEL_product, arguments)
    }
}

extension CUDANumbers {
    fileprivate init(_ dtype: DType, mayRound: Bool) {
        switch dtype {
        case .float64: self = .float64
        case .float16: self = .float16
        case .bfloat16: self = .bfloat16
        default: self = mayRound ? .tf32 : .float32
        }
    }
}

/// Matrices as cuBLAS takes them: rows or columns contiguous, copied if neither is.
private struct ProductOperand {
    let array: NDArray
    private let isTransposed: Bool
    private let step: Int

    init(_ given: NDArray, _ backend: CUDABackend) throws(CUDAProblem) {
        given.requireElements()
        if let layout = ProductOperand.layout(given) {
            array = given
            (isTransposed, step) = layout
        } else {
            array = try backend.contiguous(given)
            isTransposed = false
            step = max(1, given.shape[given.rank - 1])
        }
    }

    /// Whether columns are contiguous, and how far from one row or column to the next: at least its
    /// length. No matrix lies before the one that it follows.
    private static func layout(_ array: NDArray) -> (isTransposed: Bool, step: Int)? {
        let (row, column) = (array.rank - 2, array.rank - 1)
        if array.strides.prefix(row).contains(where: { $0 < 0 }) { return nil }
        func step(outer: Int, inner: Int) -> Int? {
            let length = max(1, array.shape[inner])
            guard array.shape[inner] <= 1 || array.strides[inner] == 1 else { return nil }
            if array.shape[outer] <= 1 { return length }
            return array.strides[outer] >= length ? array.strides[outer] : nil
        }
        if let step = step(outer: row, inner: column) { return (false, step) }
        return step(outer: column, inner: row).map { (true, $0) }
    }

    var batchStrides: Shape { Shape(array.strides.prefix(array.rank - 2)) }

    func matrix(at offset: Int, stride: Int) -> CUDAMatrix {
        CUDAMatrix(
            array.pointer + offset * array.dtype.size, isTransposed: isTransposed, step: step,
            stride: stride)
    }
}

extension ft_loop {
    /// How often the inmost loop runs, how many rounds and which steps it makes.
    fileprivate func outer(_ count: Int) -> (count: Int, inner: Int, a: Int, b: Int) {
        if rank == 0 { return (1, 1, 0, 0) }
        let last = Int(rank) - 1
        let inner = ft_loop.value(dims, last)
        return (
            count / max(1, inner), inner, ft_loop.value(a, last), ft_loop.value(b, last)
        )
    }

    /// Where the operands of a round of the inmost loop lie, in elements.
    fileprivate func offsets(_ round: Int) -> (Int, Int) {
        var (rest, first, second) = (round, 0, 0)
        for axis in stride(from: Int(rank) - 2, through: 0, by: -1) {
            let size = ft_loop.value(dims, axis)
            first += rest % size * ft_loop.value(a, axis)
            second += rest % size * ft_loop.value(b, axis)
            rest /= size
        }
        return (first, second)
    }

    private typealias Eight = (Int64, Int64, Int64, Int64, Int64, Int64, Int64, Int64)

    private static func value(_ numbers: Eight, _ index: Int) -> Int {
        withUnsafeBytes(of: numbers) { Int($0.bindMemory(to: Int64.self)[index]) }
    }
}
