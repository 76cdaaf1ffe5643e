import Autograd
import Tensor

/// Kernels of elements of every dtype: conversions, arithmetic, comparisons, sums, extremes, order,
/// indexing. Integers have the same bits as on the CPU.
struct ElementParity {
    private let checked: CheckedDevice
    init(_ checked: CheckedDevice) { self.checked = checked }

    private typealias Call = (name: String, apply: (Tensor, Tensor) -> Tensor)
    private static var calls: [Call] {
        [
            ("add", { $0 + $1 }), ("sub", { $0 - $1 }), ("mul", { $0 * $1 }),
            ("maximum", { $0.maximum($1) }), ("less", { $0 .< $1 }), ("equal", { $0 .== $1 }),
            ("sum", { x, _ in x.sum(axis: 0) }), ("total", { x, _ in x.sum() }),
            ("max", { x, _ in x.max(axis: 1) }), ("argmax", { x, _ in x.argmax(axis: 1) }),
            ("transpose", { x, _ in x.transpose(0, 1) + x.transpose(0, 1) }),
        ]
    }

    func differences() -> [String] {
        var found: [String] = []
        let random = Random(seed: 5)
        let first = Tensor.integers([37, 41], high: 9, using: random)
        let second = Tensor.integers([37, 41], high: 9, using: random)
        for dtype in DType.allCases {
            let operands = [first, second].map { $0.cast(to: dtype) }
            let there = operands.map { Tensor($0.data.on(checked.device)) }
            for call in dtype == .bool ? Self.calls.filter({ $0.name == "equal" }) : Self.calls {
                let (own, wanted) = noGrad {
                    (call.apply(there[0], there[1]), call.apply(operands[0], operands[1]))
                }
                if let difference = Comparison.difference(
                    own.data, wanted.data, roundings: 8, of: dtype)
                {
                    found.append("\(call.name) of \(dtype): \(difference)")
                }
            }
            for other in DType.allCases {
                let (own, wanted) = (there[0].cast(to: other), operands[0].cast(to: other))
                if let difference = Comparison.difference(
                    own.data, wanted.data, roundings: 1, of: other)
                {
                    found.append("\(dtype) to \(other): \(difference)")
                }
            }
        }
        return found
    }
}
