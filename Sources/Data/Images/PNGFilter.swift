import CZlib

/// Takes back what a row's bytes were made smaller by: a guess from their neighbours.
struct PNGFilter {
    /// The row as it was.
    private(set) var line: [UInt8]
    private var above: [UInt8]
    private let step: Int

    var width: Int { line.count }

    /// - Parameter step: bytes back to the same sample of the pixel before.
    init(_ width: Int, step: Int) {
        line = [UInt8](repeating: 0, count: width)
        above = line
        self.step = step
    }

    /// Makes the next row of what is stored; false where the filter is unknown.
    mutating func undo(_ filter: UInt8, _ stored: ArraySlice<UInt8>) -> Bool {
        swap(&line, &above)
        let start = stored.startIndex
        for place in 0..<line.count {
            let left = place < step ? 0 : line[place - step]
            let guess: UInt8
            switch filter {
            case 0: guess = 0
            case 1: guess = left
            case 2: guess = above[place]
            case 3: guess = UInt8((Int(left) + Int(above[place])) / 2)
            case 4:
                let corner = place < step ? 0 : above[place - step]
                guess = PNGFilter.nearest(Int(left), Int(above[place]), Int(corner))
            default: return false
            }
            line[place] = stored[start + place] &+ guess
        }
        return true
    }

    /// That of three neighbours which is nearest to left + above − corner (Paeth).
    private static func nearest(_ left: Int, _ above: Int, _ corner: Int) -> UInt8 {
        let (fromLeft, fromAbove) = (abs(above - corner), abs(left - corner))
        let fromCorner = abs(left + above - 2 * corner)
        if fromLeft <= fromAbove, fromLeft <= fromCorner { return UInt8(left) }
        return UInt8(fromAbove <= fromCorner ? above : corner)
    }
}

/// The sum that each part of a PNG ends with (CRC-32).
enum PNGChecksum {
    static func of(_ bytes: UnsafeRawBufferPointer) -> Int {
        let start = bytes.bindMemory(to: UInt8.self)
        return Int(crc32(0, start.baseAddress, uInt(start.count)))
    }
}
