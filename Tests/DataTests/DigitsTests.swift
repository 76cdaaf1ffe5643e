import CKernels
import Tensor
import Testing

@testable import Datasets

@Suite("The default digits")
struct DigitsTests {
    /// FNV-1a over the bytes.
    private func checksum(_ array: NDArray) -> UInt64 {
        array.withUnsafeBytes { bytes in
            bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        }
    }

    @Test("the same seed draws the same images everywhere")
    func deterministic() {
        let (images, labels) = Digits.make(count: 50, seed: 42)
        #expect(checksum(images) == 13_376_808_283_416_914_195)
        #expect(checksum(labels) == 17_085_333_866_031_738_856)
        #expect(!same(images, Digits.make(count: 50, seed: 43).images))
        #expect(!same(images, Digits.make(count: 50, seed: 42, part: "test").images))
    }

    @Test("digits are balanced, in random order, bright on dark")
    func content() {
        let (images, labels) = Digits.make(count: 100, seed: 7)
        let digits = labels.values(as: Int.self)
        #expect(digits != digits.sorted())
        for digit in 0..<10 { #expect(digits.count { $0 == digit } == 10) }
        let pixels = images.reshape([100, 784]).cast(to: .float32)
        let brightest = pixels.reduce(.maximum, axes: [1]).values(as: Float.self)
        #expect(brightest.allSatisfy { $0 > 120 })
        let mean = pixels.reduce(.sum, axes: [1]).values(as: Float.self).map { $0 / 784 }
        #expect(mean.allSatisfy { $0 > 5 && $0 < 110 })
    }

    @Test("every style of every digit can be drawn", arguments: 0..<10)
    func styles(digit: Int) {
        #expect(DigitOutlines.styles(of: digit).count >= 3)
        var images: Set<[UInt8]> = []
        for seed in 0..<20 {
            var pixels = [UInt8](repeating: 0, count: 784)
            var pen = DigitPen(Random(seed: UInt64(seed)))
            pixels.withUnsafeMutableBufferPointer { pen.draw(digit, into: $0) }
            images.insert(pixels)
        }
        #expect(images.count == 20)
    }

    @Test("the file has the layout of MNIST's and says how it was made")
    func layout() throws {
        let folder = TemporaryFolder()
        try Digits.write(to: folder["digits.h5"], seed: 1, train: 60, test: 20)
        let file = try HDF5File(folder["digits.h5"])
        #expect(file.attribute("generator") == "FakeTensor digits, version 1")
        #expect(file.attribute("seed") == "1")
        #expect(file.attribute("author") == nil)
        let entries = try file.entries()
        #expect(
            entries.map(\.path) == ["test/images", "test/labels", "train/images", "train/labels"])
        #expect(entries.allSatisfy { $0.dtype == .uint8 })
        #expect(entries[2].dimensions == [60, 28, 28])
        #expect(entries[2].filters == ["deflate"])
        let dataset = try Dataset.open(
            folder["digits.h5"], inputs: "test/images", targets: "test/labels")
        #expect(
            same(
                try dataset.read(0..<20).inputs[0],
                Digits.make(count: 20, seed: 1, part: "test").images))
    }
}
