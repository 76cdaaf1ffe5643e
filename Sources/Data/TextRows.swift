package import Tensor

/// Texts as rows of bytes of one length, filled up with zeros.
package enum TextRows {
    /// Whether their array takes at most 256 MiB, as it doesn't where many are short and one is long.
    package static func fits(_ texts: [String]) -> Bool {
        let width = max(1, texts.map(\.utf8.count).max() ?? 0)
        return texts.count.multipliedReportingOverflow(by: width).partialValue <= 1 << 28
    }

    /// UTF-8 as uint8 [texts, the longest of them].
    package static func array(_ texts: [String]) -> NDArray {
        let width = max(1, texts.map(\.utf8.count).max() ?? 0)
        let bytes = texts.flatMap { text in
            Array(text.utf8) + [UInt8](repeating: 0, count: width - text.utf8.count)
        }
        return NDArray(bytes, [texts.count, width])
    }

    /// The texts of such rows; nil of another array.
    package static func texts(_ rows: NDArray) -> [String]? {
        guard rows.rank == 2, rows.dtype == .uint8 else { return nil }
        let (bytes, width) = (rows.values(as: UInt8.self), rows.shape[1])
        return (0..<rows.shape[0]).map { row in
            String(
                decoding: bytes[row * width..<(row + 1) * width].prefix { $0 != 0 },
                as: UTF8.self)
        }
    }
}
