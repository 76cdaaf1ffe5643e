import FTConfig
import FTSupport
import Glibc
import Tensor

/// What the worst examples are the worst by.
enum WorstMeasure: String, CaseIterable {
    /// −ln of the probability of the target.
    case loss
    /// The distance of a prediction from its target, in the units of the data.
    case error
    /// The score of the target, where there are no probabilities.
    case score
}

/// Targets beside what was predicted, element by element; those whose target the loss ignores are
/// left out.
struct PredictionComparison {
    let isOfClasses: Bool
    let targets: [Double]
    let predictions: [Double]
    /// How far each element is off: as `measure` says, a score below 0.
    let losses: [Double]
    let measure: WorstMeasure
    /// How many elements an example has.
    let width: Int
    /// What the several outputs of an example are called; empty where it has one, or a whole
    /// picture of them.
    let outputNames: [String]
    /// How an example's elements lie, by which one without a name is told.
    private let shape: [Int]
    /// The place of each element among those of all examples.
    private let places: [Int]
    /// Whether each element is a yes or a no.
    private let isAnswer: Bool
    private let names: [String]
    /// The words for 0 and 1 of each output; empty where these are no and yes.
    private let answerWords: [[String]]
    private let shares: [Double]?
    /// What examples are ordered by where there are no probabilities.
    private let scores: [Double]?
    /// The standard deviation of each output's targets, in its own unit, where each is a quantity
    /// with a unit of its own; empty elsewhere.
    private let spreads: [Double]
    private static let mostOutputs = 100

    init(
        _ predictor: Predictor, _ found: Predictions, _ stored: NDArray, _ path: String
    ) throws {
        let loss = predictor.config.value.child("loss")
        if let kind = try Catalogs.losses.make(loss).facts.incomparable {
            throw RunError(
                .usage,
                "eval: the loss \(loss.type) \(kind), so outputs can't be compared one by one with "
                    + "targets; leave --report out")
        }
        let transformed = try predictor.targets(stored)
        let ignored = loss.hasKey("ignoreIndex") ? loss.optionalInt("ignoreIndex") : nil
        let areBetween = PredictionComparison.areShares(transformed, found, ignoring: ignored)
        let classes = areBetween ? nil : found.classes
        isOfClasses = classes != nil
        let numbers = predictor.meaning.compared(found.values.values(as: Double.self))
        let predicted =
            classes?.values(as: Double.self)
            ?? (areBetween ? predictor.original(numbers) : numbers)
        let wanted =
            isOfClasses
            ? PredictionComparison.classes(transformed, found, ignoring: ignored)
            : predictor.original(transformed)
        guard wanted.count == predicted.count, found.count > 0 else {
            throw RunError(
                .data,
                "\(path): \(Format.grouped(wanted.count)) targets beside "
                    + "\(Format.grouped(predicted.count)) predictions; a report needs one for each"
            )
        }
        let places = wanted.indices.filter { place in
            ignored.map { Double($0) != wanted[place] } ?? true
        }
        guard !places.isEmpty else {
            throw RunError(
                .data, "\(path): all targets are \(ignored ?? 0), which the loss ignores")
        }
        self.places = places
        (targets, predictions) = (places.map { wanted[$0] }, places.map { predicted[$0] })
        let width = predicted.count / found.count
        self.width = width
        let isRow = (classes ?? found.values).rank == 2 && width > 1
        // Each answer is a question of its own, however many there are.
        let areMany =
            classes == nil && width > PredictionComparison.mostOutputs
            && !predictor.units.haveOwnUnits
        let outputs = isRow && !areMany ? Array(0..<width) : []
        let shape = PredictionComparison.shape(
            found, of: width, stored: predictor.preprocessing.target.shape)
        self.shape = shape
        let given = classes == nil ? found.outputNames : found.classNames
        outputNames = outputs.map { output in
            given.indices.contains(output) ? given[output] : Places.text(of: output, in: shape)
        }
        answerWords = outputs.isEmpty ? [] : found.answerWords
        guard isOfClasses else {
            (isAnswer, names, shares, scores) = (false, [], nil, nil)
            let haveOwnUnits = predictor.units.haveOwnUnits && outputNames.count == width
            spreads =
                haveOwnUnits
                ? PredictionComparison.spreads(targets, predictions, places, width) : []
            losses = zip(targets, predictions).map { abs($0 - $1) }
            measure = .error
            return
        }
        let values = found.values.values(as: Double.self)
        isAnswer = values.count == predicted.count
        spreads = []
        let count = isAnswer ? 2 : values.count / max(predicted.count, 1)
        guard targets.allSatisfy({ $0 >= 0 && $0 < Double(count) && $0 == $0.rounded() }) else {
            throw RunError(
                .data, "\(path): a target is none of the \(count) classes from 0; correct the data")
        }
        // Of several answers to an example none is that of a class.
        let isNamed = !isAnswer || width == 1 || found.classNames.isEmpty
        names = isNamed ? (0..<count).map(found.name) : ["no", "yes"]
        let areShares = found.areProbabilities
        let kept =
            isAnswer
            ? places.flatMap { [areShares ? 1 - values[$0] : -values[$0], values[$0]] }
            : places.flatMap { values[$0 * count..<($0 + 1) * count] }
        shares = areShares ? kept : nil
        scores = areShares ? nil : isAnswer ? kept : PredictionComparison.order(kept, count)
        measure = found.areProbabilities ? .loss : .score
        losses = targets.enumerated().map { element, target in
            let value = kept[element * count + Int(target)]
            return found.areProbabilities ? -log(max(value, 1e-300)) : -value
        }
    }

    /// How an example's elements lie: as the outputs do; where these are in one row, as the stored
    /// targets do, of which they then are the elements in their order.
    private static func shape(_ found: Predictions, of width: Int, stored: [Int]) -> [Int] {
        let own = Array((found.classes ?? found.values).shape.dropFirst())
        // One of several quantiles stands for them all.
        let shape = [own, own.dropLast()].first { $0.reduce(1, *) == width } ?? [width]
        return shape.count < 2 && stored.reduce(1, *) == width ? stored : shape
    }

    /// By what scores of two classes exceed the other's, and ln softmax of more: what `auc` orders
    /// by.
    private static func order(_ scores: [Double], _ count: Int) -> [Double] {
        stride(from: 0, to: scores.count, by: count).flatMap { start -> [Double] in
            let row = scores[start..<start + count]
            guard count > 2 else {
                return [row[start] - row[start + 1], row[start + 1] - row[start]]
            }
            let most = row.max() ?? 0
            let sum = row.reduce(0) { $0 + exp($1 - most) }
            return row.map { $0 - most - log(sum) }
        }
    }

    /// The standard deviation of each output's targets; where they are all equal, the root of its
    /// mean squared error.
    ///
    /// - Parameter places: where each target stands among all elements of all examples.
    static func spreads(
        _ targets: [Double], _ predictions: [Double], _ places: [Int], _ width: Int
    ) -> [Double] {
        var members = [[Int]](repeating: [], count: width)
        for (element, place) in places.enumerated() { members[place % width].append(element) }
        return members.map { members in
            let row = NumberReport.Row(
                "", members.map { targets[$0] }, members.map { predictions[$0] })
            let spread = row.variance > 0 ? row.variance.squareRoot() : row.rootMeanSquaredError
            return spread > 0 ? spread : 1
        }
    }

    /// Whether targets of yes or no are shares between: those are compared as quantities.
    private static func areShares(
        _ all: [Double], _ found: Predictions, ignoring ignored: Int?
    ) -> Bool {
        guard let classes = found.classes, classes.count == found.values.count,
            all.count == classes.count
        else { return false }
        let targets = ignored.map { ignored in all.filter { $0 != Double(ignored) } } ?? all
        return targets.contains { $0 != $0.rounded() }
            && targets.allSatisfy { (0...1).contains($0) }
    }

    /// Targets that are probabilities of the classes, or 1 for one of them, as the likeliest class,
    /// and −1 and 1 as no and yes; others as they are.
    private static func classes(
        _ targets: [Double], _ found: Predictions, ignoring ignored: Int?
    ) -> [Double] {
        let count = found.classes?.count ?? 0
        let size = found.values.count / max(count, 1)
        guard size > 1, targets.count == found.values.count else {
            let areSides =
                ignored != -1 && targets.contains(-1) && targets.allSatisfy { abs($0) == 1 }
            return areSides ? targets.map { ($0 + 1) / 2 } : targets
        }
        return (0..<count).map { row in
            let shares = targets[row * size..<(row + 1) * size]
            let best = shares.indices.max { shares[$0] < shares[$1] } ?? shares.startIndex
            return Double(best - shares.startIndex)
        }
    }

    /// Of several questions with yes or no for an answer; nil of anything else.
    var answerReport: AnswerReport? {
        guard isAnswer, !outputNames.isEmpty else { return nil }
        return AnswerReport(
            names: outputNames, targets: targets.map { Int($0) },
            predictions: predictions.map { Int($0) }, shares: shares, scores: scores,
            places: places)
    }

    /// Of quantities.
    var numberReport: NumberReport {
        NumberReport(
            targets: targets, predictions: predictions, width: width, names: outputNames,
            haveOwnUnits: !spreads.isEmpty, places: places)
    }

    var classReport: ClassReport {
        ClassReport(
            names: names, targets: targets.map { Int($0) },
            predictions: predictions.map { Int($0) },
            shares: shares, scores: scores, seeksRarer: true)
    }

    /// The elements with the largest losses, and the examples that they belong to. Where outputs
    /// have units of their own, errors count by the spread of their output's targets.
    func worst(_ count: Int) -> [(element: Int, row: Int)] {
        let measures = spreads.isEmpty ? losses : losses.indices.compactMap { share(of: $0) }
        return losses.indices.sorted { measures[$0] > measures[$1] }.prefix(count)
            .map { ($0, places[$0] / width) }
    }

    /// How many standard deviations of its output's targets an element is off; nil where outputs
    /// share a unit.
    func share(of element: Int) -> Double? {
        spreads.isEmpty ? nil : losses[element] / spreads[places[element] % width]
    }

    /// Which of its example's elements one is, by its name or else its place; nil of the only one.
    func output(of element: Int) -> String? {
        guard width > 1 else { return nil }
        let place = places[element] % width
        return outputNames.isEmpty ? Places.text(of: place, in: shape) : outputNames[place]
    }

    /// A target or a prediction as people write it.
    func text(_ element: Int, _ isTarget: Bool) -> String {
        let value = isTarget ? targets[element] : predictions[element]
        if isOfClasses, answerWords.count == width {
            return answerWords[places[element] % width][Int(value)]
        }
        return isOfClasses ? names[Int(value)] : Format.short(value, digits: 6)
    }
}
