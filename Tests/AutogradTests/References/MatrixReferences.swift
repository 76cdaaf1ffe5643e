import Glibc

// Algorithms for one matrix: elimination, Gram and Schmidt, and Jacobi's rotations.
extension References {
    typealias Matrix = [[Double]]

    static func square(_ size: Int, _ element: (Int, Int) -> Double) -> Matrix {
        (0..<size).map { row in (0..<size).map { element(row, $0) } }
    }

    static func times(_ a: Matrix, _ b: Matrix) -> Matrix {
        let columns = b.first?.count ?? 0
        return a.map { row in
            (0..<columns).map { column in
                row.indices.reduce(0) { $0 + row[$1] * b[$1][column] }
            }
        }
    }

    static func transposed(_ a: Matrix) -> Matrix {
        (a.first ?? []).indices.map { column in a.map { $0[column] } }
    }

    /// The determinant, and X of A X = B, by Gauss and Jordan with pivots.
    static func eliminate(_ a: Matrix, _ b: Matrix) -> (determinant: Double, x: Matrix) {
        var (a, b, determinant) = (a, b, 1.0)
        for column in a.indices {
            let pivot = (column..<a.count).max { abs(a[$0][column]) < abs(a[$1][column]) } ?? column
            if pivot != column { determinant = -determinant }
            a.swapAt(pivot, column)
            b.swapAt(pivot, column)
            let value = a[column][column]
            determinant *= value
            a[column] = a[column].map { $0 / value }
            b[column] = b[column].map { $0 / value }
            for row in a.indices where row != column {
                let factor = a[row][column]
                a[row] = zip(a[row], a[column]).map { $0 - factor * $1 }
                b[row] = zip(b[row], b[column]).map { $0 - factor * $1 }
            }
        }
        return (determinant, b)
    }

    static func inverse(_ a: Matrix) -> Matrix {
        eliminate(a, square(a.count) { $0 == $1 ? 1 : 0 }).x
    }

    static func triangle(_ a: Matrix, upper: Bool, unit: Bool = false) -> Matrix {
        square(a.count) { row, column in
            if row == column { return unit ? 1 : a[row][column] }
            return (row < column) == upper ? a[row][column] : 0
        }
    }

    static func cholesky(_ a: Matrix) -> Matrix {
        var l = square(a.count) { _, _ in 0 }
        for row in a.indices {
            for column in 0...row {
                let rest = (0..<column).reduce(a[row][column]) { $0 - l[row][$1] * l[column][$1] }
                l[row][column] = row == column ? sqrt(rest) : rest / l[column][column]
            }
        }
        return l
    }

    /// Orthonormal columns in the directions of a matrix's first ones.
    static func orthonormal(_ a: Matrix) -> Matrix {
        var basis: Matrix = []
        for column in transposed(a).prefix(a.count) {
            var rest = column
            for _ in 0..<2 {
                for known in basis {
                    let part = zip(rest, known).reduce(0) { $0 + $1.0 * $1.1 }
                    rest = zip(rest, known).map { $0 - part * $1 }
                }
            }
            let size = sqrt(rest.reduce(0) { $0 + $1 * $1 })
            basis.append(rest.map { $0 / size })
        }
        return basis.isEmpty ? Array(repeating: [], count: a.count) : transposed(basis)
    }

    /// Eigenvalues in ascending order, and the vectors as rows.
    static func eigen(_ a: Matrix) -> (values: [Double], vectors: Matrix) {
        var (a, v) = (a, square(a.count) { $0 == $1 ? 1 : 0 })
        for _ in 0..<60 {
            for p in a.indices {
                for q in a.indices where q > p && a[p][q] != 0 {
                    let angle = atan2(2 * a[p][q], a[q][q] - a[p][p]) / 2
                    let (c, s) = (cos(angle), sin(angle))
                    var turn = square(a.count) { $0 == $1 ? 1 : 0 }
                    (turn[p][p], turn[q][q], turn[p][q], turn[q][p]) = (c, c, s, -s)
                    a = times(transposed(turn), times(a, turn))
                    v = times(v, turn)
                }
            }
        }
        let order = a.indices.sorted { a[$0][$0] < a[$1][$1] }
        let columns = transposed(v)
        return (order.map { a[$0][$0] }, order.map { columns[$0] })
    }

    /// Singular values from the largest, and the vectors as rows.
    static func singular(_ a: Matrix) -> (u: Matrix, s: [Double], v: Matrix) {
        let (values, vectors) = eigen(times(transposed(a), a))
        let count = min(a.count, a.first?.count ?? 0)
        let s = values.reversed().prefix(count).map { sqrt(max(0, $0)) }
        let v = Array(vectors.reversed().prefix(count))
        let u = zip(v, s).map { vector, value in
            a.map { row in zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } / value }
        }
        return (u, s, v)
    }

    /// Σ i · xᵢ yᵢᵀ
    static func weighted(_ x: Matrix, _ y: Matrix) -> Matrix {
        (x.first ?? []).indices.map { row in
            (y.first ?? []).indices.map { column in
                x.indices.reduce(0) { $0 + Double($1 + 1) * x[$1][row] * y[$1][column] }
            }
        }
    }

    static func pseudoInverse(_ a: Matrix) -> Matrix {
        let turned = transposed(a)
        if a.count >= turned.count { return times(inverse(times(turned, a)), turned) }
        return times(turned, inverse(times(a, turned)))
    }

    static func exponential(_ a: Matrix) -> Matrix {
        var term = square(a.count) { $0 == $1 ? 1 : 0 }
        var sum = term
        for order in 1..<60 {
            term = times(term, a).map { $0.map { $0 / Double(order) } }
            sum = zip(sum, term).map { zip($0, $1).map(+) }
        }
        return sum
    }

    static func frobenius(_ a: Matrix) -> Double {
        sqrt(a.joined().reduce(0) { $0 + $1 * $1 })
    }

    static func rank(_ a: Matrix) -> Double {
        var (rest, rank) = (a, 0)
        for column in (a.first ?? []).indices where rank < rest.count {
            let pivot = (rank..<rest.count).max { abs(rest[$0][column]) < abs(rest[$1][column]) }
            guard let pivot, abs(rest[pivot][column]) > 1e-9 else { continue }
            rest.swapAt(pivot, rank)
            for row in rank + 1..<max(rest.count, rank + 1) {
                let factor = rest[row][column] / rest[rank][column]
                rest[row] = zip(rest[row], rest[rank]).map { $0 - factor * $1 }
            }
            rank += 1
        }
        return Double(rank)
    }

    static func positive(_ a: Matrix) -> Matrix {
        let product = times(a, transposed(a))
        return square(a.count) { product[$0][$1] + ($0 == $1 ? 4 : 0) }
    }
    static func symmetric(_ a: Matrix) -> Matrix {
        square(a.count) { (a[$0][$1] + a[$1][$0]) / 2 }
    }
}
