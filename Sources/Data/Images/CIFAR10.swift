import FTSupport
import Tensor

/// The binary files of CIFAR-10: records of a class and 32×32 pixels, red, then green, then blue.
///
/// Source: Krizhevsky, "The CIFAR-10 dataset", https://www.cs.toronto.edu/~kriz/cifar.html.
public enum CIFAR10 {
    /// The names of the classes, in order.
    public static let classes = [
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
    ]
    private static let trainFiles = (1...5).map { "data_batch_\($0).bin" }
    private static let testFiles = ["test_batch.bin"]
    private static let archive = "cifar-10-batches-bin"
    private static let pixels = 3 * 32 * 32
    private static var record: Int { pixels + 1 }

    /// Writes train/images and test/images, uint8 [count, 3, 32, 32], and train/labels and
    /// test/labels.
    ///
    /// Throws where a file is missing or damaged.
    ///
    /// - Parameter folder: that of the files, or the one in which the archive was unpacked.
    package static func write(_ folder: String, to file: HDF5Writer) throws {
        let inner = "\(folder)/\(archive)"
        let folder = Folder.exists(inner) ? inner : folder
        for (part, names) in [("train", trainFiles), ("test", testFiles)] {
            let paths = names.map { "\(folder)/\($0)" }
            let counts = try paths.map { try recordCount($0, in: folder) }
            let count = counts.reduce(0, +)
            var labels: [UInt8] = []
            var left = paths[...]
            try file.write("\(part)/images", [count, 3, 32, 32], .uint8, deflate: 1) { _ in
                guard let path = left.popFirst() else { return nil }
                let (images, found) = try read(path)
                labels += found
                return images
            }
            try file.write("\(part)/labels", NDArray(labels))
        }
    }

    /// How many records a file has by its size.
    private static func recordCount(_ path: String, in folder: String) throws -> Int {
        if !Folder.exists(folder) {
            throw DataError(folder, "there is no such folder; check the path")
        }
        let python = String(path.dropLast(4))
        if (try? DataFile.size(path)) == nil, (try? DataFile.size(python)) != nil {
            throw DataError(
                python,
                "this is the version for Python; download the binary version, whose files "
                    + "end in .bin")
        }
        let size = try DataFile.requireContent(path)
        guard size % record == 0 else {
            throw DataError(
                path,
                "\(Format.grouped(size)) bytes are no whole number of records of "
                    + "\(Format.grouped(record)); download it again")
        }
        return size / record
    }

    private static func read(_ path: String) throws -> (images: NDArray, labels: [UInt8]) {
        let file = try DataFile.map(path)
        defer { withExtendedLifetime(file) {} }
        let count = file.bytes.count / record
        let images = NDArray(uninitialized: [count, 3, 32, 32], .uint8, on: CPUBackend.shared)
        var labels: [UInt8] = []
        try images.withUnsafeMutableBytes { out in
            for index in 0..<count {
                let label = file.bytes[index * record]
                guard label < classes.count else {
                    throw DataError(
                        path,
                        "record \(Format.grouped(index)) is of class \(label), and there are "
                            + "\(classes.count); download the file again")
                }
                labels.append(label)
                let start = index * record + 1
                let target = UnsafeMutableRawBufferPointer(rebasing: out[(index * pixels)...])
                target.copyMemory(from: .init(rebasing: file.bytes[start..<start + pixels]))
            }
        }
        return (images, labels)
    }
}
