import Autograd
import FTSupport
import Glibc
import OpTable
import Tensor

/// Every row of the op table on a device and on the CPU: values in four float dtypes, gradients in
/// float64 and float32; then elements of every dtype.
struct Parity {
    private let checked: CheckedDevice
    private static let dtypes: [DType] = [.float64, .float32, .float16, .bfloat16]

    init(_ checked: CheckedDevice) { self.checked = checked }

    /// Prints a line a row before it is tried, and what differs. False where something does.
    ///
    /// - Parameters:
    ///   - first: the row to begin with.
    ///   - step: from each row to the next; others have those between.
    func run(from first: Int, by step: Int) -> Bool {
        var (failures, comparisons) = (0, 0)
        let rows = OpTable.rows
        let numbers = stride(from: first, to: rows.count, by: step)
        for number in numbers {
            let row = rows[number]
            print("row \(number) \(row.name)")
            fflush(nil)
            for shapes in row.shapes {
                for dtype in Parity.dtypes {
                    let complaints = differences(row, shapes, dtype)
                    comparisons += 1
                    failures += complaints.count
                    for complaint in complaints {
                        print("differs: \(row.name) \(shapes) \(dtype): \(complaint)")
                    }
                }
            }
        }
        if first.isMultiple(of: step) {
            print("elements of every dtype")
            let complaints = ElementParity(checked).differences()
            failures += complaints.count
            for complaint in complaints { print("differs: \(complaint)") }
        }
        let count = Array(numbers).count
        print("parity: \(count) rows, \(comparisons) comparisons, \(failures) differ")
        return failures == 0
    }

    private func differences(_ row: OpRow, _ shapes: [Shape], _ dtype: DType) -> [String] {
        let operands = Parity.operands(row, shapes, dtype)
        let hasGradient = row.isDifferentiable && dtype.size >= 4
        // Rows whose way is another than the CPU's, to results that are as good.
        let isOwnWay = !Set(row.classes).isDisjoint(with: ["Cofactors", "SymmetricEigen"])
        let roundings: Double = hasGradient ? 256 : isOwnWay ? 16 : 8
        func results(_ operands: [Tensor]) -> [Tensor] {
            if !hasGradient { return [noGrad { row.apply(operands) }] }
            let leaves = operands.map { Tensor($0.data, requiresGrad: $0.dtype.isFloat) }
            let result = row.apply(leaves)
            if result.requiresGrad { result.backward(.ones(like: result)) }
            return [result] + leaves.compactMap(\.grad)
        }
        let there = results(operands.map { Tensor($0.data.on(checked.device)) })
        return zip(there, results(operands)).enumerated().compactMap { part, pair in
            let name = part == 0 ? "value" : "gradient \(part)"
            return Comparison.difference(
                pair.0.data, pair.1.data, roundings: roundings, of: dtype
            ).map { "\(name): \($0)" }
        }
    }

    /// Operands of a row, the same in every run.
    static func operands(_ row: OpRow, _ shapes: [Shape], _ dtype: DType) -> [Tensor] {
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
}

/// How far two arrays are apart.
enum Comparison {
    /// What differs by more than so many roundings of the largest element; nil where nothing does.
    static func difference(
        _ found: NDArray, _ wanted: NDArray, roundings: Double, of dtype: DType
    ) -> String? {
        if found.shape != wanted.shape { return "shape \(found.shape), not \(wanted.shape)" }
        if found.dtype != wanted.dtype { return "dtype \(found.dtype), not \(wanted.dtype)" }
        let (own, expected) = (found.values(as: Double.self), wanted.values(as: Double.self))
        let scale = expected.reduce(1) { $1.isFinite ? max($0, abs($1)) : $0 }
        let allowed = wanted.dtype.isFloat ? roundings * unit(dtype) * scale : 0
        for (index, pair) in zip(own, expected).enumerated() {
            if pair.0 == pair.1 || pair.0.isNaN && pair.1.isNaN { continue }
            let distance = abs(pair.0 - pair.1)
            if !(distance <= allowed) {
                return "\(pair.0), not \(pair.1), at position \(index)"
            }
        }
        return nil
    }

    private static func unit(_ dtype: DType) -> Double {
        switch dtype {
        case .float64: 0x1p-53
        case .float32: 0x1p-24
        case .float16: 0x1p-11
        default: 0x1p-8
        }
    }
}
