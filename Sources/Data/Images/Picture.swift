import FTSupport

/// What the header of an image file says.
struct PictureSize: Equatable {
    let width, height: Int
    /// 1 of grey images, 3 of those with colours.
    let channels: Int

    /// The bytes of the picture, or nil where an Int can't hold them.
    var byteCount: Int? { Datasets.byteCount([width, height, channels], elementSize: 1) }
}

/// An image in memory: bytes in rows, each pixel's channels together.
struct Picture {
    let width, height, channels: Int
    /// height · width · channels bytes.
    var pixels: [UInt8]

    init(_ size: PictureSize, pixels: [UInt8]) {
        (width, height, channels) = (size.width, size.height, size.channels)
        self.pixels = pixels
    }

    /// Writes the pixels channel after channel; grey goes into all of several.
    func write(_ count: Int, into planes: UnsafeMutableBufferPointer<UInt8>) {
        let area = width * height
        for channel in 0..<count {
            let source = min(channel, channels - 1)
            for place in 0..<area {
                planes[channel * area + place] = pixels[place * channels + source]
            }
        }
    }
}

/// Image files that can be read.
enum PictureFile {
    /// What the header says. Throws where it is damaged or the file is something else.
    static func size(_ path: String) throws -> PictureSize {
        let file = try DataFile.map(path)
        defer { withExtendedLifetime(file) {} }
        if PNG.isPNG(file.bytes) { return try PNG(file.bytes, path).size }
        if JPEG.isJPEG(file.bytes) { return try JPEG(file.bytes, path).size }
        return try netpbm(file.bytes, path).size
    }

    /// The pixels. Throws where the file is damaged.
    static func read(_ path: String) throws -> Picture {
        let file = try DataFile.map(path)
        defer { withExtendedLifetime(file) {} }
        if PNG.isPNG(file.bytes) { return try PNG(file.bytes, path).picture() }
        if JPEG.isJPEG(file.bytes) { return try JPEG(file.bytes, path).picture() }
        return try netpbm(file.bytes, path).picture()
    }

    private static func netpbm(_ bytes: UnsafeRawBufferPointer, _ path: String) throws -> Netpbm {
        guard let file = try Netpbm(bytes, path) else {
            throw DataError(
                path, "this is no PNG, JPEG, PPM or PGM; convert it to PNG, or move it elsewhere")
        }
        return file
    }
}
