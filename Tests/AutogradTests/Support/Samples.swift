import Autograd
import OpTable
import Tensor

/// Operands for a row of the table, the same in every run.
enum Samples {
    /// Operands of the shapes given, in float64, or the dtype given for those that are floats.
    static func operands(_ row: OpRow, _ shapes: [Shape], _ dtype: DType = .float64) -> [Tensor] {
        let random = Random(seed: 2026).fork(row.name)
        return zip(row.inputs, shapes).map { input, shape in
            switch input {
            case .real(let range):
                let drawn = random.uniform(
                    shape, low: range.lowerBound, high: range.upperBound, .float64)
                return Tensor(drawn.cast(to: dtype))
            case .index(let size): return .integers(shape, low: -size, high: size, using: random)
            case .bool: return .integers(shape, high: 2, using: random).cast(to: .bool)
            }
        }
    }

    /// Numbers of a shape to weigh a result with.
    static func weights(_ shape: Shape, _ seed: UInt64 = 5) -> Tensor {
        .uniform(shape, low: -1, high: 1, .float64, using: Random(seed: seed))
    }
}

extension OpRow {
    /// Tests take a row as their argument and walk these: each argument costs time and memory.
    var examples: [Example] { shapes.map { Example(row: self, shapes: $0) } }
}

let narrowFloats: [DType] = [.float32, .float16, .bfloat16]

/// One row with one list of shapes.
struct Example: Sendable, CustomStringConvertible {
    let row: OpRow
    let shapes: [Shape]

    var description: String {
        "\(row.name) " + shapes.map(\.description).joined(separator: " ")
    }

    func operands(_ dtype: DType = .float64) -> [Tensor] { Samples.operands(row, shapes, dtype) }
}

extension Tensor {
    /// A leaf with these elements that requires a gradient.
    func leaf() -> Tensor { Tensor(data, requiresGrad: dtype.isFloat) }

    /// The elements as doubles.
    var doubles: [Double] { values(as: Double.self) }

    /// The largest difference to numbers that should be equal, relative to those above 1.
    func distance(_ expected: [Double]) -> Double {
        let own = doubles
        guard own.count == expected.count else { return .infinity }
        return zip(own, expected).reduce(0) { worst, pair in
            let (value, wanted) = pair
            if value == wanted || (value.isNaN && wanted.isNaN) { return worst }
            let error = Swift.abs(value - wanted) / Swift.max(1, Swift.abs(wanted))
            return error.isNaN ? .infinity : Swift.max(worst, error)
        }
    }
}
