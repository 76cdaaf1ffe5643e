import FTSupport
public import Tensor

/// A folder of images in folders that are their classes: PNG, JPEG, PPM and PGM.
public struct ImageFolder: Sendable {
    /// Some of the images: a name for their datasets, and where they lie.
    package typealias Part = (name: String, folder: String)

    /// The names of the classes, in order.
    public let classes: [String]
    /// The shape of one image: [channels, height, width].
    public let shape: Shape
    /// The path and the class of each image, by part, class and name.
    let images: [(path: String, label: Int)]
    /// The images of each part, by its name.
    package let parts: [(name: String, rows: Range<Int>)]
    /// Whether each is scaled until it covers `shape`.
    package let isScaled: Bool

    /// The attribute of a dataset whose images were scaled.
    package static let scaledKey = "scaled"

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
        try self.init([("train", folder)]) { _ in size }
    }

    /// Reads those of several folders, whose classes are those of the first.
    ///
    /// - Parameter choose: gives the size that images are made, of those that they have; nil leaves
    ///   them as they are.
    package init(
        _ parts: [Part], choose: ([PictureSize]) -> (height: Int, width: Int)?
    ) throws {
        var (images, ranges, classes) = (
            [(path: String, label: Int)](), [(String, Range<Int>)](), [String]()
        )
        for part in parts {
            let found = try ImageFolder.classes(in: part.folder)
            if classes.isEmpty { classes = found }
            let first = images.count
            for name in found {
                let folder = "\(part.folder)/\(name)"
                guard let label = classes.firstIndex(of: name) else {
                    throw DataError(
                        folder,
                        "is a class that \(parts[0].folder) hasn't, which has "
                            + "\(classes.prefix(8).joined(separator: ", ")); rename it or move it away"
                    )
                }
                images += try ImageFolder.images(of: folder).map { ($0, label) }
            }
            ranges.append((part.name, first..<images.count))
        }
        self.images = images
        self.classes = classes
        self.parts = ranges.map { (name: $0.0, rows: $0.1) }
        let sizes = try images.map { try PictureFile.size($0.path) }
        let channels = sizes.map(\.channels).max() ?? 1
        let size = choose(sizes)
        isScaled = size != nil
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

    /// Writes images in the order of `rows`: NAME/images uint8 [rows, channels, height, width],
    /// NAME/labels, and NAME/files, their paths within the folder. A few megabytes are in memory at once.
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
        if isScaled {
            try file.setAttribute(ImageFolder.scaledKey, "covering", on: "\(name)/images")
        }
        let labels = NDArray(rows.map { Int64(images[$0].label) })
        try file.write("\(name)/labels", labels.cast(to: classes.count <= 256 ? .uint8 : .int32))
        let files = TextRows.array(rows.map { self.name(images[$0]) })
        try file.write("\(name)/files", files, deflate: 1)
    }

    /// CLASS/FILE.
    private func name(_ image: (path: String, label: Int)) -> String {
        image.path.split(separator: "/").suffix(2).joined(separator: "/")
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
