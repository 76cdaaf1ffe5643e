import Autograd
import Tensor
import Testing

@Suite("Changes in place")
struct InPlaceTests {
    private static let sentence = "backward: a tensor that Mul saved was changed in place"

    @Test("of a saved tensor's elements are caught in backward")
    func elements() async {
        let assigned = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let (x, c) = (Tensor.leaf([1.0, 2]), Tensor.constant([3.0, 4]))
            let y = x * c
            c.assign(Tensor.constant(0.0))
            y.backward()
        }
        #expect(assigned.message.contains(Self.sentence))
        let viewed = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let (x, c) = (Tensor.leaf([1.0, 2]), Tensor.constant([3.0, 4]))
            let y = x * c
            c.detach().reshape([2, 1])[0].assign(Tensor.constant(0.0))
            y.backward()
        }
        #expect(viewed.message.contains(Self.sentence))
    }

    @Test("of a saved tensor's data are caught, also after its elements had changed before")
    func data() async {
        let replaced = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let (x, c) = (Tensor.leaf([1.0, 2]), Tensor.constant([3.0, 4]))
            let y = x * c
            x.data = NDArray([0.0, 0])
            y.backward()
        }
        #expect(replaced.message.contains(Self.sentence))
        let twice = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let (x, c) = (Tensor.leaf([1.0, 2]), Tensor.constant([3.0, 4]))
            c[0] = Tensor.constant(5.0)
            let y = x * c
            c.data = NDArray([0.0, 0])
            y.backward()
        }
        #expect(twice.message.contains(Self.sentence))
    }

    @Test("of indices come too late to matter: their positions were taken")
    func indices() {
        let x = Tensor.leaf([1.0, 2])
        let rows = Tensor([0, 1], .int64)
        let y = x[rows]
        rows[0] = Tensor(1, .int64)
        y.backward()
        expect(x.grad, [1, 1])
        let other = Tensor.leaf([1.0, 2])
        let added = Tensor.constant([0.0, 0]).indexAdd(rows, other)
        rows.data = NDArray([Int64(0), 0])
        (added * Tensor.constant([1.0, 5])).backward()
        expect(other.grad, [5, 5])
    }

    @Test("of masks that an operation holds are caught too")
    func masks() async {
        let masked = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let x = Tensor.leaf([1.0, 2])
            let mask = Tensor([true, false], .bool)
            let y = x.maskedFill(mask, 0)
            mask[1] = Tensor(true, .bool)
            y.backward()
        }
        #expect(masked.message.contains("a tensor that Where saved was changed"))
        let replaced = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let x = Tensor.leaf([1.0, 2])
            let mask = Tensor([true, false], .bool)
            let y = x.maskedFill(mask, 0)
            mask.data = NDArray([true, true])
            y.backward()
        }
        #expect(replaced.message.contains("a tensor that Where saved was changed"))
    }

    @Test("of the inputs that the operation reads again are told from others")
    func chosenInputs() async {
        let x = Tensor.leaf([1.0, 2])
        let others = (0..<5).map { Tensor.constant([Double($0), 1]) }
        let y = Total()([x] + others)
        for position in [0, 2, 4] { others[position].assign(Tensor.constant(0.0)) }
        y.backward()
        expect(x.grad, [1, 1])
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let x = Tensor.leaf([1.0, 2])
            let others = (0..<5).map { Tensor.constant([Double($0), 1]) }
            let y = Total()([x] + others)
            others[3].assign(Tensor.constant(0.0))
            y.backward()
        }
        #expect(result.message.contains("a tensor that Total saved was changed"))
    }

    @Test("of tensors that the operation does not read again are fine")
    func harmless() {
        let mask = Tensor([true, false], .bool)
        let (left, right) = (Tensor.leaf([1.0, 2]), Tensor.leaf([3.0, 4]))
        let chosen = Tensor.where(mask, left, right)
        noGrad { left.assign(Tensor.constant(0.0)) }
        chosen.backward()
        expect(left.grad, [1, 0])
        let (weight, bias) = (Tensor.leaf([[1.0, 2]]), Tensor.leaf([3.0]))
        let product = Tensor.constant([[5.0, 6]]).linear(weight, bias)
        noGrad { bias.assign(Tensor.constant(0.0)) }
        product.backward()
        expect(weight.grad, [5, 6])
        let x = Tensor.leaf([1.0, 2])
        let c = Tensor.constant([3.0, 4])
        let y = x + c
        c.assign(Tensor.constant(0.0))
        c[1] = Tensor.constant(5.0)
        y.backward()
        expect(x.grad, [1, 1])
        expect(c, [0, 5])
    }

    @Test("of recorded tensors and of leaves outside noGrad are refused")
    func refused() async {
        let recorded = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            (Tensor.leaf([1.0]) * 2).assign(Tensor.constant(0.0))
        }
        #expect(recorded.message.contains("a recorded tensor can't change in place"))
        let leaf = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let x = Tensor.leaf([1.0])
            x[0] = Tensor.constant(0.0)
        }
        #expect(leaf.message.contains("a leaf that requires a gradient can't change in place"))
    }

    @Test(
        "by values that require a gradient are refused, for it would be lost; inside noGrad they copy"
    )
    func recordedValues() async {
        let sentence = "the new elements require a gradient, which would not flow back to them"
        let subscripted = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let (w, b) = (Tensor.leaf(3.0), Tensor.constant([1.0, 2]))
            b[0] = w * w
        }
        expectSentence(subscripted, "subscript assignment: \(sentence)")
        let assigned = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            Tensor.constant([1.0, 2]).assign(Tensor.leaf(3.0))
        }
        expectSentence(assigned, "assign: \(sentence)")
        let traced = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let f = { (x: Tensor) in
                let b = Tensor.constant([1.0, 2])
                b[0] = x
                return b
            }
            _ = jvp(f, at: Tensor.constant(1.0), along: Tensor.constant(1.0))
        }
        expectSentence(traced, "a tensor can't change in place inside jvp or vmap")
        let (w, b) = (Tensor.leaf(3.0), Tensor.constant([1.0, 2]))
        noGrad { b[0] = w * w }
        b[1] = (w * 5).detach()
        expect(b, [9, 15])
    }

    @Test("of leaves inside noGrad update them, as optimizers do")
    func update() {
        let x = Tensor.leaf([1.0, 2])
        (x * x).backward()
        noGrad { if let gradient = x.grad { x.assign(x - gradient * 0.5) } }
        expect(x, [0, 0])
        x.zeroGrad()
        (x * 3).backward()
        expect(x.grad, [3, 3])
    }

    @Test("write through ranges, steps and broadcasts")
    func subscripts() {
        let x = Tensor.zeros([3, 4], .float64)
        x[1] = Tensor.constant(1.0)
        x[.all, 0] = Tensor.constant([7.0, 8, 9])
        x[.every(-2), 3] = Tensor.constant([5.0, 6])
        expect(x, [7, 0, 0, 6, 8, 1, 1, 1, 9, 0, 0, 5])
    }
}

/// Σ inputs, which says that the third and the fifth are read again.
private final class Total: NaryOp {
    override var saves: Saved { [.input(2), .input(4)] }
    override func forward(_ inputs: [NDArray]) -> NDArray {
        let tensors = inputs.map { Tensor($0) }
        return noGrad { tensors.dropFirst().reduce(tensors[0], +).data }
    }
    override func backward(_ dy: Tensor, inputs: [Tensor], y: Tensor) -> [Tensor?] {
        inputs.map { $0.needsGradient ? dy : nil }
    }
}
