import CZlib
import Foundation
import Testing

@testable import Datasets

@Suite("JPEGs as data")
struct JPEGTests {
    private let folder = TemporaryFolder()

    /// 19 by 13 pixels of (10 + 10x, 240 − 8x, 20 + 15y), colours at half the resolution.
    private static let coloured = bytes(
        """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQ\
        DQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQU\
        FBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wAARCAANABMDASIAAhEBAxEB/8QAFgABAQEAAAAA\
        AAAAAAAAAAAABgAH/8QAHRAAAQQCAwAAAAAAAAAAAAAAAAIEBSEBMQMSIv/EABYBAQEBAAAAAAAAAAAAAAAA\
        AAUHCP/EACERAAEDAQkAAAAAAAAAAAAAAAEAAwQGAgcREiMxUXGB/9oADAMBAAIRAxEAPwBhIR+6DchH7o0a\
        QbIsNSDZFgcagmuAoZdnKOn4gXJH+80QhW2R3yQ0KCaw2C3M3KOSz0F//9k=
        """)
    /// The same in grey, progressive.
    private static let grey = bytes(
        """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQ\
        DQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/wgALCAANABMBAREA/8QAFgABAQEAAAAAAAAAAAAAAAAABQQG\
        /9oACAEBAAAAAWDYdiZD/8QAGBABAQEBAQAAAAAAAAAAAAAAAwACARL/2gAIAQEAAQUCQ5DunJmTN5v/xAAU\
        EAEAAAAAAAAAAAAAAAAAAAAg/9oACAEBAAY/Al//xAAYEAEBAAMAAAAAAAAAAAAAAAAAARARIf/aAAgBAQAB\
        PyHAdEEFjb//2gAIAQEAAAAQD//EABcQAQEBAQAAAAAAAAAAAAAAAAAhMRH/2gAIAQEAAT8Q0jSKYrVu+//Z
        """)
    private static let print = bytes(
        """
        /9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAQCwwODAoQDg0OEhEQExgoGhgWFhgxIyUdKDozPTw5Mzg3QEhcTkBE\
        V0U3OFBtUVdfYmdoZz5NcXlwZHhcZWdj/8AAFAgAAgACBEMRAE0RAFkRAEsRAP/EABcAAAMBAAAAAAAAAAAA\
        AAAAAAIDBAf/xAAfEAABAwMFAAAAAAAAAAAAAAAAAQMEAjSxFFNyc5L/2gAOBEMATQBZAEsAAD8AKJaM9dOB\
        8m5d5rko0sfYa8IaAf/Z
        """)

    private static func bytes(_ text: String) -> [UInt8] {
        Data(base64Encoded: text).map(Array.init) ?? []
    }

    @Test("pixels are the library's, near what was drawn", .enabled(if: TurboJPEG.shared != nil))
    func pixels() throws {
        let coloured = try PictureFile.read(folder.write("a.jpg", Self.coloured))
        let grey = try PictureFile.read(folder.write("b.jpeg", Self.grey))
        #expect((coloured.width, coloured.height, coloured.channels) == (19, 13, 3))
        #expect((grey.width, grey.height, grey.channels) == (19, 13, 1))
        for place in 0..<19 * 13 {
            let (x, y) = (Double(place % 19), Double(place / 19))
            let colours = [10 + 10 * x, 240 - 8 * x, 20 + 15 * y]
            for (channel, drawn) in colours.enumerated() {
                #expect(abs(Double(coloured.pixels[place * 3 + channel]) - drawn) <= 9)
            }
            let light = 0.299 * colours[0] + 0.587 * colours[1] + 0.114 * colours[2]
            #expect(abs(Double(grey.pixels[place]) - light) <= 1.5)
        }
        // What another program makes of the same files, with version 3.2 of the library.
        #expect(crc32(0, coloured.pixels, UInt32(coloured.pixels.count)) == 2_815_009_150)
        #expect(crc32(0, grey.pixels, UInt32(grey.pixels.count)) == 665_861_318)
    }

    @Test("the header alone gives the size", .enabled(if: TurboJPEG.shared != nil))
    func size() throws {
        let size = try PictureFile.size(folder.write("a.jpg", Self.coloured))
        #expect(size == PictureSize(width: 19, height: 13, channels: 3))
    }

    @Test("damaged files give a sentence that names them", .enabled(if: TurboJPEG.shared != nil))
    func damage() {
        for whole in [Self.coloured, Self.grey] {
            for length in 3..<whole.count - 2 {
                let sentence = folder.sentence {
                    try PictureFile.read(folder.write("x.jpg", Array(whole.prefix(length))))
                }
                #expect(sentence?.hasPrefix("x.jpg: the JPEG is damaged (") ?? false, "\(length)")
            }
            for place in 3..<whole.count {
                for bit in [UInt8(1), 0x80] {
                    var bytes = whole
                    bytes[place] ^= bit
                    let sentence = folder.sentence {
                        try PictureFile.read(folder.write("x.jpg", bytes))
                    }
                    #expect(sentence?.hasPrefix("x.jpg: ") ?? true, "byte \(place)")
                }
            }
        }
    }

    @Test("what can't be read says what to do", .enabled(if: TurboJPEG.shared != nil))
    func refusals() {
        let print = folder.sentence {
            try PictureFile.read(folder.write("print.jpg", Self.print))
        }
        #expect(print?.hasPrefix("print.jpg: its colours are those of print (CMYK)") ?? false)
        var huge = Self.coloured
        if let frame = huge.indices.first(where: { huge[$0] == 0xFF && huge[$0 + 1] == 0xC0 }) {
            huge.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0, 0xFF, 0])
        }
        let sentence = folder.sentence { try PictureFile.size(folder.write("huge.jpg", huge)) }
        #expect(
            sentence?.hasPrefix("huge.jpg: the header declares 65280x65280 pixels, which") ?? false)
    }

    @Test("without the library, the sentence names its package")
    func missing() {
        let sentence = folder.sentence {
            try Self.grey.withUnsafeBytes { _ = try JPEG($0, "a.jpg", library: nil) }
        }
        #expect(sentence?.contains("apt-get install libturbojpeg0") ?? false)
    }
}
