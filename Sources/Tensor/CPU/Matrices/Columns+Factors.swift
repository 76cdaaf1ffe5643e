// Factors and functions of one matrix. Each gives 0, or LAPACK's number of what stood in the way.
extension Columns {
    private static func letter(_ letter: Unicode.Scalar) -> CChar {
        CChar(bitPattern: UInt8(ascii: letter))
    }

    /// Writes L over the matrix.
    func makeCholesky() -> Int32 {
        var (size, leading, info, word) = (Int32(rows), leading, Int32(0), Columns.letter("L"))
        Real.potrf(&word, &size, elements, &leading, &info, 1)
        for column in 0..<count {
            for row in 0..<column { self[row, column] = 0 }
        }
        return info
    }

    /// Q with `width` columns, at least as many as the matrix has unless it is wider than high.
    func orthogonal(_ width: Int) -> Columns {
        let reflections = min(rows, count)
        let result = Columns(rows, width)
        var (m, n, k, wide) = (Int32(rows), Int32(count), Int32(reflections), Int32(width))
        var (leading, info) = (leading, Int32(0))
        let factors = Columns(max(1, reflections), 1)
        Columns.withWork { work, size in
            var size = size
            Real.geqrf(
                &m, &n, elements, &leading, factors.elements, work, &size, &info)
        }
        for column in 0..<reflections {
            let start = column * rows
            (result.elements + start).update(from: elements + start, count: rows)
        }
        Columns.withWork { work, size in
            var size = size
            Real.orgqr(
                &m, &wide, &k, result.elements, &leading, factors.elements, work, &size, &info)
        }
        return result
    }

    /// U, s and Vᵀ, or s alone; overwrites the matrix.
    func singular(
        vectors: Bool
    ) -> (u: Columns, s: Columns, vt: Columns, info: Int32) {
        let k = min(rows, count)
        let u = Columns(rows, vectors ? k : 0)
        let vt = Columns(vectors ? k : 0, count)
        let s = Columns(k, 1)
        if k == 0 { return (u, s, vt, 0) }
        var (m, n, word) = (Int32(rows), Int32(count), Columns.letter(vectors ? "S" : "N"))
        var (leading, leadingU, leadingV, info) = (leading, u.leading, vt.leading, Int32(0))
        var integers = Array(repeating: Int32(0), count: 8 * k)
        Columns.withWork { work, size in
            var size = size
            Real.gesdd(
                &word, &m, &n, elements, &leading, s.elements, u.elements, &leadingU, vt.elements,
                &leadingV, work, &size, &integers, &info, 1)
        }
        return (u, s, vt, info)
    }

    /// Writes the eigenvectors of the symmetric matrix over it and gives the eigenvalues, or those
    /// alone.
    func eigen(vectors: Bool) -> (w: Columns, info: Int32) {
        let w = Columns(rows, 1)
        if rows == 0 { return (w, 0) }
        var (word, triangle) = (Columns.letter(vectors ? "V" : "N"), Columns.letter("L"))
        var (size, leading, info) = (Int32(rows), leading, Int32(0))
        let integerCount = vectors ? 3 + 5 * rows : 1
        var integers = Array(repeating: Int32(0), count: integerCount)
        Columns.withWork { work, workSize in
            var workSize = workSize
            var integerSize = workSize == -1 ? -1 : Int32(integerCount)
            Real.syevd(
                &word, &triangle, &size, elements, &leading, w.elements, work, &workSize,
                &integers, &integerSize, &info, 1, 1)
        }
        return (w, info)
    }

    /// det A · A⁻ᵀ, in the limit where A is singular; overwrites the matrix.
    func cofactors(nudged: Bool) -> (result: Columns, info: Int32) {
        let original = copy()
        let lu = LUFactors(self)
        if nudged { lu.nudge() }
        if nudged || lu.firstZero == 0 {
            let result = Columns(rows, count, isIdentity: true)
            lu.solve(result, transposed: true)
            let determinant = lu.determinant
            result.scaleColumns { _ in determinant }
            return (result, 0)
        }
        // Σᵢ ∏ⱼ≠ᵢ sⱼ uᵢ vᵢᵀ, with the signs of det U and det V.
        if !original.isFinite {
            return (Columns(rows, count).filled(.nan), 0)
        }
        let (u, s, vt, info) = original.singular(vectors: true)
        let sign =
            LUFactors(u.copy()).logDeterminant.sign * LUFactors(vt.copy()).logDeterminant.sign
        u.scaleColumns { column in
            (0..<s.rows).reduce(sign) { $1 == column ? $0 : $0 * s.elements[$1] }
        }
        return (u.product(vt), info)
    }

    /// A⁺ᵀ, singular values up to `tolerance` times the largest counting as 0; overwrites the
    /// matrix.
    func transposedInverse(tolerance: Double) -> (result: Columns, info: Int32) {
        let (u, s, vt, info) = singular(vectors: true)
        let least = s.rows > 0 ? Real(tolerance) * s.elements[0] : 0
        u.scaleColumns { s.elements[$0] > least ? 1 / s.elements[$0] : 0 }
        return (u.product(vt), info)
    }

    /// Every element the same.
    func filled(_ value: Real) -> Columns {
        elements.update(repeating: value, count: rows * count)
        return self
    }
}
