import CKernels
import Testing

@testable import Tensor

/// Steps of calls that are drawn, on arrays of two rows and parts of them.
private struct RandomStep {
    let sample = StepSample()
    private let random: Random
    /// Arrays by dtype, and whether each may be read by now.
    private var arrays: [(whole: NDArray, isMade: Bool)] = []

    init(seed: UInt64, length: Int) {
        random = Random(seed: seed)
        let counts: [(DType, Int)] = [(.float32, 9), (.bool, 4), (.bfloat16, 3), (.int64, 3)]
        for (dtype, count) in counts {
            for index in 0..<count {
                let elements = random.normal([2, 4], mean: 0, deviation: 2).cast(to: dtype)
                let owner: StepSample.Owner =
                    index % 3 == 0 ? .outside : index % 3 == 1 ? .step : .held
                arrays.append((sample.array(elements, owner), owner == .outside))
            }
        }
        for _ in 0..<length { addCall() }
    }

    private func below(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

    /// A shape, and how arrays look in it: whole, or one of their rows.
    private enum Part { case whole, row(Int) }

    private func view(_ array: NDArray, _ part: Part) -> NDArray {
        switch part {
        case .whole: array
        case .row(let index): array.view([4], [1], offset: 4 * index)
        }
    }

    /// An operand of a dtype, now and then one element of it for all, or a row for both.
    private func operand(_ dtype: DType, _ shape: Shape) -> NDArray? {
        let known = arrays.filter { $0.isMade && $0.whole.dtype == dtype }
        guard !known.isEmpty else { return nil }
        let array = known[below(known.count)].whole
        if below(8) == 0 { return array.view(shape, Shape(repeating: 0, count: shape.rank)) }
        if below(10) == 0, shape.rank == 2 { return array.view(shape, [0, 1]) }
        return view(array, shape.rank == 2 ? .whole : .row(below(2)))
    }

    private mutating func addCall() {
        let (kernel, inputs, result, isAlone) = drawKernel()
        let candidates = arrays.indices.filter { arrays[$0].whole.dtype == result }
        let place = candidates[below(candidates.count)]
        // A part of what isn't there yet leaves it unfinished.
        let isPart = arrays[place].isMade && below(4) == 0 && !isAlone
        let out = view(arrays[place].whole, isPart ? .row(below(2)) : .whole)
        var operands: [NDArray] = []
        for dtype in inputs {
            guard let array = operand(dtype, out.shape) else { return }
            let isSame = array.isSamePlace(as: out)
            if array.storage === out.storage, !isSame || isAlone { return }
            if isAlone, !array.isContiguous { return }
            operands.append(array)
        }
        switch operands.count {
        case 0: sample.add(kernel, into: out)
        case 1: sample.add(kernel, operands[0], into: out)
        case 2: sample.add(kernel, operands[0], operands[1], into: out)
        default: sample.add(kernel, operands[0], operands[1], operands[2], into: out)
        }
        arrays[place].isMade = true
    }

    /// A kernel, the dtypes of its operands and of its result, and whether these must lie apart.
    private func drawKernel() -> (Kernel, [DType], DType, Bool) {
        let float: DType = below(4) == 0 ? .bfloat16 : .float32
        let number: DType = below(5) == 0 ? .int64 : float
        switch below(14) {
        case 0: return (.unary(.tanh, 0, 0), [float], float, false)
        case 1, 2: return (.binary(.add, 0), [number, number], number, false)
        case 3: return (.binary(.maximum, 0), [number, number], number, false)
        case 4, 5: return (.binaryScalar(.sub, Scalar(2), isFirst: true), [number], number, false)
        case 6: return (.compare(.gt), [number, number], .bool, false)
        case 7: return (.compareScalar(.le, Scalar(1)), [number], .bool, false)
        case 8: return (.select, [.bool, number, number], number, false)
        case 9: return (.binary(.minimum, 0), [.bool, .bool], .bool, false)
        case 10: return (.copy, [number], number, true)
        case 11:
            let other: DType = float == .float32 ? .bfloat16 : .float32
            return (.copy, [float], other, true)
        case 12: return (.fill(Scalar(below(3))), [], number, true)
        default: return (.softmax(logarithm: false), [.float32], .float32, true)
        }
    }
}

@Suite("Steps of any calls")
struct RandomStepTests {
    @Test("captured have the bits of the calls as they are")
    func bits() {
        var (before, after, groups) = (0, 0, 0)
        for seed in 0..<400 {
            let step = RandomStep(seed: UInt64(seed), length: 5 + seed % 40)
            let program = step.sample.improved
            #expect(step.sample.run(program) == step.sample.expected, "seed \(seed)")
            before += step.sample.calls.count
            after += program.calls.count
            for case .together(let group) in program.calls.map(\.kernel)
            where group.parts.count > 1 {
                groups += 1
            }
        }
        // Most are part of another kernel, or of no use.
        #expect(after < before / 2 && groups > 400, "\(before) \(after) \(groups)")
    }

    @Test("have the same bits where little may wait", arguments: [0, 16])
    func tight(_ allowance: Int) {
        var fewer = 0
        for seed in 0..<200 {
            let step = RandomStep(seed: UInt64(seed), length: 5 + seed % 40)
            var (program, loose) = (step.sample.recorded, step.sample.recorded)
            program.fuse(keeping: allowance)
            loose.fuse(keeping: .max)
            #expect(step.sample.run(program) == step.sample.expected, "seed \(seed)")
            fewer += program.calls.count - loose.calls.count
        }
        #expect(fewer > 0)
    }
}
