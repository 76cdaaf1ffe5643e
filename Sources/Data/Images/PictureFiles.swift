import FTSupport
import Glibc
package import Tensor

/// Images of files as a model that was trained on such takes them: its size, its channels.
package struct PictureFiles: Sendable {
    /// What the model was trained on.
    package struct Form: Sendable {
        /// Of one image: [channels, height, width], or [height, width] of grey ones.
        package let shape: Shape
        /// Whether the training images were scaled until they covered that size.
        package let isScaled: Bool

        package init(_ shape: Shape, isScaled: Bool) {
            (self.shape, self.isScaled) = (shape, isScaled)
        }

        var channels: Int { shape.rank > 2 ? shape[0] : 1 }
        var height: Int { shape[shape.rank - 2] }
        var width: Int { shape[shape.rank - 1] }
    }

    private let paths: [String]
    private let form: Form

    package init(_ paths: [String], _ form: Form) {
        (self.paths, self.form) = (paths, form)
    }

    /// Some of the images.
    package func keeping(_ rows: [Int]) -> PictureFiles {
        PictureFiles(rows.map { paths[$0] }, form)
    }

    /// Throws where a file isn't there by a name in which something isn't UTF-8, or is a folder.
    private static func checkKind(_ path: String) throws(DataError) {
        if Folder.exists(path) {
            throw DataError(
                path, "is a folder where images are; name it by itself, or move it away")
        }
        guard path.contains("\u{FFFD}"), access(path, F_OK) != 0 else { return }
        throw DataError(path, "its name is not UTF-8; rename it")
    }

    /// Reads the headers of all files.
    ///
    /// Throws for all together that are no images, or have another size where none is scaled.
    ///
    /// - Parameters:
    ///   - name: what messages call them all.
    ///   - others: what else is wrong with those that are images.
    package func check(_ name: String, beside others: [DataError] = []) throws {
        var problems: [DataError] = []
        for path in paths {
            do {
                try PictureFiles.checkKind(path)
                try checkSize(path, PictureFile.size(path))
            } catch let error as DataError {
                problems.append(error)
            }
        }
        let told = Set(problems.map(\.file))
        problems += others.filter { !told.contains($0.file) }
        guard !problems.isEmpty else { return }
        guard paths.count > 1 else { throw problems[0] }
        throw DataError(
            name,
            "\(Format.grouped(problems.count)) of \(Format.count(paths.count, "file")) can't be used; "
                + "make them anew, move them away, or leave them out with --skip-bad",
            lines: FaultLines.of(problems))
    }

    private func checkSize(_ path: String, _ size: PictureSize) throws(DataError) {
        guard size.width != form.width || size.height != form.height, !form.isScaled else { return }
        throw DataError(
            path,
            "has \(size.form) pixels, the model was trained on images of "
                + "\(form.height)x\(form.width) as they were; make it of that size, or train on data "
                + "made with --size \(form.height)x\(form.width), which has others scaled alike")
    }

    private func write(_ row: Int, into pixels: UnsafeMutableBufferPointer<UInt8>) throws {
        try PictureFiles.checkKind(paths[row])
        let picture = try PictureFile.read(paths[row])
        try checkSize(
            paths[row],
            PictureSize(width: picture.width, height: picture.height, channels: picture.channels))
        guard form.channels > 1 || picture.isGrey else {
            throw DataError(
                paths[row], "has colours, the model was trained on grey images; make it grey")
        }
        picture.covering(width: form.width, height: form.height).write(form.channels, into: pixels)
    }

    /// Whether a file is an image by what it begins with, or is called like one.
    package static func isPicture(_ path: String) -> Bool { PictureFile.isPicture(path) }
}

extension PictureFiles: RowReader {
    var shape: Shape { form.shape.inserting(paths.count, at: 0) }
    var dtype: DType { .uint8 }
    var chunkRows: Int { 1 }

    /// Some of the images, uint8 [rows, …].
    ///
    /// Throws where one is damaged or doesn't fit the model.
    package func read(_ rows: Range<Int>) throws -> NDArray { try read(rows: Array(rows)) }

    func read(ranges: [Range<Int>]) throws -> NDArray { try read(rows: ranges.flatMap { $0 }) }

    func read(rows: [Int]) throws -> NDArray {
        let size = form.shape.elementCount
        let out = NDArray(
            uninitialized: form.shape.inserting(rows.count, at: 0), .uint8,
            on: CPUBackend.shared)
        try out.withUnsafeMutableBytes { bytes in
            let pixels = bytes.bindMemory(to: UInt8.self)
            for (place, row) in rows.enumerated() {
                try write(
                    row, into: .init(rebasing: pixels[place * size..<(place + 1) * size]))
            }
        }
        return out
    }
}

extension Dataset {
    /// Images with their targets. They are read as they are needed: a few megabytes are in memory.
    ///
    /// Throws where their numbers differ, or there are none.
    package convenience init(_ pictures: PictureFiles, targets: NDArray, name: String) throws {
        try Dataset.checkCounts(name, pictures.shape[0], targets.shape[0])
        self.init(
            name: name, inputs: [.stream(pictures)], named: ["\(name): images"],
            targets: .memory(targets.contiguous()), named: "\(name): targets",
            rows: 0..<targets.shape[0])
    }
}
