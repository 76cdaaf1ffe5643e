/// What a device found in the elements of operands that ends the program. It says so when it comes
/// to it, which may be late; the sentences are the same on all devices.
package enum KernelFault: Sendable {
    /// An integer was divided by 0, first at a position of the result.
    case division(BinaryFunction, position: Int)
    /// An index, met at a position, is none of so many rows.
    case index(Int64, position: Int, rows: Int, kernel: String)
    /// An index is out of range for a size.
    case place(Int64, below: Int, operation: StaticString)
    /// An index is out of range for rows of so many elements.
    case column(Int64, count: Int)
    /// What an operation required doesn't hold.
    case requirement(StaticString, problem: StaticString)
    /// A target, met at a position, is no class.
    case label(Int64, position: Int, classes: Int, loss: String)
    /// A range that ends at such a number has no bins.
    case edge(Double)
    /// A matrix, by its number, has no such factor: LAPACK's code, or the largest for elements that
    /// aren't finite.
    case factor(MatrixFactor, code: Int32, matrix: Int, of: Shape, operation: StaticString)
    /// A matrix, by its number, is singular: its pivot of that number is 0.
    case singular(pivot: Int32, matrix: Int, of: Shape, operation: StaticString)

    /// Ends the program.
    package func stop() -> Never {
        switch self {
        case .division(let function, let position):
            fail(
                function.method,
                "division by zero, met first at position \(position) of the result")
        case .index(let index, let position, let rows, let kernel):
            fail(kernel, "index \(index) at position \(position) is out of range for \(rows) rows")
        case .place(let index, let size, let operation):
            fail("\(operation)", "index \(index) is out of range for size \(size)")
        case .column(let index, let count):
            fail("takeAlong", "index \(index) is out of range for rows of \(count) elements")
        case .requirement(let operation, let problem): fail("\(operation)", "\(problem)")
        case .label(let label, let position, let classes, let loss):
            fail(loss, "target \(label) at position \(position) is no class of 0..<\(classes)")
        case .edge(let value):
            fail(
                "histogram", "a range that ends at \(value) has no bins",
                hint: "give a range of numbers")
        case .factor(let factor, let code, let matrix, let shape, let operation):
            KernelFault.stop(factor, code, KernelFault.describe(matrix, of: shape), operation)
        case .singular(let pivot, let matrix, let shape, let operation):
            fail(
                "\(operation)",
                "\(KernelFault.describe(matrix, of: shape)) is singular: pivot \(pivot) of its LU "
                    + "factorization is 0",
                hint: "leastSquares and pseudoInverse take such matrices")
        }
    }

    private static func stop(
        _ factor: MatrixFactor, _ code: Int32, _ matrix: String, _ operation: StaticString
    ) -> Never {
        if case .cholesky = factor {
            fail(
                "\(operation)",
                "\(matrix) is not positive definite: its leading \(code)×\(code) part has no factor",
                hint: "add a small multiple of the identity")
        }
        if code != .max { fail("\(operation)", "\(matrix) didn't converge") }
        fail(
            "\(operation)", "\(matrix) has elements that are NaN or infinite",
            hint: "look for where they come from with detectAnomalies")
    }

    /// A matrix of a batch by its index.
    private static func describe(_ number: Int, of shape: Shape) -> String {
        if shape.rank == 2 { return "the matrix" }
        var (rest, index) = (number, [Int]())
        for size in shape.dropLast(2).reversed() {
            index.insert(rest % size, at: 0)
            rest /= size
        }
        return "matrix \(index.map(String.init).joined(separator: ", ")) of the batch"
    }
}
