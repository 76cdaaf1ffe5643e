import Glibc

// References in double precision, apart from the library's kernels.
func exponential(_ x: Double) -> Double { Glibc.exp(x) }
func logarithm(_ x: Double) -> Double { Glibc.log(x) }
func hyperbolicTangent(_ x: Double) -> Double { Glibc.tanh(x) }
func normalDistribution(_ x: Double) -> Double { Glibc.erfc(-x / 2.0.squareRoot()) / 2 }

/// ln softmax of one row.
func logSoftmax(_ row: [Double]) -> [Double] {
    let largest = row.max() ?? 0
    let total = logarithm(row.reduce(0) { $0 + exponential($1 - largest) }) + largest
    return row.map { $0 - total }
}
