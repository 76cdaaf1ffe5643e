import CZlib

@testable import Datasets

/// Writes PNG files, of every kind, for tests.
struct PNGMaker {
    var filter: UInt8 = 0
    var isInterlaced = false

    /// A PNG of samples, pixel by pixel in rows.
    func png(
        _ width: Int, _ height: Int, kind: Int, depth: Int, _ samples: [Int],
        _ chunks: [(type: String, data: [UInt8])] = []
    ) -> [UInt8] {
        let header =
            big(width) + big(height) + [
                UInt8(depth), UInt8(kind), 0, 0, isInterlaced ? 1 : 0,
            ]
        let count = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][kind] ?? 1
        var stored: [UInt8] = []
        let passes: [(Int, Int, Int, Int)] =
            isInterlaced
            ? [
                (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
                (0, 1, 1, 2),
            ] : [(0, 0, 1, 1)]
        for (left, top, right, down) in passes where !samples.isEmpty {
            var above: [UInt8]?
            for y in stride(from: top, to: height, by: down) {
                let row = stride(from: left, to: width, by: right).flatMap { x in
                    (0..<count).map { samples[(y * width + x) * count + $0] }
                }
                guard !row.isEmpty else { continue }
                let line = packed(row, depth)
                stored.append(filter)
                stored += filtered(line, above, max(1, count * depth / 8))
                above = line
            }
        }
        let parts =
            [("IHDR", header)] + chunks + halves(deflated(stored)) + [("IEND", [])]
        return PNG.signature + parts.flatMap { chunk($0.0, $0.1) }
    }

    private func big(_ number: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    private func packed(_ row: [Int], _ depth: Int) -> [UInt8] {
        if depth == 16 { return row.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] } }
        var bytes = [UInt8](repeating: 0, count: (row.count * depth + 7) / 8)
        for (place, sample) in row.enumerated() {
            bytes[place * depth / 8] |= UInt8(sample << (8 - depth - place * depth % 8))
        }
        return bytes
    }

    /// The filters as the specification has them.
    private func filtered(_ line: [UInt8], _ above: [UInt8]?, _ step: Int) -> [UInt8] {
        line.indices.map { place in
            let a = place < step ? 0 : Int(line[place - step])
            let b = Int(above?[place] ?? 0)
            let c = place < step ? 0 : Int(above?[place - step] ?? 0)
            let p = a + b - c
            let order = [(abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c)]
            let guesses = [0, a, b, (a + b) / 2, order.min { ($0.0, $0.1) < ($1.0, $1.1) }?.2 ?? 0]
            return line[place] &- UInt8(guesses[Int(filter)])
        }
    }

    private func deflated(_ bytes: [UInt8]) -> [UInt8] {
        var length = compressBound(uLong(bytes.count))
        var packed = [UInt8](repeating: 0, count: Int(length))
        _ = compress(&packed, &length, bytes, uLong(bytes.count))
        return Array(packed.prefix(Int(length)))
    }

    /// Compressed pixels in two chunks.
    private func halves(_ bytes: [UInt8]) -> [(type: String, data: [UInt8])] {
        let half = bytes.count / 2
        return [("IDAT", Array(bytes[..<half])), ("IDAT", Array(bytes[half...]))]
    }

    private func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
        let summed = Array(type.utf8) + data
        return big(data.count) + summed + big(Int(crc32(0, summed, uInt(summed.count))))
    }
}
