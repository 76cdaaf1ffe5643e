import Datasets
import FTSupport
import Tensor

extension DataPlan {
    /// Throws where data in memory have a finite number that float32, in which models compute, can't
    /// hold after all transforms. Of data that is streamed the batches tell.
    static func checkRange(_ loader: Loader) throws {
        let dataset = loader.dataset
        guard dataset.isInMemory else { return }
        for (index, dtype) in dataset.inputDTypes.enumerated() where dtype == .float64 {
            try loader.scanInput(index) { first, block in
                try check(first, block, dataset, dataset.inputNames[index], "data.transforms") {
                    try dataset.readInputs($0..<$0 + 1)[index]
                }
            }
        }
        guard dataset.targetDType == .float64 else { return }
        try loader.scanTargets { first, block in
            try check(first, block, dataset, dataset.targetName, "data.targetTransforms") {
                try dataset.readTargets($0..<$0 + 1)
            }
        }
    }

    /// - Parameters:
    ///   - first: the number of the first example of a transformed block.
    ///   - stored: an example as it is stored.
    private static func check(
        _ first: Int, _ block: NDArray, _ dataset: Dataset, _ name: String, _ key: String,
        _ stored: (Int) throws -> NDArray
    ) throws {
        guard let (row, _) = block.firstRowBeyondFloat32(orInfinite: true) else { return }
        let numbers = try stored(first + row).contiguous().values(as: Double.self)
        // What is infinite as it is stored is told where it makes a loss so.
        guard numbers.allSatisfy(\.isFinite), let largest = numbers.max(by: { abs($0) < abs($1) })
        else { return }
        let place = "row \(dataset.storedRow(first + row)) holds \(Format.number(largest))"
        guard abs(largest) > Double(Float.greatestFiniteMagnitude) else {
            throw DataError(
                name,
                "\(place), which \(key) make larger than \(FloatRange.words); let them scale it less"
            )
        }
        // A deviation is measured by squares, which a double holds up to there.
        let remedy = abs(largest) < 1e150 ? "normalize" : "scale"
        throw DataError(
            name,
            "\(place), beyond \(FloatRange.words); correct it, or scale such numbers (\(key), as "
                + "by \(remedy))")
    }
}
