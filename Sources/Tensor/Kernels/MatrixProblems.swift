// The sentences about matrices that have no factor or solution, the same on all devices.
extension MatrixFactor {
    /// Stops the program: what a matrix of a batch lacks. The code is LAPACK's, or the largest
    /// Int32 for elements that are no numbers.
    func refuse(_ operation: StaticString, matrix: Int, of shape: Shape, code: Int) -> Never {
        let name = matrixName(matrix, of: shape)
        switch self {
        case .cholesky where code != Int(Int32.max):
            fail(
                "\(operation)",
                "\(name) is not positive definite: its leading \(code)×\(code) part "
                    + "has no factor", hint: "add a small multiple of the identity")
        default:
            if code != Int(Int32.max) { fail("\(operation)", "\(name) didn't converge") }
            fail(
                "\(operation)", "\(name) has elements that are NaN or infinite",
                hint: "look for where they come from with detectAnomalies")
        }
    }
}

extension MatrixSystem {
    /// Stops the program: a matrix of a batch has 0 for its pivot of the number `code`, from 1.
    func refuse(_ operation: StaticString, matrix: Int, of shape: Shape, code: Int) -> Never {
        let name = matrixName(matrix, of: shape)
        fail(
            "\(operation)",
            "\(name) is singular: pivot \(code) of its LU factorization is 0",
            hint: "leastSquares and pseudoInverse take such matrices")
    }
}

/// Which matrix of an array is meant, for messages.
private func matrixName(_ number: Int, of shape: Shape) -> String {
    if shape.rank == 2 { return "the matrix" }
    var (rest, index) = (number, [Int]())
    for size in shape.dropLast(2).reversed() {
        index.insert(rest % size, at: 0)
        rest /= size
    }
    return "matrix \(index.map(String.init).joined(separator: ", ")) of the batch"
}
