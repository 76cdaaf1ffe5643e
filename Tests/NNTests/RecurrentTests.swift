import Autograd
import NN
import Tensor
import Testing

@Suite("Recurrent layers")
struct RecurrentTests {
    private let x = Tensor.normal([3, 5, 4], .float64, using: Random(seed: 1))

    private func distance(_ a: Tensor, _ b: Tensor) -> Double {
        #expect(a.shape == b.shape)
        return (a - b).abs().max().item(as: Double.self)
    }

    private func make(_ output: RecurrentOutput = .sequence, dropout: Double = 0) -> LSTM {
        LSTM(
            4, 6, layers: 2, isBidirectional: true, dropout: dropout, output: output,
            dtype: .float64, using: Random(seed: 2))
    }

    @Test("never look beyond a length, in gradients neither")
    func beyondLengths() {
        let lengths = Tensor([5, 2, 0], .int64)
        let isOver = Tensor([[0, 0, 0, 0, 0], [0, 0, 1, 1, 1], [1, 1, 1, 1, 1]], .bool)
        let spoilt = x.maskedFill(isOver.unsqueeze(2), Double.nan)
        let random = Random(seed: 4)
        let gru = GRU(4, 6, isBidirectional: true, dtype: .float64, using: random)
        for layer in [make(), gru] {
            let loss = { (x: Tensor) in (layer.run(x, lengths: lengths).output ** 2).sum() }
            let (value, slope) = valueAndGrad(loss)(x)
            let (same, found) = valueAndGrad(loss)(spoilt)
            #expect(value.item == same.item)
            #expect(distance(slope, found) == 0)
            for data in [x, spoilt] {
                layer.zeroGrad()
                loss(data).backward()
                #expect(layer.parameters.allSatisfy { $0.grad?.isFinite().all().item == 1 })
            }
        }
    }

    @Test("refuse lengths that no sequence has", arguments: [-1, 6])
    func otherLengths(_ length: Int) async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { [length] in
            let x = Tensor.normal([3, 5, 4], .float64, using: Random(seed: 1))
            let layer = GRU(4, 6, dtype: .float64, using: Random(seed: 2))
            _ = layer.run(x, lengths: Tensor([5, length, 0], .int64)).output.values(as: Double.self)
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("recurrent layer: a length is negative or above the number of"))
    }

    @Test("take steps as cells do")
    func cells() {
        let lstm = LSTM(4, 6, dtype: .float64, using: Random(seed: 3))
        let cell = LSTMCell(4, 6, dtype: .float64, using: Random(seed: 3))
        let zeros = Tensor.zeros([3, 6], .float64)
        var state = (hidden: zeros, cell: zeros)
        for step in 0..<5 { state = cell(x[.all, step], state) }
        let (y, end) = lstm.run(x)
        #expect(distance(y[.all, 4], state.hidden) < 1e-14)
        #expect(distance(end.cell![0], state.cell) < 1e-14)
        let gru = GRU(4, 6, dtype: .float64, using: Random(seed: 3))
        let gruCell = GRUCell(4, 6, dtype: .float64, using: Random(seed: 3))
        let rnn = RNN(4, 6, dtype: .float64, using: Random(seed: 3))
        let rnnCell = RNNCell(4, 6, dtype: .float64, using: Random(seed: 3))
        #expect(distance(gru(x)[.all, 0], gruCell(x[.all, 0], zeros)) < 1e-14)
        #expect(distance(rnn(x)[.all, 0], rnnCell(x[.all, 0], zeros)) < 1e-14)
    }

    @Test("give the last state of both directions")
    func last() {
        let y = make()(x), last = make(.last)(x)
        #expect(last.shape == [3, 12])
        #expect(distance(last[.all, ..<6], y[.all, 4, ..<6]) == 0)
        #expect(distance(last[.all, 6...], y[.all, 0, 6...]) == 0)
    }

    @Test("take batches second if told so")
    func axes() {
        let turned = LSTM(
            4, 6, isBatchFirst: false, dtype: .float64, using: Random(seed: 2))(x.transpose(0, 1))
        let plain = LSTM(4, 6, dtype: .float64, using: Random(seed: 2))(x)
        #expect(distance(turned.transpose(0, 1), plain) == 0)
    }

    @Test("see of a shorter sequence what there is")
    func lengths() {
        let layer = make()
        let (y, state) = layer.run(x, lengths: Tensor([5, 2, 0], .int64))
        let (short, end) = layer.run(x[1..<2, ..<2])
        #expect(distance(y[1..<2, ..<2], short) < 1e-14)
        #expect(distance(state.hidden[.all, 1..<2], end.hidden) < 1e-14)
        #expect(y[1, 2...].abs().max().item == 0 && y[2].abs().max().item == 0)
    }

    @Test("drop between layers, in training alone")
    func dropout() {
        let layer = make(dropout: 0.5), plain = make()
        #expect(distance(layer(x), plain(x)) > 1e-3)
        layer.eval()
        #expect(distance(layer(x), plain(x)) == 0)
    }

    @Test("have the same bits at any number of threads", arguments: [1, 2, 3])
    func threads(count: Int) {
        func run(_ threads: Int) -> [[Float]] {
            let before = CPUBackend.shared.threads
            CPUBackend.shared.threads = threads
            defer { CPUBackend.shared.threads = before }
            return [true, false].flatMap { isGated -> [[Float]] in
                let random = Random(seed: 4)
                let layer: Recurrent =
                    isGated ? GRU(5, 37, using: random) : LSTM(5, 37, using: random)
                let x = Tensor.normal([31, 9, 5], using: random)
                layer(x).square().sum().backward()
                return layer.parameters.map { $0.grad!.values(as: Float.self) }
            }
        }
        #expect(run(count) == run(1))
    }

    @Test("have derivatives of higher order, those of what they are composed of")
    func higherOrder() {
        let layer = GRU(4, 3, dtype: .float64, using: Random(seed: 5))
        let small = x[..<1, ..<3]
        let f = { (x: Tensor) in layer(x).square().sum() }
        let direction = Tensor.normal(small.shape, .float64, using: Random(seed: 6))
        let product = hvp(f, at: small, along: direction)
        let slope = { (t: Double) in grad(f)(small + direction * t) }
        let difference = (slope(1e-5) - slope(-1e-5)) / 2e-5
        #expect(distance(product, difference) < 1e-8)
        let mapped = vmap { (x: Tensor) in layer(x.unsqueeze(0)).squeeze(0) }(x)
        #expect(distance(mapped, layer(x)) < 1e-14)
    }

    @Test("compute halves in float32")
    func halves() {
        let layer = LSTM(4, 6, dtype: .bfloat16, using: Random(seed: 3))
        let y = layer(x.cast(to: .bfloat16))
        #expect(y.dtype == .bfloat16 && y.shape == [3, 5, 6])
    }
}
