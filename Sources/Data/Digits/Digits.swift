public import Tensor

/// The default dataset: handwritten-looking digits, drawn from outlines.
public enum Digits {
    /// How many examples the default dataset has for training.
    public static let trainCount = 12_000
    /// How many examples the default dataset has for validation.
    public static let testCount = 2_000

    /// Grey images uint8 [count, 28, 28], ink bright on dark, and their digits uint8 [count].
    ///
    /// Every digit appears equally often, in random order. The same seed and part give the same
    /// images; other parts give others.
    public static func make(
        count: Int, seed: UInt64, part: String = "train"
    ) -> (images: NDArray, labels: NDArray) {
        let random = Random(seed: seed).fork("digits-\(part)")
        let labels = random.permutation(count).map { UInt8($0 % 10) }
        let side = InkCanvas.side
        let images = NDArray(
            uninitialized: [count, side, side], .uint8, on: CPUBackend.shared)
        images.withUnsafeMutableBytes { bytes in
            let pixels = bytes.bindMemory(to: UInt8.self)
            for (index, label) in labels.enumerated() {
                var pen = DigitPen(random.fork("\(index)"))
                let start = index * side * side
                pen.draw(Int(label), into: .init(rebasing: pixels[start..<start + side * side]))
            }
        }
        return (images, NDArray(labels))
    }

    /// Writes the default dataset: `train/images`, `train/labels`, `test/images`, `test/labels`.
    ///
    /// Throws where the file can't be written.
    public static func write(
        to path: String, seed: UInt64 = 42, train: Int = trainCount, test: Int = testCount,
        replaces: Bool = true
    ) throws {
        try HDF5Writer.create(path, replaces: replaces) { file in
            for (part, count) in [("train", train), ("test", test)] {
                let (images, labels) = make(count: count, seed: seed, part: part)
                try file.write("\(part)/images", images, chunkRows: 256, deflate: 1)
                try file.write("\(part)/labels", labels)
            }
            try file.setAttribute("generator", "FakeTensor digits, version 1")
            try file.setAttribute("seed", String(seed))
        }
    }
}
