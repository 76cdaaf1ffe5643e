import CZlib
import FTSupport
import Glibc
import Tensor
import Testing

@testable import Datasets

@Suite("Images as data")
struct ImageTests {
    private let folder = TemporaryFolder()

    private func pixels(_ bytes: [UInt8], _ name: String = "a.png") throws -> [UInt8] {
        try PictureFile.read(folder.write(name, bytes)).pixels
    }

    @Test("PNGs of each kind of pixel are read, whatever the filters", arguments: [0, 1, 2, 3, 4])
    func kinds(filter: Int) throws {
        let maker = PNGMaker(filter: UInt8(filter))
        let random = Random(seed: UInt64(filter))
        for (kind, samples) in [(0, 1), (2, 3), (4, 2), (6, 4)] {
            for depth in kind == 0 ? [1, 2, 4, 8, 16] : [8, 16] {
                let most = 1 << depth - 1
                let values = (0..<7 * 5 * samples).map { _ in Int(random.next() % UInt64(most + 1))
                }
                let bytes = maker.png(7, 5, kind: kind, depth: depth, values)
                let found = try pixels(bytes)
                let scaled = values.map { Int((Double($0) * 255 / Double(most)).rounded()) }
                #expect(found == laid(scaled, samples), "kind \(kind), depth \(depth)")
            }
        }
    }

    @Test("a picture that is written is read as it was", arguments: [1, 3])
    func written(channels: Int) throws {
        let random = Random(seed: UInt64(channels))
        let pixels = (0..<7 * 5 * channels).map { _ in UInt8(random.next() % 256) }
        let bytes = PNGFile.encoded(width: 7, height: 5, channels: channels, pixels)
        let picture = try PictureFile.read(folder.write("w.png", bytes))
        #expect(picture.pixels == pixels && picture.width == 7 && picture.height == 5)
    }

    /// Samples without their opacity, laid on white.
    private func laid(_ samples: [Int], _ count: Int) -> [UInt8] {
        if count % 2 == 1 { return samples.map { UInt8($0) } }
        return stride(from: 0, to: samples.count, by: count).flatMap { start in
            let opacity = Double(samples[start + count - 1]) / 255
            return samples[start..<start + count - 1].map {
                UInt8((Double($0) * opacity + 255 * (1 - opacity)).rounded())
            }
        }
    }

    @Test("palettes, transparent colours and interlaced images", arguments: [false, true])
    func palettes(interlaced: Bool) throws {
        let maker = PNGMaker(filter: 4, isInterlaced: interlaced)
        let entries = (0..<9 * 10).map { $0 * 7 % 3 }
        let palette: [UInt8] = [255, 0, 0, 0, 255, 0, 0, 0, 255]
        for depth in [2, 4, 8] {
            let bytes = maker.png(
                9, 10, kind: 3, depth: depth, entries, [("PLTE", palette), ("tRNS", [255, 0])])
            let expected = entries.flatMap { entry in
                entry == 1 ? [255, 255, 255] : Array(palette[entry * 3..<entry * 3 + 3])
            }
            #expect(try pixels(bytes) == expected)
        }
        let key = maker.png(2, 1, kind: 0, depth: 8, [7, 9], [("tRNS", [0, 7])])
        #expect(try pixels(key) == [255, 9])
        let values = (0..<9 * 10).map { $0 % 251 }
        #expect(
            try pixels(maker.png(9, 10, kind: 0, depth: 8, values)) == values.map { UInt8($0) })
    }

    @Test("PGM and PPM of bytes, of words and of text")
    func netpbm() throws {
        let grey = Array("P5 # made by hand\n3 1\n255\n".utf8) + [1, 2, 255]
        #expect(try pixels(grey) == [1, 2, 255])
        #expect(try pixels(Array("P5 2 1 65535 ".utf8) + [255, 255, 128, 0]) == [255, 128])
        #expect(try pixels(Array("P6 1 1 15\n".utf8) + [15, 3, 0]) == [255, 51, 0])
        #expect(try pixels(Array("P2\n2 2 10\n0 5\n#x\n10 1".utf8)) == [0, 128, 255, 26])
        #expect(try pixels(Array("P3 1 1 1 1 0 1\n".utf8)) == [255, 0, 255])
    }

    @Test("damaged files give a sentence that names them")
    func damage() throws {
        let good = PNGMaker(filter: 1).png(4, 4, kind: 2, depth: 8, Array(0..<48))
        #expect(try PictureFile.read(folder.write("good.png", good)).pixels == Array(0..<48))
        for length in 1..<good.count {
            let path = folder.write("cut.png", Array(good.prefix(length)))
            #expect(throws: DataError.self, "\(length)") { try PictureFile.read(path) }
        }
        for place in good.indices {
            var bytes = good
            bytes[place] ^= 0x10
            let sentence = folder.sentence { try PictureFile.read(folder.write("x.png", bytes)) }
            #expect(sentence?.hasPrefix("x.png: ") ?? false, "byte \(place)")
        }
        let cases: [(String, [UInt8], String)] = [
            ("a.gif", Array("GIF89a".utf8), "a.gif: this is no PNG, JPEG, PPM or PGM"),
            (
                "a.pgm", Array("P5 9 9 255 abc".utf8),
                "a.pgm: the header declares 9x9 pixels, and the f"
            ),
            ("b.pgm", Array("P5 0 9 255 abc".utf8), "b.pgm: the header is damaged"),
            (
                "c.pgm", Array("P2 1 1 3 4".utf8),
                "c.pgm: pixel 0 has the sample 4, above the header's"
            ),
            (
                "b.png", PNGMaker().png(1 << 19, 1 << 9, kind: 0, depth: 8, []),
                "b.png: the header declares 512x524288 pixels, which the file can't hold"
            ),
            (
                "c.png", PNGMaker().png(1 << 19, 1 << 19, kind: 0, depth: 8, []),
                "c.png: 524288x524288 pixels are too many"
            ),
            (
                "d.png", PNGMaker().png(1, 1, kind: 3, depth: 8, [1], [("PLTE", [1, 2, 3])]),
                "d.png: a pixel has the colour 1 of 1"
            ),
            (
                "e.png", PNGMaker().png(1, 1, kind: 0, depth: 8, [1], [("ABCD", [])]),
                "e.png: the PNG holds 'ABCD', which is unknown"
            ),
        ]
        for (name, bytes, sentence) in cases {
            let found = folder.sentence { try PictureFile.read(folder.write(name, bytes)) }
            #expect(found?.hasPrefix(sentence) ?? false, "\(found ?? "nothing")")
        }
    }

    @Test("pictures are scaled until they cover a size, and their middle is cut out")
    func resizing() {
        let line = Picture(PictureSize(width: 4, height: 1, channels: 1), pixels: [0, 0, 80, 80])
        #expect(line.covering(width: 1, height: 1).pixels == [80 / 2])
        let wide = Picture(PictureSize(width: 3, height: 1, channels: 1), pixels: [9, 7, 5])
        #expect(wide.covering(width: 1, height: 1).pixels == [7])
        let flat = Picture(
            PictureSize(width: 5, height: 3, channels: 3),
            pixels: Array(repeating: 77, count: 45))
        for (width, height) in [(2, 9), (20, 1), (7, 7)] {
            let new = flat.covering(width: width, height: height)
            #expect(new.pixels == Array(repeating: 77, count: width * height * 3))
        }
        let large = line.covering(width: 8, height: 2).pixels
        #expect(Array(large[..<8]) == [0, 0, 0, 20, 60, 80, 80, 80] && large[..<8] == large[8...])
    }
}
