import FTSupport
import Tensor

extension Dataset {
    /// The examples cut in two at random, the second part being the given share, for validation.
    /// Both parts keep the order of the file.
    ///
    /// Where targets are classes (one whole number an example, of at most 1000, each twice on
    /// average), a stratified split takes the same share of each, as nearly as whole examples can
    /// be.
    ///
    /// What lies in memory is copied into its part; what is streamed is read from where it lies.
    /// Throws where a part would be empty.
    ///
    /// - Parameter seed: what the choice is drawn from.
    public func split(
        second share: Double, seed: UInt64, isStratified: Bool = true
    ) throws -> (first: Dataset, second: Dataset) {
        guard share > 0, share < 1 else { throw unsplittable(share) }
        let classes = isStratified ? try classes() : nil
        let parts = Partition.rows(count, share: share, groups: classes, seed: seed)
        guard !parts.first.isEmpty, !parts.second.isEmpty else { throw unsplittable(share) }
        return (try pick(parts.first), try pick(parts.second))
    }

    /// The examples cut in two, the second part being one of several folds that together are all of
    /// them, each as large as the others but for one example. They are drawn as `split` draws; or
    /// else, where `isRandom` is false, follow one another as they are stored.
    ///
    /// Throws where there are fewer examples than folds.
    ///
    /// - Parameter index: of the fold, from 0.
    public func fold(
        _ index: Int, of folds: Int, seed: UInt64, isRandom: Bool = true, isStratified: Bool = true
    ) throws -> (first: Dataset, second: Dataset) {
        guard folds > 1, (0..<folds).contains(index) else {
            fail("dataset", "there is no fold \(index) of \(folds)")
        }
        guard count >= folds else {
            throw DataError(
                name,
                "\(Format.grouped(count)) examples are too few for \(folds) folds; make at most "
                    + "\(Format.grouped(count)) of them, or add examples")
        }
        let places =
            isRandom
            ? Partition.folds(
                count, of: folds, groups: isStratified ? try classes() : nil, seed: seed)
            : (0..<count).map { $0 * folds / count }
        return (
            try pick((0..<count).filter { places[$0] != index }),
            try pick((0..<count).filter { places[$0] == index })
        )
    }

    /// Some of the examples, given in order.
    private func pick(_ rows: [Int]) throws -> Dataset {
        let index = NDArray(rows.map { Int64(start + $0) })
        func source(_ source: Source) -> Source {
            guard case .memory(let array) = source else { return source }
            return .memory(array.gather(index))
        }
        return Dataset(
            name: name, inputs: inputs.map(source), named: inputNames, targets: source(targets),
            named: targetName, rows: 0..<rows.count, picked: rows.map(storedRow))
    }

    private static let mostClasses = 1000

    /// The class of each example; nil where targets are something else.
    private func classes() throws -> [Int]? {
        guard let classes = try wholeTargets(atMost: Dataset.mostClasses) else { return nil }
        return Set(classes).count * 2 <= count ? classes : nil
    }

    /// The targets where they are one whole number each, of which at most so many are different;
    /// nil else.
    func wholeTargets(atMost most: Int) throws -> [Int]? {
        guard targetShape.elementCount == 1 else { return nil }
        var numbers: [Int] = []
        var found: Set<Int> = []
        let step = 1 << 16
        for first in stride(from: 0, to: count, by: step) {
            let block = try read(targets, [first..<min(first + step, count)])
            for value in block.values(as: Double.self) {
                guard let number = Int(exactly: value) else { return nil }
                numbers.append(number)
                found.insert(number)
            }
            if found.count > most { return nil }
        }
        return numbers
    }
}
