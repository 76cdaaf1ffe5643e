import Synchronization

// Linear algebra by LAPACK, a matrix after the other on each thread.
extension CPUBackend {
    @inline(never)
    func factor(
        _ factor: MatrixFactor, _ a: NDArray, _ operation: StaticString, into out: NDArray
    ) {
        let info =
            a.dtype == .float32
            ? factorEach(Float.self, factor, a, into: out)
            : factorEach(Double.self, factor, a, into: out)
        if let info {
            factor.refuse(operation, matrix: info.matrix, of: a.shape, code: Int(info.code))
        }
    }

    @inline(never)
    func solve(
        _ system: MatrixSystem, _ a: NDArray, _ b: NDArray, _ operation: StaticString,
        into out: NDArray
    ) {
        let info =
            a.dtype == .float32
            ? solveEach(Float.self, system, a, b, into: out)
            : solveEach(Double.self, system, a, b, into: out)
        if let info {
            system.refuse(operation, matrix: info.matrix, of: a.shape, code: Int(info.code))
        }
    }

    /// Calls `body` for each of `count` matrices of a size, and gives the first for which it didn't
    /// return 0.
    private func each(
        _ count: Int, size: Int, _ body: (Int) -> Int32
    ) -> (matrix: Int, code: Int32)? {
        let first = Atomic(Int.max)
        parallel(count, grain: max(1, (1 << 15) / max(1, size * size * size))) { begin, end in
            for number in Int(begin)..<Int(end) {
                let code = body(number)
                if code != 0 {
                    first.min(number << 32 | Int(code.magnitude), ordering: .relaxed)
                }
            }
        }
        let found = first.load(ordering: .relaxed)
        return found == .max ? nil : (found >> 32, Int32(truncatingIfNeeded: found))
    }

    private func factorEach<Real: LapackReal>(
        _: Real.Type, _ factor: MatrixFactor, _ a: NDArray, into out: NDArray
    ) -> (matrix: Int, code: Int32)? {
        let count = a.shape.dropLast(2).reduce(1, *)
        let width = out.count / count
        let base = out.pointer.assumingMemoryBound(to: Real.self)
        return each(count, size: a.shape[a.rank - 1]) { number in
            Columns<Real>(a, number).write(factor, at: base + number * width)
        }
    }

    private func solveEach<Real: LapackReal>(
        _: Real.Type, _ system: MatrixSystem, _ a: NDArray, _ b: NDArray, into out: NDArray
    ) -> (matrix: Int, code: Int32)? {
        let count = a.shape.dropLast(2).reduce(1, *)
        let width = out.count / count
        let base = out.pointer.assumingMemoryBound(to: Real.self)
        return each(count, size: a.shape[a.rank - 1]) { number in
            let matrix = Columns<Real>(a, number)
            let target = base + number * width
            return matrix.solve(Columns(b, number), system, at: target)
        }
    }
}

extension Columns {
    /// Writes a factor or function of the matrix in rows; overwrites the matrix.
    fileprivate func write(
        _ factor: MatrixFactor, at target: UnsafeMutablePointer<Real>
    ) -> Int32 {
        switch factor {
        case .singular, .singularValues, .eigen, .eigenvalues, .pseudoInverse:
            // LAPACK may search for ever among numbers that are none.
            if !isFinite { return .max }
        default: break
        }
        switch factor {
        case .cholesky:
            let info = makeCholesky()
            store(at: target)
            return info
        case .orthogonal(let complete):
            orthogonal(complete ? rows : min(rows, count)).store(at: target)
        case .singular:
            let (u, s, vt, info) = singular(vectors: true)
            u.store(at: target)
            let (below, last) = (rows * s.rows, (rows + 1) * s.rows)
            (target + below).update(from: s.elements, count: s.rows)
            // Columns of Vᵀ are rows of V.
            (target + last).update(from: vt.elements, count: count * s.rows)
            return info
        case .singularValues:
            let (_, s, _, info) = singular(vectors: false)
            target.update(from: s.elements, count: s.rows)
            return info
        case .eigen:
            let (w, info) = eigen(vectors: true)
            store(at: target)
            (target + rows * rows).update(from: w.elements, count: rows)
            return info
        case .eigenvalues:
            let (w, info) = eigen(vectors: false)
            target.update(from: w.elements, count: rows)
            return info
        case .determinant: target[0] = LUFactors(self).determinant
        case .logDeterminant: (target[0], target[1]) = LUFactors(self).logDeterminant
        case .cofactors(let nudged):
            let (result, info) = cofactors(nudged: nudged)
            result.store(at: target)
            return info
        case .pseudoInverse(let tolerance):
            // Columns of A⁺ᵀ are rows of A⁺.
            let (result, info) = transposedInverse(tolerance: tolerance)
            target.update(from: result.elements, count: rows * count)
            return info
        case .exponential: exponential().store(at: target)
        }
        return 0
    }

    /// Writes X of A X = B in rows; overwrites the matrix and `right`.
    fileprivate func solve(
        _ right: Columns, _ system: MatrixSystem, at target: UnsafeMutablePointer<Real>
    ) -> Int32 {
        switch system {
        case .general, .nudged:
            let lu = LUFactors(self)
            if system == .nudged {
                lu.nudge()
            } else if lu.firstZero != 0 {
                return lu.firstZero
            }
            lu.solve(right)
            right.store(at: target)
        case .triangular(let upper, let unit):
            Real.trsm(
                TriangularCall(
                    isUpper: upper, isUnit: unit, size: Int32(rows), columns: Int32(right.count),
                    a: elements, b: right.elements))
            right.store(at: target)
        case .leastSquares(let tolerance):
            leastSquares(right, tolerance: tolerance).store(at: target)
        }
        return 0
    }

    /// The shortest X that brings A X nearest to B; overwrites the matrix.
    private func leastSquares(_ right: Columns, tolerance: Double) -> Columns {
        let result = Columns(count, right.count)
        if min(rows, count) == 0 { return result }
        // Right sides come in and solutions go out in the same columns.
        let both = Columns(max(rows, count), right.count)
        for column in 0..<right.count {
            (both.elements + column * both.rows).update(
                from: right.elements + column * rows, count: rows)
        }
        var (m, n, columns) = (Int32(rows), Int32(count), Int32(right.count))
        var (leading, leadingBoth, info, rank) = (leading, both.leading, Int32(0), Int32(0))
        var least = Real(tolerance)
        var pivots = Array(repeating: Int32(0), count: count)
        Columns.withWork { work, size in
            var size = size
            Real.gelsy(
                &m, &n, &columns, elements, &leading, both.elements, &leadingBoth, &pivots, &least,
                &rank, work, &size, &info)
        }
        for column in 0..<right.count {
            (result.elements + column * count).update(
                from: both.elements + column * both.rows, count: count)
        }
        return result
    }
}
