package import Tensor

/// Images of files as a model that was trained on such takes them: its size, its channels.
package struct PictureFiles: Sendable {
    /// What the model was trained on.
    package struct Form: Sendable {
        package let channels, height, width: Int
        /// Whether the training images were scaled until they covered that size.
        package let isScaled: Bool

        package init(channels: Int, height: Int, width: Int, isScaled: Bool) {
            (self.channels, self.height, self.width) = (channels, height, width)
            self.isScaled = isScaled
        }
    }

    private let paths: [String]
    private let form: Form

    /// Reads the headers of all files.
    ///
    /// Throws where one is no image, or has another size and none is scaled.
    package init(_ paths: [String], _ form: Form) throws {
        for path in paths {
            let size = try PictureFile.size(path)
            guard size.width != form.width || size.height != form.height, !form.isScaled else {
                continue
            }
            throw DataError(
                path,
                "has \(size.width)×\(size.height) pixels, the model was trained on images of "
                    + "\(form.width)×\(form.height) as they were; make it of that size, or train on data "
                    + "made with --size \(form.height)x\(form.width), which has others scaled alike"
            )
        }
        self.paths = paths
        self.form = form
    }

    /// Some of the images, uint8 [rows, channels, height, width].
    ///
    /// Throws where one is damaged, or has colours and the model knows grey ones alone.
    package func read(_ rows: Range<Int>) throws -> NDArray {
        let size = form.channels * form.height * form.width
        let out = NDArray(
            uninitialized: [rows.count, form.channels, form.height, form.width], .uint8,
            on: CPUBackend.shared)
        try out.withUnsafeMutableBytes { bytes in
            let pixels = bytes.bindMemory(to: UInt8.self)
            for (place, row) in rows.enumerated() {
                let picture = try PictureFile.read(paths[row])
                guard form.channels > 1 || picture.isGrey else {
                    throw DataError(
                        paths[row],
                        "has colours, the model was trained on grey images; make it grey")
                }
                picture.covering(width: form.width, height: form.height).write(
                    form.channels,
                    into: .init(rebasing: pixels[place * size..<(place + 1) * size]))
            }
        }
        return out
    }

    /// Whether a file is an image by what it begins with, or is called like one.
    package static func isPicture(_ path: String) -> Bool { PictureFile.isPicture(path) }
}
