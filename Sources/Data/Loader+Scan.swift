package import Tensor

extension Loader {
    /// Shows all targets, transformed, to `visit`, in blocks and in the order of the file. Inputs
    /// are not read.
    ///
    /// Throws what `visit` throws, and a `DataError` with the row where a transform doesn't fit.
    ///
    /// - Parameter visit: gets the number of a block's first example, and the block.
    package func scanTargets(_ visit: (_ first: Int, _ block: NDArray) throws -> Void) throws {
        try scan(dataset.targets, targets, dataset.targetName, visit)
    }

    /// Shows all rows of one input, transformed, as `scanTargets` does.
    package func scanInput(
        _ index: Int, _ visit: (_ first: Int, _ block: NDArray) throws -> Void
    ) throws {
        try scan(dataset.inputs[index], allInputs[index], dataset.inputNames[index], visit)
    }

    /// The row in the file that an epoch visits at a position.
    package func row(at position: Int, epoch: Int) -> Int {
        dataset.storedRow(sampler.rows(epoch: epoch)[position])
    }

    /// Of rows that share their elements as many as hold all of them.
    private func scanOverlapping(
        _ source: Dataset.Source, _ pipeline: TransformPipeline, _ step: Int,
        _ visit: (Int, NDArray) throws -> Void
    ) throws {
        let rows = Array(stride(from: 0, to: dataset.count - 1, by: step)) + [dataset.count - 1]
        let all = try dataset.read(source, [0..<dataset.count])
        try visit(0, try pipeline.batch(all, rows: rows))
    }

    private func scan(
        _ source: Dataset.Source, _ pipeline: TransformPipeline, _ name: String,
        _ visit: (Int, NDArray) throws -> Void
    ) throws {
        if dataset.overlap > 1 {
            return try scanOverlapping(source, pipeline, dataset.overlap, visit)
        }
        let made = pipeline.outputShape.elementCount * pipeline.outputDType.size
        let step = max(1, (1 << 20) / max(1, source.rowBytes, made))
        for first in stride(from: 0, to: dataset.count, by: step) {
            let count = min(step, dataset.count - first)
            let block = try dataset.read(source, [first..<first + count])
            do {
                try visit(first, try pipeline.batch(block, rows: 0..<count))
            } catch let error as TransformError {
                let row = (0..<count).first { row in
                    (try? pipeline.batch(block, rows: row..<row + 1)) == nil
                }
                throw DataError(name, "row \(dataset.storedRow(first + (row ?? 0))): \(error)")
            }
        }
    }
}
