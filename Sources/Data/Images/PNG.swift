import CZlib
import FTSupport

/// A PNG image, of every kind that the format has: grey, colours, palettes, 1 to 16 bits,
/// interlaced. Samples become bytes, what shines through is laid on white.
///
/// Source: "Portable Network Graphics (PNG) Specification", third edition, W3C, 2025.
struct PNG {
    let header: PNGHeader
    let path: String
    /// RGB of each entry; empty without.
    private(set) var palette: [UInt8] = []
    /// The chunk tRNS: opacities of the palette's entries, or the samples that are transparent.
    private(set) var transparency: [UInt8] = []
    /// The pieces of compressed pixels, in order.
    private var pieces: [UnsafeRawBufferPointer] = []

    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    static func isPNG(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.starts(with: signature) }

    var size: PictureSize {
        PictureSize(
            width: header.width, height: header.height, channels: header.hasColour ? 3 : 1)
    }

    /// Finds the chunks, which go on to point into `bytes`. Throws where one is damaged or missing.
    init(_ bytes: UnsafeRawBufferPointer, _ path: String) throws {
        self.path = path
        var chunks = PNGChunks(bytes, path)
        guard let first = try chunks.next(), first.type == "IHDR" else {
            throw DataError(path, "the PNG has no header; copy or download it again")
        }
        header = try PNGHeader(first.data, path)
        var isComplete = false
        while !isComplete, let chunk = try chunks.next() {
            switch chunk.type {
            case "PLTE": palette = Array(chunk.data)
            case "tRNS": transparency = Array(chunk.data)
            case "IDAT": pieces.append(chunk.data)
            case "IEND": isComplete = true
            default:
                // A capital letter says that the image can't be shown without.
                guard chunk.type.utf8.first.map({ $0 & 0x20 != 0 }) ?? false else {
                    throw DataError(
                        path, "the PNG holds '\(chunk.type)', which is unknown; save it anew")
                }
            }
        }
        guard isComplete, !pieces.isEmpty else {
            throw DataError(path, "the PNG ends within its pixels; copy or download it again")
        }
        guard header.kind != .palette || (!palette.isEmpty && palette.count % 3 == 0) else {
            throw DataError(path, "the PNG lacks its palette; copy or download it again")
        }
    }

    /// The pixels. Throws where they are damaged.
    func picture() throws -> Picture {
        let passes = header.passes
        let rows = try inflate(to: passes.reduce(0) { $0 + $1.height * ($1.rowBytes(header) + 1) })
        var output = [UInt8](repeating: 0, count: header.width * header.height * size.channels)
        var start = 0
        for pass in passes {
            var filter = PNGFilter(pass.rowBytes(header), step: header.pixelBytes)
            for row in 0..<pass.height {
                let end = start + filter.width + 1
                guard filter.undo(rows[start], rows[start + 1..<end]) else {
                    throw DataError(
                        path, "the PNG's row \(row) has an unknown filter; copy it again")
                }
                try place(filter.line, pass, row, into: &output)
                start = end
            }
        }
        return Picture(size, pixels: output)
    }

    /// All rows of all passes, each with its filter in front.
    private func inflate(to count: Int) throws -> [UInt8] {
        var packed: [UInt8] = []
        packed.reserveCapacity(pieces.reduce(0) { $0 + $1.count })
        for piece in pieces { packed.append(contentsOf: piece) }
        // Deflate packs at most 1032 bytes into one.
        guard count / 1032 <= packed.count else {
            throw DataError(
                path,
                "the header declares \(header.height)x\(header.width) pixels, which the file "
                    + "can't hold; copy or download it again")
        }
        var rows = [UInt8](repeating: 0, count: count)
        var length = uLong(count)
        let status = uncompress(&rows, &length, packed, uLong(packed.count))
        guard status == Z_OK, length == count else {
            throw DataError(path, "the PNG's pixels are damaged; copy or download it again")
        }
        return rows
    }

    /// Puts a pass's row of samples where it belongs.
    private func place(
        _ line: [UInt8], _ pass: PNGPass, _ row: Int, into output: inout [UInt8]
    ) throws {
        let channels = size.channels
        if header.depth == 8, channels == header.kind.samples, transparency.isEmpty,
            header.kind != .palette, !header.isInterlaced
        {
            let start = row * line.count
            return output.replaceSubrange(start..<start + line.count, with: line)
        }
        for column in 0..<pass.width {
            let x = pass.left + column * pass.right
            let y = pass.top + row * pass.down
            let pixel = try pixel(line, column)
            let start = (y * header.width + x) * channels
            for channel in 0..<channels { output[start + channel] = pixel[channel] }
        }
    }

    /// The colours, or the grey, of a pixel of a line.
    private func pixel(_ line: [UInt8], _ column: Int) throws -> SIMD4<UInt8> {
        let first = column * header.kind.samples
        if header.kind == .palette { return try paletteColour(header.sample(line, first)) }
        let count = header.hasColour ? 3 : 1
        let samples = (0..<count).map { header.sample(line, first + $0) }
        var opacity = 255
        if header.kind.hasOpacity {
            opacity = header.byte(header.sample(line, first + count))
        } else if transparency.count >= 2 * count {
            let isKey = (0..<count).allSatisfy { part in
                let high = Int(transparency[2 * part]) << 8
                return high | Int(transparency[2 * part + 1]) == samples[part]
            }
            opacity = isKey ? 0 : 255
        }
        return laid(samples.map { header.byte($0) }, opacity)
    }

    private func paletteColour(_ entry: Int) throws -> SIMD4<UInt8> {
        guard entry * 3 + 2 < palette.count else {
            throw DataError(
                path, "a pixel has the colour \(entry) of \(palette.count / 3); copy it again")
        }
        let opacity = entry < transparency.count ? Int(transparency[entry]) : 255
        return laid(palette[entry * 3..<entry * 3 + 3].map { Int($0) }, opacity)
    }

    /// Colours laid on white.
    private func laid(_ colours: [Int], _ opacity: Int) -> SIMD4<UInt8> {
        var pixel = SIMD4<UInt8>()
        for (channel, colour) in colours.enumerated() {
            let mixed: Int = colour * opacity + 255 * (255 - opacity)
            pixel[channel] = UInt8((mixed + 127) / 255)
        }
        return pixel
    }
}
