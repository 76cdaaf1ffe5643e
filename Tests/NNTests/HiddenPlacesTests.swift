import Autograd
import NN
import Tensor
import Testing

/// A computation that is told not to look at some places of its first tensor.
private struct Hiding {
    let name: String
    /// The first is the one with places that don't count, where `hidden` is true.
    let operands: [Tensor]
    let hidden: Tensor
    let compute: ([Tensor]) -> Tensor

    init(
        _ name: String, _ shapes: [Shape], hidden: Tensor,
        _ compute: @escaping ([Tensor]) -> Tensor
    ) {
        self.name = name
        let random = Random(seed: 3)
        operands = shapes.map { Tensor.normal($0, .float64, using: random) }
        self.hidden = hidden
        self.compute = compute
    }

    static var all: [Hiding] { attention + recurrence + losses + others }

    private static var attention: [Hiding] {
        let last = Tensor([false, false, false, true, true])
        let float = Tensor([0, 0, 0, -Double.infinity, -Double.infinity], .float64)
        let shapes: [Shape] = [[2, 5, 4], [2, 3, 4], [2, 5, 4]]
        let ways: [(String, Tensor?, Bool)] = [
            ("bools", last.logicalNot(), false), ("minus infinity", float, false),
            ("causality", nil, true), ("bools and causality", last.logicalNot(), true),
        ]
        return ways.flatMap { name, mask, isCausal in
            [("keys", 0), ("values", 2)].map { part, place in
                Hiding("\(part) by \(name)", shapes, hidden: last.unsqueeze(1)) { x in
                    .scaledDotProductAttention(
                        query: x[1], key: place == 0 ? x[0] : x[2],
                        value: place == 0 ? x[2] : x[0], mask: mask, isCausal: isCausal)
                }
            }
        }
    }

    private static var recurrence: [Hiding] {
        let random = Random(seed: 5)
        let lengths = Tensor([5, 2, 0], .int64)
        let isOver = (Tensor.arange(5).unsqueeze(0) .>= lengths.unsqueeze(1)).unsqueeze(2)
        let layers: [Recurrent] = [
            LSTM(4, 3, layers: 2, isBidirectional: true, dtype: .float64, using: random),
            GRU(4, 3, isBidirectional: true, dtype: .float64, using: random),
            RNN(4, 3, dtype: .float64, using: random),
        ]
        return layers.map { layer in
            Hiding("steps of \(type(of: layer))", [[3, 5, 4]], hidden: isOver) {
                layer.run($0[0], lengths: lengths).output
            }
        }
    }

    private static var losses: [Hiding] {
        let isIgnored = Tensor([false, true, false, false])
        let labels = Tensor([2, 9, 0, 1], .int64), bits = Tensor([1, 9, 0, 1], .int64)
        func ofRows(_ name: String, _ loss: @escaping (Tensor) -> Tensor) -> Hiding {
            Hiding(name, [[4, 3]], hidden: isIgnored.unsqueeze(1)) { loss($0[0]) }
        }
        func ofElements(_ name: String, _ loss: @escaping (Tensor) -> Tensor) -> Hiding {
            Hiding(name, [[4]], hidden: isIgnored) { loss($0[0]) }
        }
        return [
            ofRows("CrossEntropy") {
                CrossEntropy(labelSmoothing: 0.1, ignoredIndex: 9, classWeights: [1, 2, 3])(
                    $0, labels)
            },
            ofRows("NegativeLogLikelihood") {
                NegativeLogLikelihood(ignoredIndex: 9)($0, labels)
            },
            ofRows("Focal") { Focal(ignoredIndex: 9)($0, labels) },
            ofRows("Dice") { Dice(ignoredIndex: 9)($0, labels) },
            ofRows("MultiMargin") { MultiMargin(ignoredIndex: 9)($0, labels) },
            ofElements("BinaryFocal") { BinaryFocal(ignoredIndex: 9)($0, bits) },
            ofElements("BinaryCrossEntropy") { BinaryCrossEntropy(ignoredIndex: 9)($0, bits) },
            Hiding(
                "CTC", [[5, 2, 4]],
                hidden: (Tensor.arange(5).unsqueeze(1) .>= Tensor([5, 3], .int64)).unsqueeze(2)
            ) {
                CTC()(
                    $0[0], Tensor([[1, 2], [3, 1]], .int64), lengths: Tensor([5, 3], .int64),
                    targetLengths: Tensor([2, 1], .int64))
            },
        ]
    }

    private static var others: [Hiding] {
        let isOdd = Tensor([false, true, false, true])
        return [
            Hiding("maskedFill", [[3, 4]], hidden: isOdd) { $0[0].maskedFill(isOdd, 1).exp() },
            Hiding("where", [[3, 4], [3, 4]], hidden: isOdd) {
                Tensor.where(isOdd, $0[1], $0[0]).sin()
            },
            Hiding(
                "embeddingBag", [[4, 3]],
                hidden: isOdd.logicalAnd(Tensor([true, true, true, false])).unsqueeze(1)
            ) {
                $0[0].embeddingBag(
                    Tensor([[0, 1, 2], [1, 1, 3]], .int64), paddingIndex: 1)
            },
        ]
    }

    /// The value, and derivatives of every kind to the third order, with `value` in the hidden
    /// places and `slope` in those of the directions.
    func results(_ value: Double, _ slope: Double) -> [Tensor] {
        func filled(_ all: [Tensor], _ number: Double) -> [Tensor] {
            [all[0].maskedFill(hidden, number)] + all.dropFirst()
        }
        let x = filled(operands, value)
        let along = [operands.map { $0.cos() }, operands.map { $0.sin() - 1 }]
            .map { filled($0, slope) }
        let loss = { (x: [Tensor]) in compute(x).square().sum() }
        let slopes = { (x: [Tensor]) in
            grad(loss)(x).map { $0.square().sum() }.reduce(Tensor(0, .float64), +)
        }
        let directional = { (x: [Tensor]) in
            jvp(compute, at: x, along: along[1]).tangent.square().sum()
        }
        let thirdly = { (x: [Tensor]) in
            grad(slopes)(x).map { $0.square().sum() }.reduce(Tensor(0, .float64), +)
        }
        return [compute(x), jvp(compute, at: x, along: along[0]).tangent]
            + jvp(compute, at: x, along: along).tangents + grad(loss)(x) + grad(slopes)(x)
            + hvp(loss, at: x, along: along[0]) + grad(directional)(x)
            + hvp(slopes, at: x, along: along[0]) + grad(thirdly)(x)
    }
}

@Suite("What is hidden")
struct HiddenPlacesTests {
    @Test(
        "may be NaN, and so may be its tangents: no derivative of any kind knows",
        arguments: Hiding.all.indices)
    func nan(index: Int) {
        let hiding = Hiding.all[index]
        let clean = hiding.results(0.5, 0.5)
        #expect(clean.allSatisfy { $0.isFinite().all().item == 1 }, "\(hiding.name)")
        for (value, slope) in [(Double.nan, Double.nan), (0.5, .nan), (.infinity, 0.5)] {
            for (place, (a, b)) in zip(clean, hiding.results(value, slope)).enumerated() {
                let distance = (a - b).abs().max().item(as: Double.self)
                #expect(
                    distance < 1e-12, "\(hiding.name), \(value) and \(slope), result \(place): \(b)"
                )
            }
        }
    }
}
