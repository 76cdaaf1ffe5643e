/// A matrix in columns, as LAPACK takes it, in memory of its own.
final class Columns<Real: LapackReal> {
    let rows: Int
    let count: Int
    let elements: UnsafeMutablePointer<Real>

    /// Zeros, but for ones on the diagonal where `isIdentity`.
    init(_ rows: Int, _ count: Int, isIdentity: Bool = false) {
        self.rows = rows
        self.count = count
        elements = .allocate(capacity: max(1, rows * count))
        elements.initialize(repeating: 0, count: max(1, rows * count))
        if isIdentity {
            for position in 0..<min(rows, count) { elements[position * (rows + 1)] = 1 }
        }
    }

    /// One of the matrices in the last two axes of an array, by its number.
    convenience init(_ array: NDArray, _ number: Int) {
        let rank = array.rank
        let (down, across) = (array.strides[rank - 2], array.strides[rank - 1])
        self.init(array.shape[rank - 2], array.shape[rank - 1])
        var rest = number
        var position = 0
        for axis in stride(from: rank - 3, through: 0, by: -1) {
            position += (rest % array.shape[axis]) * array.strides[axis]
            rest /= array.shape[axis]
        }
        let source = array.pointer.assumingMemoryBound(to: Real.self) + position
        for column in 0..<count {
            let start = column * rows
            for row in 0..<rows {
                elements[start + row] = source[row * down + column * across]
            }
        }
    }

    deinit { elements.deallocate() }

    func copy() -> Columns {
        let result = Columns(rows, count)
        result.elements.update(from: elements, count: rows * count)
        return result
    }

    subscript(_ row: Int, _ column: Int) -> Real {
        get { elements[row + column * rows] }
        set { elements[row + column * rows] = newValue }
    }

    var isFinite: Bool {
        for position in 0..<rows * count where !elements[position].isFinite { return false }
        return true
    }

    /// What LAPACK calls the leading dimension, at least 1.
    var leading: Int32 { Int32(max(1, rows)) }

    /// Writes the rows one after the other.
    func store(at target: UnsafeMutablePointer<Real>) {
        for row in 0..<rows {
            for column in 0..<count { target[row * count + column] = self[row, column] }
        }
    }

    func product(_ other: Columns) -> Columns {
        let result = Columns(rows, other.count)
        Real.gemm(
            ProductCall(
                m: Int32(rows), n: Int32(other.count), k: Int32(count), a: elements,
                b: other.elements, c: result.elements))
        return result
    }

    /// Each column times a number.
    func scaleColumns(_ factors: (Int) -> Real) {
        for column in 0..<count {
            let factor = factors(column)
            for row in 0..<rows { self[row, column] *= factor }
        }
    }

    /// Calls a routine of LAPACK twice: to learn how much memory it wants, and with that.
    static func withWork(
        _ routine: (_ work: UnsafeMutablePointer<Real>, _ size: Int32) -> Void
    ) {
        var wanted: Real = 1
        routine(&wanted, -1)
        let size = max(1, Int(wanted.rounded(.up)))
        withUnsafeTemporaryAllocation(of: Real.self, capacity: size) { work in
            guard let base = work.baseAddress else { return }
            routine(base, Int32(size))
        }
    }
}
