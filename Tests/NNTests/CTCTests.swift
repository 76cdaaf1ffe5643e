import Autograd
import Glibc
import NN
import Tensor
import Testing

/// The numbers are PyTorch 2.13's, but where all alignments are counted.
@Suite("Losses of alignments and pairs")
struct CTCTests {
    @Test("says of a sequence without steps that it has no labels, for certain, and looks at none")
    func nothing() {
        let x = Tensor.normal([3, 2, 4], .float64, using: Random(seed: 1)).logSoftmax()
            .maskedFill(Tensor([true, false]).unsqueeze(1), Double.nan)
        func loss(_ counts: [Int]) -> [Double] {
            CTC(reduction: .none)(
                x, Tensor([[1, 99], [1, 2]], .int64), lengths: Tensor([0, 3], .int64),
                targetLengths: Tensor(counts, .int64)
            ).values(as: Double.self)
        }
        // What stands beyond the labels is no class, and isn't looked at.
        #expect(loss([0, 2])[0] == 0)
        #expect(loss([1, 2])[0] == .infinity)
        #expect(loss([0, 2])[1].isFinite)
    }

    @Test(
        "refuses lengths that sequences or labels don't have",
        arguments: [[7, 3], [-1, 3], [6, 4], [6, -1]])
    func otherLengths(_ lengths: [Int]) async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { [lengths] in
            let x = Tensor.normal([6, 1, 4], .float64, using: Random(seed: 1)).logSoftmax()
            _ =
                CTC()(
                    x, Tensor([[1, 2, 3]], .int64), lengths: Tensor([lengths[0]], .int64),
                    targetLengths: Tensor([lengths[1]], .int64)
                ).item
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("CTC: a "), "\(text)")
    }

    private let logits = Tensor(
        NDArray((0..<72).map { sin(Double($0) * 0.9) }, [6, 3, 4]), requiresGrad: true)
    private let labels = Tensor([[1, 2, 2], [3, 1, 0], [1, 0, 0]], .int64)

    private func loss(
        _ reduction: LossReduction, lengths: [Int] = [6, 5, 4], targets: [Int] = [3, 2, 1],
        zeroesInfinity: Bool = false
    ) -> Tensor {
        CTC(zeroesInfinity: zeroesInfinity, reduction: reduction)(
            logits.logSoftmax(), labels, lengths: Tensor(lengths, .int64),
            targetLengths: Tensor(targets, .int64))
    }

    @Test("CTC has PyTorch's values and gradient")
    func values() {
        expectClose(loss(.none), [5.392422397639818, 3.5821920524275987, 3.3426881855966037])
        expectClose(loss(.sum), [12.31730263566402])
        let mean = loss(.mean)
        expectClose(mean, [2.3104194481190032])
        mean.backward()
        let gradient = (logits.grad ?? logits).values(as: Double.self)
        let start = [
            0.0113329725393, -0.0743707737485, 0.0399228288555, 0.0231149723536, -0.0123254711036,
        ]
        for (value, other) in zip(gradient, start) { #expect(abs(value - other) < 1e-10) }
        let sum = gradient.enumerated().reduce(0) { $0 + $1.element * cos(Double($1.offset)) }
        #expect(abs(sum + 0.3648341999266683) < 1e-10)
    }

    @Test("CTC of no labels is all blanks, and of too few steps infinite or nothing")
    func ends() {
        expectClose(
            loss(.none, targets: [0, 2, 1]),
            [10.282518822522302, 3.5821920524275987, 3.3426881855966037])
        let infinite = loss(.none, lengths: [2, 5, 4])
        #expect(infinite.values(as: Double.self)[0] == .infinity)
        // As in PyTorch, the gradient says so, too.
        let slopes = gradient(of: infinite, by: logits)
        #expect((slopes ?? logits).isFinite().all().item == 0)
        let none = loss(.sum, lengths: [2, 5, 4], zeroesInfinity: true)
        expectClose(none, [3.5821920524275987 + 3.3426881855966037])
        none.backward()
        #expect((logits.grad ?? logits).isFinite().all().item == 1)
    }

    @Test("CTC leaves out blanks wherever they stand among labels")
    func blanksAmongLabels() {
        let x = logits.transpose(0, 1)
        let bare = Tensor([[1, 2], [3, 1], [2, 2]], .int64)
        let mixed = Tensor([[1, 0, 2, 0], [0, 0, 3, 1], [2, 0, 0, 2]], .int64)
        let each = [4.970474346621566, 3.7892923014544166, 4.772754072132578]
        expectClose(CTC(reduction: .none)(x, bare), each)
        expectClose(CTC(reduction: .none)(x, mixed), each)
        expectClose(
            CTC(reduction: .none)(
                logits.logSoftmax(), mixed, lengths: Tensor([6, 6, 6], .int64),
                targetLengths: Tensor([3, 4, 4], .int64)), each)
        let mean = CTC()(x, mixed)
        expectClose(mean, [2.2554201200347603])
        mean.backward()
        let gradient = (logits.grad ?? logits).values(as: Double.self)
        let sum = gradient.enumerated().reduce(0) { $0 + $1.element * cos(Double($1.offset)) }
        #expect(abs(sum + 0.3358402837679772) < 1e-10)
        // Another blank, and no labels at all.
        let shifted = CTC(blank: 3, reduction: .none)
        let labels = Tensor([[3, 0, 3, 1], [2, 3, 3, 3], [3, 3, 3, 3]], .int64)
        let packed = Tensor([[0, 1], [2, 3], [3, 3]], .int64)
        expectClose(shifted(x, labels), shifted(x, packed).values(as: Double.self))
        let none = Tensor(NDArray([Int64](), [3, 0]))
        let silent = shifted(x, none).values(as: Double.self)
        #expect(silent[2] == shifted(x, packed).values(as: Double.self)[2])
    }

    @Test("CTC with blanks among labels is captured")
    func captured() {
        let loss = CTC(reduction: .none)
        let x = logits.detach().transpose(0, 1)
        let step = capture { loss($0, $1) }
        for labels in [
            [[1, 0, 2], [3, 0, 0], [0, 0, 1]], [[0, 1, 2], [0, 2, 0], [2, 0, 2]],
        ] {
            let target = Tensor(labels, .int64)
            for _ in 0..<3 {
                expectClose(step(x, target), loss(x, target).values(as: Double.self))
            }
        }
        #expect(step.refusal == nil)
    }

    /// What a path of symbols spells.
    private func spelled(_ path: [Int]) -> [Int] {
        path.indices.filter { path[$0] != 0 && ($0 == 0 || path[$0] != path[$0 - 1]) }
            .map { path[$0] }
    }

    @Test("CTC adds up every alignment")
    func alignments() {
        let x = logits.detach()[..<4, ..<1, ..<3].logSoftmax()
        let p = x.exp().values(as: Double.self)
        for target in [[1, 2], [1, 1], [2]] {
            var total = 0.0
            for number in 0..<81 {
                let path = [number % 3, number / 3 % 3, number / 9 % 3, number / 27]
                guard spelled(path) == target else { continue }
                total += (0..<4).reduce(1.0) { $0 * p[$1 * 3 + path[$1]] }
            }
            let value = CTC(reduction: .sum)(
                x, Tensor([target], .int64), lengths: Tensor([4], .int64),
                targetLengths: Tensor([target.count], .int64))
            expectClose(value, [-log(total)])
        }
    }

    @Test("CTC has gradients and second derivatives that differences confirm")
    func derivatives() {
        let x = Tensor(logits.detach()[..<4].contiguous().data, requiresGrad: true)
        let target = labels[.all, ..<2]
        expectGradients(by: [x]) { CTC()(x.transpose(0, 1), target) }
    }

    @Test("contrastive pulls alike pairs together and pushes others apart up to the margin")
    func contrastive() {
        let a = Tensor([[0.5, -1.2], [0.3, 0.9], [0, 0]], .float64, requiresGrad: true)
        let b = Tensor([[0.2, 0.9], [0.75, 0.1], [3, 4]], .float64, requiresGrad: true)
        let target = Tensor([1, 0, 0], .int64)
        let loss = Contrastive(margin: 2, reduction: .none)
        let distance = (0.45 * 0.45 + 0.8 * 0.8).squareRoot()
        let far = (2 - distance) * (2 - distance) / 2
        expectClose(loss(a, b, target), [(0.09 + 4.41) / 2, far, 0])
        expectGradients(by: [a, b]) { Contrastive(margin: 2)(a, b, target) }
    }
}
