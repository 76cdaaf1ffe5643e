import FTSupport
public import Tensor

/// A folder of images in folders that are their classes: PNG, JPEG, PPM and PGM.
public struct ImageFolder: Sendable {
    /// The names of the classes, in order.
    public let classes: [String]
    /// The shape of one image: [channels, height, width].
    public let shape: Shape
    /// The path and the class of each image, by class and name.
    let images: [(path: String, label: Int)]

    /// How many images there are.
    public var count: Int { images.count }
    /// The class of each image.
    package var labels: [Int] { images.map(\.label) }

    /// Reads the names of all images and their headers. Hidden files are passed over.
    ///
    /// Throws where a file can't be read, is no image, or where they differ in size and none is
    /// given.
    ///
    /// - Parameter size: what the images are made: each is scaled, sides in proportion, until it
    ///   covers the size, and its middle cut out.
    public init(_ folder: String, size: (height: Int, width: Int)? = nil) throws {
        let names = try ImageFolder.names(folder)
        let folders = names.filter { Folder.exists("\(folder)/\($0)") }
        let others = names.filter { !folders.contains($0) }
        if let unreadable = others.first(where: { $0.contains("\u{FFFD}") }) {
            throw DataError("\(folder)/\(unreadable)", "its name is not UTF-8; rename it")
        }
        guard !folders.isEmpty else {
            throw DataError(folder, "has no folders; it needs one of images for each class")
        }
        if let other = others.first {
            throw DataError("\(folder)/\(other)", "is no folder of images; move it away")
        }
        classes = folders
        var images: [(path: String, label: Int)] = []
        for (label, name) in classes.enumerated() {
            let paths = try ImageFolder.names("\(folder)/\(name)").map { "\(folder)/\(name)/\($0)" }
            guard !paths.isEmpty else {
                throw DataError("\(folder)/\(name)", "holds no images; remove the folder")
            }
            images += paths.map { ($0, label) }
        }
        self.images = images
        let sizes = try images.map { try PictureFile.size($0.path) }
        let channels = sizes.map(\.channels).max() ?? 1
        if let size {
            shape = [channels, size.height, size.width]
            return
        }
        let first = sizes[0]
        for (image, size) in zip(images, sizes)
        where size.width != first.width || size.height != first.height {
            throw DataError(
                image.path,
                "has \(size.width)×\(size.height) pixels, and \(images[0].path) "
                    + "\(first.width)×\(first.height); make them alike with --size HEIGHTxWIDTH, as in "
                    + "--size \(first.height)x\(first.width)")
        }
        shape = [channels, first.height, first.width]
    }

    private static func names(_ folder: String) throws -> [String] {
        guard let names = Folder.names(in: folder) else {
            let problem = FileProblem.last
            throw DataError(
                folder,
                problem.isMissing
                    ? "there is no such folder; check the path" : problem.whileReading)
        }
        return names.filter { !$0.hasPrefix(".") }.sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
    }

    /// Writes images in the order of `rows`: NAME/images uint8 [rows, channels, height, width], and
    /// NAME/labels. A few megabytes are in memory at once.
    ///
    /// Throws where an image is damaged.
    package func write(_ rows: [Int], as name: String, to file: HDF5Writer) throws {
        var left = rows[...]
        try file.write(
            "\(name)/images", shape.inserting(rows.count, at: 0), .uint8, deflate: 1
        ) { count in
            guard !left.isEmpty else { return nil }
            defer { left = left.dropFirst(count) }
            return try batch(left.prefix(count))
        }
        let labels = NDArray(rows.map { Int64(images[$0].label) })
        try file.write("\(name)/labels", labels.cast(to: classes.count <= 256 ? .uint8 : .int32))
    }

    private func batch(_ rows: ArraySlice<Int>) throws -> NDArray {
        let out = NDArray(
            uninitialized: shape.inserting(rows.count, at: 0), .uint8, on: CPUBackend.shared)
        let size = shape.elementCount
        try out.withUnsafeMutableBytes { bytes in
            let pixels = bytes.bindMemory(to: UInt8.self)
            for (place, row) in rows.enumerated() {
                let picture = try PictureFile.read(images[row].path)
                    .covering(width: shape[2], height: shape[1])
                let planes = pixels[place * size..<(place + 1) * size]
                picture.write(shape[0], into: .init(rebasing: planes))
            }
        }
        return out
    }
}
