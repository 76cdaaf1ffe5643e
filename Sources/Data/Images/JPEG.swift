import FTSupport

/// A JPEG, which libturbojpeg decodes by whole numbers alone: the same pixels on every processor.
struct JPEG {
    let size: PictureSize
    private let bytes: UnsafeRawBufferPointer
    private let path: String
    private let library: TurboJPEG

    static func isJPEG(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.starts(with: [0xFF, 0xD8, 0xFF])
    }

    /// Reads the header; pixels are read from `bytes` later. Throws where it is damaged, or without
    /// the library.
    init(_ bytes: UnsafeRawBufferPointer, _ path: String, library: TurboJPEG? = .shared) throws {
        guard let library else {
            throw DataError(
                path,
                "reading a JPEG takes libturbojpeg; install it, as with: "
                    + "apt-get install libturbojpeg0 (Debian, Ubuntu: libturbojpeg)")
        }
        var (width, height, sampling, kind) = (Int32(0), Int32(0), Int32(0), Int32(0))
        try JPEG.decode(library, path) { handle in
            library.readHeader(
                handle, bytes.bindMemory(to: UInt8.self).baseAddress, UInt(bytes.count), &width,
                &height, &sampling, &kind)
        }
        guard kind < Kind.cmyk else {
            throw DataError(
                path, "its colours are those of print (CMYK); convert it to RGB or grey")
        }
        size = PictureSize(
            width: Int(width), height: Int(height), channels: kind == Kind.grey ? 1 : 3)
        // Each block of 8 by 8 samples takes a bit at least, and colours one block for 256 pixels.
        guard let count = size.byteCount, count / 2048 <= bytes.count else {
            throw DataError(
                path,
                "the header declares \(height)x\(width) pixels, which the file can't hold; copy or "
                    + "download it again")
        }
        self.bytes = bytes
        self.path = path
        self.library = library
    }

    /// The pixels. Throws where they are damaged.
    func picture() throws -> Picture {
        var pixels = [UInt8](repeating: 0, count: size.width * size.height * size.channels)
        try JPEG.decode(library, path) { handle in
            pixels.withUnsafeMutableBufferPointer {
                library.readPixels(
                    handle, bytes.bindMemory(to: UInt8.self).baseAddress, UInt(bytes.count),
                    $0.baseAddress, Int32(size.width), 0, Int32(size.height),
                    size.channels == 1 ? Pixel.grey : Pixel.rgb,
                    Flag.accurate | Flag.stopOnWarning | Flag.limitScans)
            }
        }
        return Picture(size, pixels: pixels)
    }

    private static func decode(
        _ library: TurboJPEG, _ path: String, _ body: (TurboJPEG.Handle) -> Int32
    ) throws {
        guard let handle = library.open() else {
            throw DataError(path, "libturbojpeg has no memory to read it; free some")
        }
        defer { _ = library.close(handle) }
        guard body(handle) == 0 else {
            let problem = library.problem(handle).map { String(cString: $0) } ?? "damaged"
            throw DataError(path, "the JPEG is damaged (\(problem)); copy or download it again")
        }
    }

    /// TJCS of the library's header.
    private enum Kind {
        static let grey: Int32 = 2, cmyk: Int32 = 3
    }

    /// TJPF of the library's header.
    private enum Pixel {
        static let rgb: Int32 = 0, grey: Int32 = 6
    }

    /// TJFLAG of the library's header.
    private enum Flag {
        static let accurate: Int32 = 4096, stopOnWarning: Int32 = 8192, limitScans: Int32 = 32768
    }
}
