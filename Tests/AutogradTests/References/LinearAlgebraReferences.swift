import Glibc

// References of linear algebra, a matrix after the other.
extension References {
    /// A function of each matrix in the last two axes.
    private static func each(_ x: Grid, _ body: (Matrix) -> Matrix) -> Grid {
        let results = matrices(x).map(body)
        let (m, n) = (x.shape[x.shape.count - 2], x.shape[x.shape.count - 1])
        let sample =
            results.first ?? body(Array(repeating: Array(repeating: 0, count: n), count: m))
        let size = [sample.count, sample.first?.count ?? 0]
        return Grid(x.shape.dropLast(2) + size, results.flatMap { $0.flatMap { $0 } })
    }

    private static func numbers(_ x: Grid, _ body: (Matrix) -> Double) -> Grid {
        Grid(Array(x.shape.dropLast(2)), matrices(x).map(body))
    }

    private static func lists(_ x: Grid, _ count: Int, _ body: (Matrix) -> [Double]) -> Grid {
        Grid(x.shape.dropLast(2) + [count], matrices(x).flatMap(body))
    }

    private static func matrices(_ x: Grid) -> [Matrix] {
        let (m, n) = (x.shape[x.shape.count - 2], x.shape[x.shape.count - 1])
        return Grid.indices(Array(x.shape.dropLast(2))).map { outer in
            (0..<m).map { row in (0..<n).map { x[outer + [row, $0]] } }
        }
    }

    static func inverse(_ x: Grid) -> Grid { each(x, inverse) }

    /// As the table makes matrices of its operands.
    static func shifted(_ x: Grid) -> Grid {
        Grid(x.shape) { x[$0] + ($0[$0.count - 1] == $0[$0.count - 2] ? 4 : 0) }
    }
    private static func stairs(_ x: Grid) -> Grid {
        Grid(x.shape) { index in
            let (row, column) = (index[index.count - 2], index[index.count - 1])
            return x[index] * 0.25 + (row == column ? Double(column + 1) : 0)
        }
    }
    private static func solve(_ a: Grid, _ g: Grid, _ body: (Matrix, Matrix) -> Matrix) -> Grid {
        let batch = Array(a.shape.dropLast(2))
        let rows = a.shape[batch.count]
        let isVector = g.shape.count == 1 || g.shape == batch + [rows]
        let b = isVector ? Grid(g.shape + [1], g.values) : g
        let width = b.shape[b.shape.count - 1]
        let leading = Grid.broadcast([batch, Array(b.shape.dropLast(2))])
        let height = a.shape[batch.count + 1]
        let values = Grid.indices(leading).flatMap { outer -> [Double] in
            let left = (0..<rows).map { row in (0..<height).map { a.spread(outer + [row, $0]) } }
            let right = (0..<rows).map { row in (0..<width).map { b.spread(outer + [row, $0]) } }
            return body(left, right).flatMap { $0 }
        }
        return Grid(leading + [height] + (isVector ? [] : [width]), values)
    }

    private static func turned(_ x: Grid) -> Grid {
        let rank = x.shape.count
        return x.permuted(Array(0..<(rank - 2)) + [rank - 1, rank - 2])
    }

    private static func short(_ x: Grid) -> Int { x.shape.suffix(2).min() ?? 0 }

    static let linearAlgebra: [String: Reference] = [
        "solve": { solve(shifted($0[0]), $0[1]) { eliminate($0, $1).x } },
        "solve from the right": { grids in
            // As many axes as the matrices have: with one less it would be vectors.
            let (a, b) = (turned(shifted(grids[0])), turned(grids[1]))
            let ones = Array(repeating: 1, count: max(0, a.shape.count - b.shape.count))
            return turned(solve(a, Grid(ones + b.shape, b.values)) { eliminate($0, $1).x })
        },
        "triangularSolve": {
            solve(shifted($0[0]), $0[1]) { eliminate(triangle($0, upper: false), $1).x }
        },
        "triangularSolve upper unit": {
            solve($0[0], $0[1]) { eliminate(triangle($0, upper: true, unit: true), $1).x }
        },
        "choleskySolve": {
            solve(shifted($0[0]), $0[1]) {
                let l = triangle($0, upper: false)
                return eliminate(times(l, transposed(l)), $1).x
            }
        },
        "choleskySolve upper": {
            solve(shifted($0[0]), $0[1]) {
                let u = triangle($0, upper: true)
                return eliminate(times(transposed(u), u), $1).x
            }
        },
        "leastSquares": { solve(stairs($0[0]), $0[1]) { times(pseudoInverse($0), $1) } },
        "inverse": { inverse(shifted($0[0])) },
        "choleskyInverse": {
            each(shifted($0[0])) {
                let l = triangle($0, upper: false)
                return inverse(times(l, transposed(l)))
            }
        },
        "pseudoInverse": { g in
            let full = each(stairs(g[0]), pseudoInverse)
            let size = g[0].shape.suffix(2)
            return Grid(g[0].shape.dropLast(2) + size.reversed(), full.values)
        },
        "determinant": { numbers(shifted($0[0])) { eliminate($0, $0).determinant } },
        "cofactors": {
            each(shifted($0[0])) { a in
                square(a.count) { row, column in
                    var minor = a
                    minor.remove(at: row)
                    minor = minor.map { Array($0[..<column] + $0[(column + 1)...]) }
                    let sign: Double = (row + column) % 2 == 0 ? 1 : -1
                    return sign * eliminate(minor, minor).determinant
                }
            }
        },
        "logDeterminant": { numbers(shifted($0[0])) { log(eliminate($0, $0).determinant) } },
        "signedLogDeterminant": {
            numbers(shifted($0[0])) { a in
                let determinant = eliminate(a, a).determinant
                return (a.count % 2 == 0 ? 2 : -2) + log(determinant)
            }
        },
        "cholesky": { each($0[0]) { cholesky(positive($0)) } },
        "cholesky upper": { each($0[0]) { transposed(cholesky(positive($0))) } },
        "qr q": { each(stairs($0[0]), orthonormal) },
        "qr r": {
            each(stairs($0[0])) { a in
                let r = times(transposed(orthonormal(a)), a)
                return r.indices.map { row in
                    r[row].indices.map { $0 < row ? 0 : r[row][$0] }
                }
            }
        },
        "qr q complete": { each(stairs($0[0]), orthonormal) },
        "svd u": {
            each(stairs($0[0])) {
                let u = singular($0).u; return weighted(u, u)
            }
        },
        "svd s": { lists(stairs($0[0]), short($0[0])) { singular($0).s } },
        "svd vt": {
            each(stairs($0[0])) {
                let v = singular($0).v; return weighted(v, v)
            }
        },
        "svd u, vt": {
            each(stairs($0[0])) {
                let f = singular($0); return weighted(f.u, f.v)
            }
        },
        "singularValues": { lists(stairs($0[0]), short($0[0])) { singular($0).s } },
        "matrixNorm nuclear": { numbers(stairs($0[0])) { singular($0).s.reduce(0, +) } },
        "matrixNorm spectral": { numbers(stairs($0[0])) { singular($0).s.max() ?? 0 } },
        "conditionNumber": {
            numbers(stairs($0[0])) {
                let s = singular($0).s; return s[0] / s[s.count - 1]
            }
        },
        "conditionNumber frobenius": {
            numbers(stairs($0[0])) { frobenius($0) * frobenius(inverse($0)) }
        },
        "matrixRank": { numbers($0[0].map { rint($0) }, rank) },
        "eigh values": { lists(stairs($0[0]), short($0[0])) { eigen(symmetric($0)).values } },
        "eigh vectors": {
            each(stairs($0[0])) {
                let v = eigen(symmetric($0)).vectors; return weighted(v, v)
            }
        },
        "eigvalsh": { lists(stairs($0[0]), short($0[0])) { eigen(symmetric($0)).values } },
        "matrixExponential": { each($0[0], exponential) },
    ]
}
