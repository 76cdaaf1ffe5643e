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
    /// The path, as messages call all images together.
    private let folder: String
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

    /// Files and folders that can't be used and were left out, and why.
    package let leftOut: [DataError]

    /// Reads the names of all images and their headers. Hidden files are passed over.
    ///
    /// Throws for all files together that can't be read or are no images, or where images differ in
    /// size and none is given.
    ///
    /// - Parameter size: what the images are made: each is scaled, sides in proportion, until it
    ///   covers the size, and its middle cut out.
    public init(_ folder: String, size: (height: Int, width: Int)? = nil) throws {
        try self.init(folder, ImageListing([("train", folder)], strays: [], skipsBad: false)) { _ in
            size
        }
    }

    /// Reads those of a folder or its parts, whose classes are those of the first.
    ///
    /// - Parameters:
    ///   - skipsBad: whether what can't be used is left out; pixels are read, too, to find it.
    ///   - choose: gives the size that images are made, of those that they have; nil leaves them as
    ///     they are.
    package init(
        of folder: String, skipsBad: Bool,
        choose: ([(path: String, size: PictureSize)]) -> (height: Int, width: Int)?
    ) throws {
        let (parts, strays) = try ImageFolder.parts(of: folder)
        try self.init(
            folder, ImageListing(parts, strays: strays, skipsBad: skipsBad), choose: choose)
    }

    private init(
        _ folder: String, _ listing: ImageListing,
        choose: ([(path: String, size: PictureSize)]) -> (height: Int, width: Int)?
    ) throws {
        try listing.check(folder)
        self.folder = folder
        leftOut = listing.faults
        images = listing.images.map { ($0.path, $0.label) }
        classes = listing.classes
        parts = listing.parts
        let sizes = listing.images.map { (path: $0.path, size: $0.size) }
        let channels = sizes.map(\.size.channels).max() ?? 1
        let size = choose(sizes)
        isScaled = size != nil
        if let size {
            shape = [channels, size.height, size.width]
            return
        }
        let common = CommonSize(sizes)
        if let error = common.error(folder) { throw error }
        shape = [channels, common.height, common.width]
    }

    /// Writes images in the order of `rows`: NAME/images uint8 [rows, channels, height, width],
    /// NAME/labels, and NAME/files, their paths within the folder. A few megabytes are in memory at once.
    ///
    /// Throws for all images together that are damaged.
    package func write(_ rows: [Int], as name: String, to file: HDF5Writer) throws {
        var left = rows[...]
        try file.write(
            "\(name)/images", shape.inserting(rows.count, at: 0), .uint8, deflate: 1
        ) { count in
            guard !left.isEmpty else { return nil }
            defer { left = left.dropFirst(count) }
            do {
                return try batch(left.prefix(count))
            } catch let error as DataError {
                // Those of other parts, too.
                let damaged = ImageListing.damaged(images.map(\.path))
                throw damaged.isEmpty ? error : ImageListing.error(folder, damaged)
            }
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
