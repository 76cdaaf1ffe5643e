import Glibc

/// P A = L U of a square matrix.
struct LUFactors<Real: LapackReal> {
    let factors: Columns<Real>
    private var pivots: [Int32]
    /// The position, from 1, of the first pivot that is 0; 0 if there is none.
    let firstZero: Int32

    /// Overwrites the matrix.
    init(_ matrix: Columns<Real>) {
        factors = matrix
        pivots = Array(repeating: 0, count: max(1, matrix.rows))
        var (size, leading, info) = (Int32(matrix.rows), matrix.leading, Int32(0))
        Real.getrf(&size, &size, matrix.elements, &leading, &pivots, &info)
        firstZero = info
    }

    /// Gives small pivots a size: the root of a rounding error, so that half of the digits stay
    /// where terms that grow with the inverse cancel.
    func nudge() {
        var scale = Real(0)
        for position in 0..<factors.rows * factors.count {
            scale = max(scale, factors.elements[position].magnitude)
        }
        let tiny = Real.ulpOfOne.squareRoot() * (scale == 0 ? 1 : scale)
        for position in 0..<factors.rows where factors[position, position].magnitude < tiny {
            factors[position, position] = factors[position, position] < 0 ? -tiny : tiny
        }
    }

    /// −1 where rows were exchanged an odd number of times, else 1.
    private var sign: Real {
        var sign: Real = 1
        for (position, pivot) in pivots.prefix(factors.rows).enumerated()
        where pivot != Int32(position + 1) {
            sign = -sign
        }
        return sign
    }

    var determinant: Real {
        (0..<factors.rows).reduce(sign) { $0 * factors[$1, $1] }
    }

    /// The sign of the determinant, 0 if that is 0, and the logarithm of its magnitude.
    var logDeterminant: (sign: Real, logarithm: Real) {
        var (sign, total) = (self.sign, 0.0)
        for position in 0..<factors.rows {
            let pivot = factors[position, position]
            if pivot < 0 { sign = -sign }
            if pivot == 0 { sign = 0 }
            total += log(Double(pivot.magnitude))
        }
        return (sign, Real(total))
    }

    /// Writes A⁻¹ B over B, or A⁻ᵀ B.
    func solve(_ right: Columns<Real>, transposed: Bool = false) {
        var (size, columns) = (Int32(factors.rows), Int32(right.count))
        var (leading, info) = (factors.leading, Int32(0))
        var word = CChar(bitPattern: UInt8(ascii: transposed ? "T" : "N"))
        Real.getrs(
            &word, &size, &columns, factors.elements, &leading, pivots, right.elements, &leading,
            &info, 1)
    }
}
