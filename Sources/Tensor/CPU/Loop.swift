internal import CKernels

extension ft_loop {
    /// One run of `count` elements in which the operands step by `a`, `b` and `c`.
    init(count: Int, a: Int = 1, b: Int = 0, c: Int = 0) {
        self.init()
        rank = 1
        dims.0 = Int64(count)
        self.a.0 = Int64(a)
        self.b.0 = Int64(b)
        self.c.0 = Int64(c)
    }

    /// The fewest nested loops that walk `shape` in row-major order with the operands' strides:
    /// size-1 axes are dropped and axes that every operand steps through evenly are merged.
    init(_ shape: Shape, _ a: Shape, _ b: Shape? = nil, _ c: Shape? = nil) {
        self.init()
        let none = Shape(repeating: 0, count: shape.rank)
        let b = b ?? none
        let c = c ?? none
        var sizes = none
        var strideA = none
        var strideB = none
        var strideC = none
        var used = 0
        for axis in 0..<shape.rank where shape[axis] != 1 {
            let size = shape[axis]
            if used > 0, strideA[used - 1] == a[axis] * size, strideB[used - 1] == b[axis] * size,
                strideC[used - 1] == c[axis] * size
            {
                used -= 1
                sizes[used] *= size
            } else {
                sizes[used] = size
            }
            strideA[used] = a[axis]
            strideB[used] = b[axis]
            strideC[used] = c[axis]
            used += 1
        }
        rank = Int64(used)
        ft_loop.store(sizes, used, in: &dims)
        ft_loop.store(strideA, used, in: &self.a)
        ft_loop.store(strideB, used, in: &self.b)
        ft_loop.store(strideC, used, in: &self.c)
    }

    private typealias Eight = (Int64, Int64, Int64, Int64, Int64, Int64, Int64, Int64)

    private static func store(_ values: Shape, _ count: Int, in tuple: inout Eight) {
        withUnsafeMutableBytes(of: &tuple) { bytes in
            let slots = bytes.bindMemory(to: Int64.self)
            for index in 0..<count { slots[index] = Int64(values[index]) }
        }
    }
}

extension NDArray {
    /// Strides of this array as if expanded to `target`.
    func strides(in target: Shape) -> Shape {
        if !isContiguous { requireElements() }
        if shape == target { return strides }
        let lead = target.rank - rank
        var result = Shape(repeating: 0, count: target.rank)
        for axis in 0..<rank where shape[axis] != 1 { result[lead + axis] = strides[axis] }
        return result
    }
}
