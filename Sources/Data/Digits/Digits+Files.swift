import FTSupport
import Tensor

extension Digits {
    /// Writes drawn digits as files, FOLDER/3/00007.png for the eighth 3.
    ///
    /// Throws where a file can't be written, and then leaves none.
    package static func writeFiles(to folder: String, seed: UInt64, count: Int) throws {
        let (images, labels) = make(count: count, seed: seed)
        let pixels = images.values(as: UInt8.self)
        let (side, area) = (InkCanvas.side, InkCanvas.side * InkCanvas.side)
        var counts = [Int](repeating: 0, count: 10)
        var isWhole = false
        defer { if !isWhole { removeFiles(folder) } }
        for (index, label) in labels.values(as: Int.self).enumerated() {
            let digits = "\(counts[label])"
            let name = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
            counts[label] += 1
            let file = PNGFile.encoded(
                width: side, height: side, channels: 1,
                Array(pixels[index * area..<(index + 1) * area]))
            try DataFile.write("\(folder)/\(label)/\(name).png", replaces: false) {
                try $0.write(file)
            }
        }
        isWhole = true
    }

    /// Removes what was written of a folder that wasn't there before.
    private static func removeFiles(_ folder: String) {
        for label in 0..<10 { Folder.remove("\(folder)/\(label)") }
        Folder.remove(folder)
    }
}
