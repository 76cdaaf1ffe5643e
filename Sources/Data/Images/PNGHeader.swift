import FTSupport

/// The chunk IHDR.
struct PNGHeader {
    /// What samples a pixel has.
    enum Kind: Int {
        case grey = 0
        case colours = 2
        case palette = 3
        case greyAndOpacity = 4
        case coloursAndOpacity = 6

        var samples: Int {
            switch self {
            case .grey, .palette: 1
            case .greyAndOpacity: 2
            case .colours: 3
            case .coloursAndOpacity: 4
            }
        }
        var hasOpacity: Bool { self == .greyAndOpacity || self == .coloursAndOpacity }
        /// Bits that a sample may have.
        var depths: [Int] {
            switch self {
            case .grey: [1, 2, 4, 8, 16]
            case .palette: [1, 2, 4, 8]
            default: [8, 16]
            }
        }
    }

    private static let mostPixels = 1 << 28

    let width, height: Int
    let kind: Kind
    /// Bits of a sample.
    let depth: Int
    let isInterlaced: Bool

    init(_ data: UnsafeRawBufferPointer, _ path: String) throws {
        let damaged = DataError(path, "the PNG's header is damaged; copy or download it again")
        guard data.count == 13 else { throw damaged }
        width = PNGChunks.number(data, at: 0)
        height = PNGChunks.number(data, at: 4)
        depth = Int(data[8])
        guard let kind = Kind(rawValue: Int(data[9])), kind.depths.contains(depth),
            data[10] == 0, data[11] == 0, data[12] < 2, (1..<1 << 20).contains(width),
            (1..<1 << 20).contains(height)
        else { throw damaged }
        guard width * height <= PNGHeader.mostPixels else {
            throw DataError(path, "\(height)x\(width) pixels are too many; make the image smaller")
        }
        self.kind = kind
        isInterlaced = data[12] == 1
    }

    var hasColour: Bool { kind != .grey && kind != .greyAndOpacity }

    /// The distance that filters look back.
    var pixelBytes: Int { max(1, kind.samples * depth / 8) }

    /// The sample at a place of a line.
    func sample(_ line: [UInt8], _ place: Int) -> Int {
        switch depth {
        case 8: return Int(line[place])
        case 16: return Int(line[2 * place]) << 8 | Int(line[2 * place + 1])
        default:
            let bit = place * depth
            return Int(line[bit / 8]) >> (8 - depth - bit % 8) & (1 << depth - 1)
        }
    }

    /// A sample as a byte, rounded.
    func byte(_ sample: Int) -> Int {
        let most = 1 << depth - 1
        return (sample * 510 + most) / (2 * most)
    }

    /// The whole image, or the seven smaller ones that an interlaced one comes as (Adam7).
    var passes: [PNGPass] {
        let all =
            isInterlaced
            ? [
                (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
                (0, 1, 1, 2),
            ] : [(0, 0, 1, 1)]
        return all.map { left, top, right, down in
            PNGPass(
                left: left, top: top, right: right, down: down,
                width: (width - left + right - 1) / right, height: (height - top + down - 1) / down)
        }.filter { $0.width > 0 && $0.height > 0 }
    }
}

/// Every so many pixels of an image, as one of its own.
struct PNGPass {
    let left, top, right, down: Int
    let width, height: Int

    func rowBytes(_ header: PNGHeader) -> Int {
        (width * header.kind.samples * header.depth + 7) / 8
    }
}

/// The chunks of a PNG, one after the other.
struct PNGChunks {
    private let bytes: UnsafeRawBufferPointer
    private let path: String
    private var place = PNG.signature.count

    init(_ bytes: UnsafeRawBufferPointer, _ path: String) {
        self.bytes = bytes
        self.path = path
    }

    /// Four bytes, the most significant first.
    static func number(_ bytes: UnsafeRawBufferPointer, at place: Int) -> Int {
        (0..<4).reduce(0) { $0 << 8 | Int(bytes[place + $1]) }
    }

    /// The next one; nil at the end of the file. Throws where it is cut off or its sum is wrong.
    mutating func next() throws -> (type: String, data: UnsafeRawBufferPointer)? {
        guard place < bytes.count else { return nil }
        guard bytes.count - place >= 12 else { throw cutOff }
        let length = PNGChunks.number(bytes, at: place)
        guard length <= bytes.count - place - 12 else { throw cutOff }
        let summed = UnsafeRawBufferPointer(rebasing: bytes[place + 4..<place + 8 + length])
        let sum = PNGChecksum.of(summed)
        guard sum == PNGChunks.number(bytes, at: place + 8 + length) else {
            throw DataError(
                path,
                "the PNG is damaged at byte \(Format.grouped(place)); copy or download it again")
        }
        place += length + 12
        let type = String(decoding: summed.prefix(4), as: UTF8.self)
        return (type, UnsafeRawBufferPointer(rebasing: summed.dropFirst(4)))
    }

    private var cutOff: DataError {
        DataError(path, "the PNG ends within a part of it; copy or download it again")
    }
}
