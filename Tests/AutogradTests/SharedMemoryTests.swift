import Autograd
import OpTable
import Tensor
import Testing

/// Arguments with which an operation has nothing to do.
private let idle: [(name: String, run: @Sendable (Tensor) -> Tensor)] = [
    ("dropout", { $0.dropout(0, using: Random(seed: 1)) }), ("pad", { $0.pad([(0, 0)]) }),
    ("pad, reflected", { $0.pad([(0, 0)], mode: .reflect) }),
    ("pad, cut", { $0.pad([(0, -1)], mode: .circular) }),
    ("roll", { $0.roll(0) }), ("roll around", { $0.roll(3, axis: 1) }),
    ("tile", { $0.tile([1, 1]) }), ("tile once", { $0.tile([1]) }),
    ("repeated", { $0.repeated(1, axis: 0) }),
    ("repeated list", { $0.repeated([1, 1, 1], axis: 0) }),
    ("concat", { Tensor.concat([$0]) }), ("stack", { Tensor.stack([$0]) }),
    ("diff", { $0.diff(times: 0) }), ("matrixPower", { $0.matrixPower(1) }),
    ("cartesianProduct", { Tensor.cartesianProduct([$0[0]]) }),
    ("sum", { $0.unsqueeze(0).sum(axis: 0) }), ("max", { $0.unsqueeze(0).max(axis: 0) }),
    ("mean", { $0.unsqueeze(0).mean(axis: 0) }), ("sum of none", { $0.sum(axes: []) }),
    ("cumsum", { $0.unsqueeze(0).cumsum(axis: 0) }),
    ("sort", { $0.unsqueeze(0).sort(axis: 0).values }),
    ("take", { $0.take(Tensor([0, 1, 2], .int64)) }), ("masked", { $0.masked($0 .== $0) }),
    ("clip", { $0.clip(lower: -100, upper: 100) }), ("plus", { $0 + 0 }), ("times", { $0 * 1 }),
    ("power", { $0 ** 1 }), ("where", { Tensor.where($0 .== $0, $0, 0) }),
    ("maskedFill", { $0.maskedFill($0 .!= $0, 0) }), ("floor", { $0.cast(to: .int32).floor() }),
    ("round", { $0.round() }), ("triu", { $0.triu(-5) }),
    ("nanSum", { $0.unsqueeze(0).nanSum(axis: 0) }), ("copy", { $0.copy() }),
]

/// What makes a view by its nature: changes show in it, and changes of it in what it is a view of.
/// The page "autograd" lists them by their methods.
private let views: Set = [
    "Reshape", "Permute", "Expand", "Flip", "Slice", "Diagonal", "Unfold", "Identity", "Cast",
    "Move",
]

@Suite("Memory of results")
struct SharedMemoryTests {
    @Test("is shared with an operand by views alone", arguments: OpTable.rows)
    func table(_ row: OpRow) {
        for example in row.examples {
            let operands = example.operands()
            for result in [
                noGrad { row.apply(operands) },
                row.apply(operands.map { $0.leaf() }),
            ] where operands.contains(where: { $0.data.storage === result.data.storage }) {
                #expect(
                    row.name == "contiguous"
                        || row.classes.contains { views.contains($0) },
                    "\(example), \(row.name) shares memory with its operand")
            }
        }
    }

    @Test("is their own where there was nothing to do")
    func noOperation() {
        for (name, run) in idle {
            for isRecorded in [false, true] {
                let x = Tensor(NDArray([1, 2, 3, 4, 5, 6, 7, 8, 9] as [Float], [3, 3]))
                let kept = x.doubles
                let operand = isRecorded ? Tensor(x.data, requiresGrad: true) : x
                let result = run(operand)
                result.detach().assign(77)
                #expect(x.doubles == kept, "\(name) shares memory with its operand")
                let before = result.doubles
                x.assign(-1)
                #expect(result.doubles == before, "\(name) shares memory with its operand")
            }
        }
    }

    @Test("changes through a view, and a recorded value that changed so is noticed")
    func throughViews() async {
        let x = Tensor([[1, 2], [3, 4]])
        let (row, turned) = (x.reshape([4]), x.transpose())
        row[0] .= 9
        turned[0, 1] .= 8
        #expect(x.doubles == [9, 2, 8, 4])
        x.reshape([4]).assign(5)
        #expect(x.doubles == [5, 5, 5, 5])
        await #expect(processExitsWith: .failure) {
            let w = Tensor([1, 2], requiresGrad: true)
            let data = Tensor([3, 4])
            let y = (w * data.reshape([2, 1]).reshape([2])).sum()
            data.assign(0)
            y.backward()
        }
    }
}
