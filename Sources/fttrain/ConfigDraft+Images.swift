import FTJSON
import FTSupport
import Tensor

/// Images of channels, for which there is a small convolutional network: blocks of a convolution,
/// normalization and a pooling that halves the sides, then the mean of each channel.
extension ConfigDraft {
    /// Whether examples are images [channels, height, width] of bytes, grey or in colours.
    var isOfChannels: Bool {
        inputType == .uint8 && inputShape.count == 3 && [1, 3].contains(inputShape[0])
            && inputShape.dropFirst().allSatisfy { $0 >= 8 }
    }

    private var sides: ArraySlice<Int> { inputShape.dropFirst() }

    /// The channels of each block: up to four, while sides of four pixels are left.
    private var widths: [Int] {
        let least = sides.min() ?? 8
        return [16, 32, 64, 64].enumerated().prefix { least >> ($0.offset + 1) >= 4 }.map(\.element)
    }

    /// A move by an eighth of the shorter side at most, and none for the smallest images.
    private var padding: Int { min(4, (sides.min() ?? 8) / 12) }

    var imageTransforms: [JSONValue] {
        var list: [JSONValue] = []
        if padding > 0 { list.append(["type": "randomCrop", "padding": .int(padding)]) }
        list.append(
            hasFlatChannel
                ? ["type": "scale", "factor": .double(1.0 / 255)] : ["type": "normalize"])
        return list
    }

    var imageLayers: [JSONValue] {
        let blocks = widths.flatMap { width -> [JSONValue] in
            [
                ["type": "conv2d", "features": .int(width), "kernel": 3, "same": true],
                ["type": "batchNorm2d"], ["type": "relu"], ["type": "maxPool2d", "kernel": 2],
            ]
        }
        return blocks + [
            ["type": "globalAveragePool"], ["type": "dropout", "rate": 0.2],
            ["type": "linear", "units": .int(units)],
        ]
    }

    var imageReasons: [String] {
        let moves =
            padding > 0
            ? "; in training moved by up to \(Format.count(padding, "pixel")), against learning by heart"
            : ""
        let scaled =
            hasFlatChannel
            ? "bytes from 0 to 255 become 0 to 1" : "each channel to mean 0 and deviation 1"
        let list = widths.map { "\($0)" }.joined(separator: ", ")
        return [
            "model      \(Format.count(widths.count, "convolution")) 3×3 of \(list) channels, each "
                + "normalized and its sides halved; then the mean of each channel",
            "inputs     \(scaled)\(moves)",
        ]
    }

    /// Whether a channel of images [N, channels, height, width] holds one number alone.
    static func hasFlatChannel(_ images: NDArray) -> Bool {
        let shape = images.shape
        guard shape.rank == 4 else { return false }
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
