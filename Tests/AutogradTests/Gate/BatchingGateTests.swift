import Autograd
import OpTable
import Tensor
import Testing

@Suite("Every operation on a batch")
struct BatchingGateTests {
    static let batchable = OpTable.rows.filter { $0.batching == .rule }
    static let smooth = batchable.filter(\.isDifferentiable)

    @Test("gives what a loop gives, whichever operands are batched", arguments: batchable)
    func values(_ row: OpRow) {
        for example in row.examples {
            for pattern in BatchProbe.patterns(row.arity) {
                let probe = BatchProbe(example, pattern, size: 3)
                let result = vmap { probe.row.apply(probe.merged($0)) }(probe.batched)
                let expected = (0..<3).map { probe.row.apply(probe.operands(of: $0)) }
                #expect(result.dtype == expected[0].dtype, "\(example)")
                #expect(result.shape == expected[0].shape.inserting(3, at: 0), "\(example)")
                #expect(
                    result.distance(expected.flatMap(\.doubles)) < 1e-12, "\(example), \(pattern)")
            }
        }
    }

    @Test("works for one example and for none", arguments: batchable)
    func small(_ row: OpRow) {
        for example in row.examples {
            let all = Array(repeating: true, count: row.arity)
            let one = BatchProbe(example, all, size: 1)
            let expected = one.row.apply(one.operands(of: 0))
            let result = vmap { one.row.apply($0) }(one.batched)
            #expect(result.shape == expected.shape.inserting(1, at: 0), "\(example)")
            #expect(result.distance(expected.doubles) < 1e-12, "\(example)")
            let none = BatchProbe(example, all, size: 0)
            let empty = vmap { none.row.apply($0) }(none.batched)
            #expect(empty.shape == expected.shape.inserting(0, at: 0), "\(example)")
        }
    }

    @Test("has the gradients of each example", arguments: smooth)
    func perExample(_ row: OpRow) {
        for example in row.examples {
            for pattern in BatchProbe.patterns(row.arity) {
                let probe = BatchProbe(example, pattern, size: 2)
                let gradients = vmap { (operands: [Tensor]) in
                    grad { (operands: [Tensor]) in probe.weighted(probe.merged(operands)) }(
                        operands)
                }(probe.batched)
                let expected = (0..<2).map { index in
                    grad { (operands: [Tensor]) in probe.weighted(operands) }(
                        probe.operands(of: index))
                }
                for (gradient, position) in zip(gradients, probe.batchedPositions)
                where gradient.dtype.isFloat {
                    let loop = expected.flatMap { $0[position].doubles }
                    #expect(
                        gradient.distance(loop) < 1e-12,
                        "\(example), \(pattern) by operand \(position)")
                }
            }
        }
    }

    @Test("sends gradients through, to batched and to shared operands", arguments: smooth)
    func through(_ row: OpRow) {
        for example in row.examples {
            for pattern in BatchProbe.patterns(row.arity) {
                let probe = BatchProbe(example, pattern, size: 2)
                let together = { (batched: [Tensor], shared: [Tensor]) -> Tensor in
                    vmap { (operands: [Tensor]) in
                        probe.weighted(probe.merged(operands, shared: shared))
                    }(batched)
                }
                let apart = { (batched: [Tensor], shared: [Tensor]) -> Tensor in
                    let examples = (0..<2).map { index in
                        probe.weighted(probe.merged(batched.map { $0[index] }, shared: shared))
                    }
                    return Tensor.stack(examples).sum()
                }
                let gradient = grad(together)
                let reference = grad(apart)
                let (byBatched, byShared) = gradient(probe.batched, probe.shared)
                let (eachBatched, eachShared) = reference(probe.batched, probe.shared)
                for (result, loop) in zip(byBatched + byShared, eachBatched + eachShared)
                where result.dtype.isFloat {
                    #expect(result.shape == loop.shape, "\(example)")
                    #expect(result.distance(loop.doubles) < 1e-11, "\(example), \(pattern)")
                }
            }
        }
    }

    @Test("pushes and pulls a whole basis in one pass", arguments: GradientGateTests.smooth)
    func jacobians(_ row: OpRow) {
        for example in row.examples {
            let operands = example.operands()
            for position in operands.indices where operands[position].dtype.isFloat {
                let f = { (x: Tensor) in row.apply(operands.replacing(position, with: x)) }
                for mode in [DifferentiationMode.forward, .reverse] {
                    let together = jacobian(f, mode: mode)(operands[position])
                    let apart = jacobian(f, mode: mode, vectorized: false)(operands[position])
                    #expect(together.shape == apart.shape, "\(example)")
                    #expect(
                        together.distance(apart.doubles) < 1e-12,
                        "\(example), \(mode), operand \(position)")
                }
            }
        }
    }

    @Test("leaves the batch alone", arguments: batchable)
    func purity(_ row: OpRow) {
        for example in row.examples {
            let all = Array(repeating: true, count: row.arity)
            let probe = BatchProbe(example, all, size: 2)
            let before = probe.batched.map(\.doubles)
            _ = vmap { probe.row.apply($0) }(probe.batched)
            #expect(probe.batched.map(\.doubles) == before, "\(example)")
        }
    }

    @Test("traps where the table says that it can't run: nonzero")
    func nonzero() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = BatchingGateTests.run("nonzero") }
        expectSentence(result, "nonzero: the shape of its result depends on the values")
    }

    @Test("traps where the table says that it can't run: masked")
    func masked() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = BatchingGateTests.run("masked") }
        expectSentence(result, "masked: the shape of its result depends on the values")
    }

    @Test("traps where the table says that it can't run: unique")
    func unique() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = BatchingGateTests.run("unique") }
        expectSentence(result, "unique: the shape of its result depends on the values")
    }

    @Test("traps where the table says that it can't run: bincount")
    func bincount() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = BatchingGateTests.run("bincount") }
        expectSentence(result, "bincount: the shape of its result depends on the values")
    }

    @Test("traps nowhere else")
    func refusals() {
        let refused = OpTable.rows.filter { $0.batching != .rule }.map(\.name)
        let sized: Set = [
            "nonzero", "masked", "unique", "unique axis", "uniqueConsecutive",
            "uniqueConsecutive axis", "bincount", "bincount with weights",
        ]
        #expect(Set(refused) == sized)
    }

    static func run(_ name: String) -> [Tensor] {
        OpTable.rows.filter { $0.name == name }.map { row in
            let example = Example(row: row, shapes: row.shapes[0])
            let all = Array(repeating: true, count: row.arity)
            return vmap { row.apply($0) }(BatchProbe(example, all, size: 2).batched)
        }
    }
}

/// A row's operands, some of them with a batch axis in front.
struct BatchProbe {
    let row: OpRow
    let isBatched: [Bool]
    private let examples: [Tensor]

    init(_ example: Example, _ isBatched: [Bool], size: Int) {
        row = example.row
        self.isBatched = isBatched
        let shapes = zip(example.shapes, isBatched).map { $1 ? $0.inserting(size, at: 0) : $0 }
        examples = Samples.operands(row, shapes)
    }

    /// All combinations of batched and shared operands, but not all shared.
    static func patterns(_ arity: Int) -> [[Bool]] {
        (1..<(1 << arity)).map { bits in (0..<arity).map { bits >> $0 & 1 == 1 } }
    }

    var batchedPositions: [Int] { isBatched.indices.filter { isBatched[$0] } }
    var batched: [Tensor] { batchedPositions.map { examples[$0] } }
    var shared: [Tensor] { isBatched.indices.filter { !isBatched[$0] }.map { examples[$0] } }

    /// All operands in their order.
    func merged(_ batched: [Tensor], shared: [Tensor]? = nil) -> [Tensor] {
        var batched = batched[...]
        var shared = (shared ?? self.shared)[...]
        return isBatched.map { ($0 ? batched.popFirst() : shared.popFirst()) ?? Tensor(0) }
    }

    func operands(of index: Int) -> [Tensor] { merged(batched.map { $0[index] }) }

    /// ⟨weights, result⟩.
    func weighted(_ operands: [Tensor]) -> Tensor {
        let result = row.apply(operands)
        return (result * Samples.weights(result.shape)).sum()
    }
}
