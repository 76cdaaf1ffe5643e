package import FTJSON
import FTSupport
package import Tensor

/// A small convolutional network for images of channels, as a config has it: blocks of a
/// convolution, normalization and a pooling that halves the sides; then a linear layer of what is
/// left, or of the mean of each channel, where that is still large.
package struct ImageNetwork {
    /// How many outputs it has.
    private let units: Int
    /// Whether some channel of the images is the same everywhere.
    private let hasFlatChannel: Bool
    /// The channels of each block: up to four, while sides of four pixels are left.
    private let widths: [Int]
    /// Whether channels are left with few pixels, so that where something stands can tell.
    private let endsSmall: Bool
    /// How far images move in training: by an eighth of the shorter side at most, and not at all for
    /// the smallest.
    private let padding: Int

    /// nil for examples that are no images [channels, height, width] of bytes, grey or in colours.
    package init?(_ shape: [Int], _ dtype: DType, units: Int, hasFlatChannel: Bool) {
        guard dtype == .uint8, shape.count == 3, [1, 3].contains(shape[0]),
            let least = shape.dropFirst().min(), least >= 8, let most = shape.dropFirst().max()
        else { return nil }
        (self.units, self.hasFlatChannel) = (units, hasFlatChannel)
        widths =
            [16, 32, 64, 64].enumerated().prefix { least >> ($0.offset + 1) >= 4 }.map(\.element)
        endsSmall = most >> widths.count <= 8
        padding = min(4, least / 12)
    }

    /// What happens to images first.
    package var transforms: [JSONValue] {
        var list: [JSONValue] = []
        if padding > 0 { list.append(["type": "randomCrop", "padding": .int(padding)]) }
        list.append(
            hasFlatChannel
                ? ["type": "scale", "factor": .double(1.0 / 255)] : ["type": "normalize"])
        return list
    }

    package var layers: [JSONValue] {
        let blocks = widths.flatMap { width -> [JSONValue] in
            [
                ["type": "conv2d", "features": .int(width), "kernel": 3, "same": true],
                ["type": "batchNorm2d"], ["type": "relu"], ["type": "maxPool2d", "kernel": 2],
            ]
        }
        return blocks + [
            ["type": endsSmall ? "flatten" : "globalAveragePool"],
            ["type": "dropout", "rate": 0.2],
            ["type": "linear", "units": .int(units)],
        ]
    }

    /// Why it is so, a line each.
    package var reasons: [String] {
        let moves =
            padding > 0
            ? "; in training moved by up to \(Format.count(padding, "pixel")), against learning by heart"
            : ""
        let scaled =
            hasFlatChannel
            ? "bytes from 0 to 255 become 0 to 1" : "each channel to mean 0 and deviation 1"
        let end = endsSmall ? "a linear layer of all that is left" : "the mean of each channel"
        let list = widths.map { "\($0)" }.joined(separator: ", ")
        return [
            "model      \(Format.count(widths.count, "convolution")) 3×3 of \(list) channels, each "
                + "normalized and its sides halved; then \(end)",
            "inputs     \(scaled)\(moves)",
        ]
    }

    /// Whether a channel of images [N, channels, height, width] of bytes holds one number alone.
    package static func hasFlatChannel(_ images: NDArray) -> Bool {
        let shape = images.shape
        guard shape.rank == 4, images.dtype == .uint8 else { return false }
        let values = images.values(as: UInt8.self)
        let area = shape[2] * shape[3]
        return (0..<shape[1]).contains { channel in
            let start = values[channel * area]
            return (0..<shape[0]).allSatisfy { row in
                let place = (row * shape[1] + channel) * area
                return values[place..<place + area].allSatisfy { $0 == start }
            }
        }
    }
}
