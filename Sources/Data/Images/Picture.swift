import FTSupport

/// What the header of an image file says.
package struct PictureSize: Equatable, Sendable {
    package let width, height: Int
    /// 1 of grey images, 3 of those with colours.
    package let channels: Int

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

    /// Whether every pixel is as much red as green and blue.
    var isGrey: Bool {
        channels == 1
            || stride(from: 0, to: pixels.count, by: channels).allSatisfy { place in
                (1..<channels).allSatisfy { pixels[place] == pixels[place + $0] }
            }
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

    /// Whether a file is an image by what it begins with, or is called like one.
    static func isPicture(_ path: String) -> Bool {
        if isNamedAs(path, read + unread) { return true }
        guard let file = try? DataFile.map(path) else { return false }
        defer { withExtendedLifetime(file) {} }
        let bytes = file.bytes
        return PNG.isPNG(bytes) || JPEG.isJPEG(bytes) || Netpbm.isNetpbm(bytes)
    }

    /// The ends of names of images, those of forms that aren't read among them, so that a message
    /// says what they are.
    private static let read = ["png", "jpg", "jpeg", "ppm", "pgm", "pnm"]
    private static let unread = [
        "gif", "bmp", "webp", "tif", "tiff", "pbm", "pam", "heic", "avif", "svg",
    ]

    private static func isNamedAs(_ path: String, _ ends: [String]) -> Bool {
        ends.contains { path.lowercased().hasSuffix(".\($0)") }
    }

    private static func netpbm(_ bytes: UnsafeRawBufferPointer, _ path: String) throws -> Netpbm {
        guard let file = try Netpbm(bytes, path) else {
            let end = isNamedAs(path, unread) ? path.split(separator: ".").last : nil
            let what = end.map { ", and \($0.uppercased()) isn't read" } ?? ""
            throw DataError(
                path,
                "this is no PNG, JPEG, PPM or PGM\(what); convert it to PNG, or move it elsewhere")
        }
        return file
    }
}
