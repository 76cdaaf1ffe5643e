internal import Autograd
internal import Tensor

/// How often each class was right, predicted and wanted.
struct ClassCounts {
    struct Class {
        var hits, predicted, wanted: Double

        var occurs: Bool { predicted + wanted > 0 }
    }

    let classes: [Class]

    /// The numbers of a tally made here: three rows of counts.
    init(_ numbers: [Double]) {
        let count = numbers.count / 3
        classes = (0..<count).map {
            Class(
                hits: numbers[$0], predicted: numbers[count + $0], wanted: numbers[2 * count + $0])
        }
    }

    /// The quotient of what `body` gives of a class; 0 for 0 / 0.
    static func quotient(_ part: Class, _ body: (Class) -> (Double, Double)) -> Double {
        let (top, bottom) = body(part)
        return bottom == 0 ? 0 : top / bottom
    }

    /// The ratios of the classes as one number.
    func mean(_ average: ClassAverage, _ body: (Class) -> (Double, Double)) -> Double {
        func ratio(_ part: Class) -> Double { ClassCounts.quotient(part, body) }
        func mean(_ classes: [Class], _ weight: (Class) -> Double) -> Double {
            let total = classes.reduce(0) { $0 + weight($1) }
            let sum = classes.reduce(0) { $0 + weight($1) * ratio($1) }
            return total == 0 ? 0 : sum / total
        }
        switch average {
        case .binary: return classes.last.map(ratio) ?? 0
        case .of(let index): return classes.indices.contains(index) ? ratio(classes[index]) : 0
        case .macro: return mean(classes.filter(\.occurs)) { _ in 1 }
        case .perOutput:
            let met = classes.filter(\.occurs)
            return met.isEmpty ? .nan : mean(met) { _ in 1 }
        case .weighted: return mean(classes) { $0.wanted }
        case .micro:
            return ratio(
                classes.reduce(Class(hits: 0, predicted: 0, wanted: 0)) {
                    Class(
                        hits: $0.hits + $1.hits, predicted: $0.predicted + $1.predicted,
                        wanted: $0.wanted + $1.wanted)
                })
        }
    }

    static func tally(
        _ prediction: NDArray, _ target: NDArray, _ average: ClassAverage, _ name: String,
        _ ignored: Int?, _ measure: @escaping @Sendable ([Double]) -> Double
    ) -> Tally {
        if average == .perOutput {
            return Tally(sums: perOutput(prediction, target, name, ignored).data, measure: measure)
        }
        let pairs = ClassPairs(prediction, target, isBinary: average == .binary, name, ignored)
        let isHit = pairs.chosen .== pairs.wanted
        let counts = [
            pairs.count(pairs.wanted.maskedFill(isHit.logicalNot(), pairs.classes)),
            pairs.count(pairs.chosen), pairs.count(pairs.wanted),
        ]
        return Tally(sums: Tensor.stack(counts).data, measure: measure)
    }

    /// The three rows of counts of outputs that say yes above 0, for targets that do above one
    /// half.
    private static func perOutput(
        _ prediction: NDArray, _ target: NDArray, _ name: String, _ ignored: Int?
    ) -> Tensor {
        let (x, y) = Pairs.wide(prediction, target, name)
        let size = x.rank == 0 ? 1 : x.shape[x.rank - 1]
        func counted(_ marks: Tensor) -> Tensor {
            ignored.map { marks.logicalAnd(y .!= $0) } ?? marks
        }
        let (chosen, wanted) = (counted(x .> 0), counted(y .> 0.5))
        let rows = [chosen.logicalAnd(wanted), chosen, wanted].map { marks in
            marks.cast(to: .float64).reshape([x.count / max(1, size), size]).sum(axis: 0)
        }
        return Tensor.stack(rows)
    }
}

/// Chosen and wanted classes of examples, int64; in place of what doesn't count, or is no class,
/// stands the number of classes.
struct ClassPairs {
    let classes: Int
    let chosen, wanted: Tensor

    init(
        _ prediction: NDArray, _ target: NDArray, isBinary: Bool, _ name: String, _ ignored: Int?
    ) {
        let (found, labels, isIgnored): (Tensor, Tensor, Tensor?)
        let size: Int
        if isBinary {
            size = 2
            let (x, y) = Pairs.wide(prediction, target, name)
            found = (x .> 0).cast(to: .int64)
            labels = (y .> 0.5).cast(to: .int64)
            isIgnored = ignored.map { y .== $0 }
        } else {
            size = prediction.rank == 0 ? 0 : prediction.shape[prediction.rank - 1]
            labels = Classes.wanted(prediction, target, name)
            found = Tensor(prediction.argExtreme(maximum: true))
            isIgnored = ignored.map { labels .== $0 }
        }
        // An ignored example was not chosen either; one whose label is no class was missed.
        let isOut = (labels .< 0).logicalOr(labels .>= size)
        let isAbsent = isIgnored.map { isOut.logicalOr($0) } ?? isOut
        classes = size
        wanted = labels.maskedFill(isAbsent, size).reshape([labels.count])
        chosen = (isIgnored.map { found.maskedFill($0, size) } ?? found).reshape([labels.count])
    }

    /// How often each class is among these: float64 [classes].
    func count(_ labels: Tensor) -> Tensor { ClassPairs.count(labels, classes) }

    /// How often each of the numbers below `size` is among these, larger ones left out.
    static func count(_ numbers: Tensor, _ size: Int) -> Tensor {
        let backend = numbers.data.backend
        let ones = NDArray.full([numbers.count], 1, .float64, on: backend)
        let counts = ones.scatterAdd(numbers.data, rows: size + 1)
        return Tensor(counts).narrow(axis: 0, start: 0, count: size)
    }
}
