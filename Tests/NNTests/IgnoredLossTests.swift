import Autograd
import NN
import Tensor
import Testing

/// A loss that ignores −1, and the same without.
struct IgnoringCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let ignoring, plain: @Sendable (LossReduction) -> any Loss
    let isOfClasses: Bool

    init(
        _ name: String, isOfClasses: Bool = false,
        _ make: @escaping @Sendable (Int?, LossReduction) -> any Loss
    ) {
        testDescription = name
        self.isOfClasses = isOfClasses
        ignoring = { make(-1, $0) }
        plain = { make(nil, $0) }
    }

    static let all: [IgnoringCase] = [
        .init("Hinge") { Hinge(ignoredIndex: $0, reduction: $1) },
        .init("Hinge, squared") {
            Hinge(isSquared: true, ignoredIndex: $0, reduction: $1)
        },
        .init("SoftMargin") { SoftMargin(ignoredIndex: $0, reduction: $1) },
        .init("HingeEmbedding") { HingeEmbedding(ignoredIndex: $0, reduction: $1) },
        .init("BCE") { BinaryCrossEntropy(ignoredIndex: $0, reduction: $1) },
        .init("BCE of probabilities") {
            BinaryCrossEntropy(predictions: .probabilities, ignoredIndex: $0, reduction: $1)
        },
        .init("BinaryFocal") { BinaryFocal(ignoredIndex: $0, reduction: $1) },
        .init("MultiMargin", isOfClasses: true) {
            MultiMargin(ignoredIndex: $0, classWeights: [1, 2, 0.5], reduction: $1)
        },
        .init("Focal", isOfClasses: true) {
            Focal(ignoredIndex: $0, classWeights: [1, 2, 0.5], reduction: $1)
        },
        .init("Dice", isOfClasses: true) { Dice(ignoredIndex: $0, reduction: $1) },
    ]
}

@Suite("Losses that ignore a target")
struct IgnoredLossTests {
    private let rows = [[0.2, 0.7, 0.4], [0.9, 0.1, 0.6], [0.3, 0.8, 0.5], [0.6, 0.4, 0.1]]
    private let labels = [2, -1, 0, 1]

    /// Targets of all rows, −1 where ignored.
    private func targets(_ test: IgnoringCase, _ rows: [Int]) -> Tensor {
        if test.isOfClasses { return Tensor(rows.map { labels[$0] }, .int64) }
        return Tensor(rows.map { row in [labels[row], 1, labels[row] < 0 ? -1 : 0] }, .float64)
    }

    private func predictions(_ test: IgnoringCase, _ rows: [Int], hole: Double) -> Tensor {
        Tensor(
            rows.map { row in
                self.rows[row].enumerated().map { column, value in
                    labels[row] < 0 && (test.isOfClasses || column != 1) ? hole : value
                }
            }, .float64)
    }

    @Test(
        "are those of what is left, whatever is predicted beside", arguments: IgnoringCase.all,
        [0.5, .nan, .infinity])
    func left(_ test: IgnoringCase, _ hole: Double) {
        let all = [0, 1, 2, 3]
        let loss = test.ignoring(.mean)
        let x = Tensor(predictions(test, all, hole: hole).data, requiresGrad: true)
        let y = targets(test, all)
        let value = loss(x, y)
        value.backward()
        let gradient = x.grad?.values(as: Double.self) ?? []
        #expect(gradient.allSatisfy { $0.isFinite })

        // The same by hand: the sum over what counts, by its weight.
        let one = test.plain(.none)
        var (sum, count) = (0.0, 0.0)
        for row in all where labels[row] >= 0 {
            let weight = loss.weight(predictions(test, [row], hole: 0), targets(test, [row]))
            let each = one(predictions(test, [row], hole: 0), targets(test, [row]))
            sum += each.sum().item
            count += weight?.item ?? .nan
        }
        if !test.isOfClasses {
            let counted = Tensor([[rows[1][1]]], .float64)
            sum += one(counted, Tensor([[1]], .float64)).sum().item
            count += 1
        }
        expectClose(value, [sum / count])
        #expect(loss.weight(x, y)?.item == count)
        for (index, slope) in gradient.enumerated() where labels[index / 3] < 0 {
            if test.isOfClasses || index % 3 != 1 { #expect(slope == 0) }
        }
    }

    @Test("join over batches of any size by their weights", arguments: IgnoringCase.all)
    func batches(_ test: IgnoringCase) {
        let loss = test.ignoring(.mean)
        let all = [0, 1, 2, 3]
        let whole = loss(predictions(test, all, hole: 0), targets(test, all)).item
        for size in 1...3 {
            var (sum, count) = (0.0, 0.0)
            for start in stride(from: 0, to: 4, by: size) {
                let rows = Array(all[start..<min(start + size, 4)])
                let (x, y) = (predictions(test, rows, hole: 0), targets(test, rows))
                let weight = loss.weight(x, y)?.item ?? .nan
                sum += loss(x, y).item * weight
                count += weight
            }
            expectClose([sum / count], [whole])
        }
    }

    @Test("give 0 and a gradient of 0 where nothing counts", arguments: IgnoringCase.all)
    func nothing(_ test: IgnoringCase) {
        let loss = test.ignoring(.mean)
        let x = Tensor([[.nan, .infinity, 0.5]], .float64, requiresGrad: true)
        let y =
            test.isOfClasses ? Tensor([-1], .int64) : Tensor([[-1, -1, -1]], .float64)
        let value = loss(x, y)
        value.backward()
        #expect(value.item == 0 && loss.weight(x, y)?.item == 0)
        #expect(x.grad?.values() == [0.0, 0, 0])
    }
}
