import Datasets
import FTSupport

/// What a path holds that data come from: by its name, or else, of images, by their first bytes.
package enum DataKind: Sendable {
    /// `-`, which is read as a table.
    case standardInput
    /// A folder, which is read as images.
    case folder
    case image
    /// CSV, TSV or JSON lines.
    case table
    /// One array, `.npy`.
    case array
    /// Anything else: HDF5, or a text for a model of such.
    case file

    package init(_ path: String) {
        let tables = [".csv", ".tsv", ".tab", ".txt", ".jsonl", ".ndjson"]
        if path == "-" || path == "/dev/stdin" {
            self = .standardInput
        } else if Folder.exists(path) {
            self = .folder
        } else if tables.contains(where: path.hasSuffix) {
            self = .table
        } else if path.hasSuffix(".npy") {
            self = .array
        } else {
            self = PictureFiles.isPicture(path) ? .image : .file
        }
    }

    /// Whether it is read as a table.
    package var isOfRows: Bool { self == .table || self == .standardInput }

    /// Whether it is read as images.
    package var isOfImages: Bool { self == .folder || self == .image }
}
