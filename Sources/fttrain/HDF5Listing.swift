import Checkpoint
import Datasets
import Tensor

/// The contents of an HDF5 file as a listing.
enum HDF5Listing {
    /// What the options show of a file: with statistics, its elements are read.
    static func of(
        _ path: String, _ options: InspectOptions = InspectOptions()
    ) throws -> FileListing {
        let file = try HDF5File(path)
        let rows = try file.entries().filter { options.shows($0.path) }.map { entry in
            let elements = entry.dimensions.reduce(1) { product, size in
                product.multipliedReportingOverflow(by: size).partialValue
            }
            return FileListing.Row(
                name: entry.path, kind: "dataset",
                shape: entry.content == .null ? nil : entry.dimensions, dtype: entry.typeName,
                byteCount: entry.dtype.map { elements.multipliedReportingOverflow(by: $0.size) }?
                    .partialValue ?? entry.storedBytes, note: note(entry, file),
                statistics: options.statistics ? try statistics(file, entry) : nil)
        }
        return FileListing(
            path: path, format: "HDF5 file", byteCount: file.byteCount, rows: rows
        ).applying(options)
    }

    /// Of arrays of numbers, read a few megabytes at a time.
    private static func statistics(
        _ file: HDF5File, _ entry: HDF5Entry
    ) throws -> TensorStatistics? {
        guard entry.dtype != nil, !entry.dimensions.isEmpty, entry.content == .stored else {
            return nil
        }
        let dataset = try HDF5Dataset(file, entry.path)
        let fitting = (4 << 20) / max(1, dataset.rowBytes) / dataset.chunkRows
        let step = max(1, fitting) * dataset.chunkRows
        return try TensorStatistics { take in
            for start in stride(from: 0, to: dataset.count, by: step) {
                let rows = try dataset.read(rows: start..<min(start + step, dataset.count))
                rows.withUnsafeBytes { take(SafetensorsType(rows.dtype), $0) }
            }
        }
    }

    private static func note(_ entry: HDF5Entry, _ file: HDF5File) -> String {
        switch entry.content {
        case .stored: break
        case .unwritten: return "never written"
        case .null: return "empty"
        }
        let chunks = entry.chunks?.map { String($0) }.joined(separator: "×")
        let classes = ClassNames.note(file, on: entry.path).map { [$0] } ?? []
        return ([chunks.map { "chunks \($0)" } ?? "contiguous"] + entry.filters + classes)
            .joined(separator: ", ")
    }
}
