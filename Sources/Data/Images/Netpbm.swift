import FTSupport

/// PGM and PPM images, of bytes or of text: "P5 WIDTH HEIGHT MAXIMUM" and the pixels.
///
/// Source: the manual pages pgm(5) and ppm(5) of Netpbm.
struct Netpbm {
    let size: PictureSize
    private let path: String
    private let bytes: UnsafeRawBufferPointer
    private let isText: Bool
    private let maximum: Int
    /// Where the pixels begin.
    private let start: Int

    /// Whether bytes begin as one of these does: a sign, and white space after it.
    static func isNetpbm(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count > 2 && bytes[0] == UInt8(ascii: "P") && "2356".utf8.contains(bytes[1])
            && [9, 10, 13, 32].contains(bytes[2])
    }

    /// Reads the header; nil where the file is none of these. Throws where it is damaged.
    init?(_ bytes: UnsafeRawBufferPointer, _ path: String) throws {
        guard bytes.count > 2, bytes[0] == UInt8(ascii: "P"),
            let kind = [2, 3, 5, 6].first(where: { bytes[1] == UInt8(ascii: "0") + UInt8($0) })
        else { return nil }
        var scanner = Scanner(bytes, from: 2)
        guard let width = scanner.number(), let height = scanner.number(),
            let maximum = scanner.number(), width > 0, height > 0, (1...65535).contains(maximum)
        else {
            throw DataError(path, "the header is damaged: it needs width, height and maximum")
        }
        isText = kind < 4
        size = PictureSize(width: width, height: height, channels: kind % 3 == 0 ? 3 : 1)
        // One white space ends the header.
        start = scanner.place + (isText ? 0 : 1)
        self.maximum = maximum
        self.bytes = bytes
        self.path = path
        let sample = isText ? 2 : maximum > 255 ? 2 : 1
        let needed = size.byteCount.flatMap { Datasets.byteCount([$0], elementSize: sample) }
        guard let needed, needed - (isText ? 1 : 0) <= bytes.count - start else {
            throw DataError(
                path,
                "the header declares \(height)x\(width) pixels, and the file ends within them; "
                    + "copy or download it again")
        }
    }

    /// The pixels, scaled to 0...255.
    func picture() throws -> Picture {
        let count = size.width * size.height * size.channels
        var pixels = [UInt8](repeating: 0, count: count)
        var scanner = Scanner(bytes, from: start)
        for place in 0..<count {
            let sample: Int
            if isText {
                guard let number = scanner.number() else {
                    throw DataError(path, "the file ends within its pixels; copy it again")
                }
                sample = number
            } else if maximum > 255 {
                sample = Int(bytes[start + 2 * place]) << 8 | Int(bytes[start + 2 * place + 1])
            } else {
                sample = Int(bytes[start + place])
            }
            guard sample <= maximum else {
                throw DataError(
                    path,
                    "pixel \(place / size.channels) has the sample \(sample), above the "
                        + "header's maximum \(maximum); copy it again")
            }
            pixels[place] = UInt8((sample * 510 + maximum) / (2 * maximum))
        }
        return Picture(size, pixels: pixels)
    }

    /// Numbers between white space and comments.
    private struct Scanner {
        let bytes: UnsafeRawBufferPointer
        var place: Int

        init(_ bytes: UnsafeRawBufferPointer, from place: Int) {
            self.bytes = bytes
            self.place = place
        }

        /// The next number; nil where there is none, or it has more than nine digits.
        mutating func number() -> Int? {
            skip()
            let first = place
            var value = 0
            while place < bytes.count, (48...57).contains(bytes[place]), place - first < 9 {
                value = value * 10 + Int(bytes[place]) - 48
                place += 1
            }
            let isEnded = place == bytes.count || isSpace(bytes[place]) || bytes[place] == 35
            return place > first && isEnded ? value : nil
        }

        private mutating func skip() {
            while place < bytes.count {
                if bytes[place] == UInt8(ascii: "#") {
                    while place < bytes.count, bytes[place] != 10, bytes[place] != 13 { place += 1 }
                } else if isSpace(bytes[place]) {
                    place += 1
                } else {
                    return
                }
            }
        }

        private func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
    }
}
