import CZlib

/// Pictures as PNG files.
package enum PNGFile {
    /// A picture of 8 bits a sample as a file: grey for one channel, RGB for three.
    ///
    /// - Parameter pixels: row by row, the channels of a pixel together.
    package static func encoded(
        width: Int, height: Int, channels: Int, _ pixels: [UInt8]
    ) -> [UInt8] {
        func bytes(_ value: UInt32) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
        }
        func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
            let content = Array(type.utf8) + data
            let sum = UInt32(truncatingIfNeeded: crc32_z(0, content, content.count))
            return bytes(UInt32(data.count)) + content + bytes(sum)
        }
        let header =
            bytes(UInt32(width)) + bytes(UInt32(height)) + [8, channels == 1 ? 0 : 2, 0, 0, 0]
        // No filter: a 0 before each row.
        let size = width * channels
        let rows = (0..<height).flatMap { [0] + pixels[$0 * size..<($0 + 1) * size] }
        var length = compressBound(UInt(rows.count))
        var packed = [UInt8](repeating: 0, count: Int(length))
        compress2(&packed, &length, rows, UInt(rows.count), 9)
        return PNG.signature + chunk("IHDR", header) + chunk("IDAT", Array(packed[..<Int(length)]))
            + chunk("IEND", [])
    }
}
