import Datasets
import Tensor

/// An example of a dataset as a picture.
struct ExamplePicture {
    /// Sizes in pixels; 1 channel for grey, 3 for colours.
    let width, height, channels: Int
    /// A file of it.
    let png: [UInt8]

    /// Sides of fewer or more pixels are no picture to look at.
    private static let sides = 4...256

    /// For pages.
    var uri: String { "data:image/png;base64,\(ExamplePicture.base64(png))" }

    /// Nil where the example [H, W], [C, H, W] or [H, W, C], with one or three
    /// channels C, is no image.
    ///
    /// Bytes are shown as they are, other numbers from the least, black, to the largest, white.
    init?(_ example: NDArray) {
        guard let (shape, isChannelLast) = ExamplePicture.layout(Array(example.shape)) else {
            return nil
        }
        let (channels, height, width) = (shape[0], shape[1], shape[2])
        let values = example.values(as: Double.self)
        guard values.allSatisfy(\.isFinite) else { return nil }
        let isBytes = example.dtype == .uint8
        let (low, high) = isBytes ? (0, 255) : (values.min() ?? 0, values.max() ?? 0)
        let factor = high > low ? 255 / (high - low) : 0
        let samples = values.map { UInt8((($0 - low) * factor).rounded()) }
        let pixels =
            isChannelLast || channels == 1
            ? samples
            : (0..<height * width).flatMap { pixel in
                (0..<channels).map { samples[$0 * height * width + pixel] }
            }
        (self.width, self.height, self.channels) = (width, height, channels)
        png = PNGFile.encoded(width: width, height: height, channels: channels, pixels)
    }

    /// Channels, height and width, and whether channels come last; nil of what is no image.
    private static func layout(_ shape: [Int]) -> (shape: [Int], isChannelLast: Bool)? {
        func areSides(_ height: Int, _ width: Int) -> Bool {
            sides.contains(height) && sides.contains(width)
        }
        if shape.count == 2, areSides(shape[0], shape[1]) { return ([1] + shape, false) }
        guard shape.count == 3 else { return nil }
        if [1, 3].contains(shape[0]), areSides(shape[1], shape[2]) { return (shape, false) }
        if [1, 3].contains(shape[2]), areSides(shape[0], shape[1]) {
            return ([shape[2], shape[0], shape[1]], true)
        }
        return nil
    }

    /// RFC 4648.
    static func base64(_ bytes: [UInt8]) -> String {
        let signs = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let bits = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
            let digits = (0..<4).map { signs[bits >> (18 - 6 * $0) & 63] }
            text += digits.prefix(part.count + 1)
            text += Array(repeating: UInt8(ascii: "="), count: 3 - part.count)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
