import CZlib
import FTSupport

/// Reads a file that may be compressed with gzip; plain ones pass through.
final class GzipInput {
    private let path: String
    private let file: gzFile
    /// The size of the file as it lies on the disk.
    let fileBytes: Int

    /// Throws where the file can't be read.
    init(_ path: String) throws {
        self.path = path
        fileBytes = try DataFile.requireContent(path)
        guard let file = gzopen(path, "rb") else {
            throw DataError(path, FileProblem.last.whileReading)
        }
        self.file = file
    }

    deinit { gzclose(file) }

    /// Whether `count` bytes can come out of this file: gzip packs at most 1032 into one.
    func mayHold(_ count: Int) -> Bool {
        gzdirect(file) != 0 ? count <= fileBytes : count / 1032 <= fileBytes
    }

    /// The next `count` bytes; throws where there are fewer. `part` names them in the sentence.
    func take(_ count: Int, _ part: String) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBytes { try take($0, part) }
        return bytes
    }

    /// Fills `bytes` with what comes next; throws where there is less.
    func take(_ bytes: UnsafeMutableRawBufferPointer, _ part: String) throws {
        var filled = 0
        while filled < bytes.count {
            let wanted = UInt32(min(bytes.count - filled, 1 << 24))
            let read = gzread(file, bytes.baseAddress.map { $0 + filled }, wanted)
            guard read > 0 else { throw shortError(part) }
            filled += Int(read)
        }
    }

    /// Whether nothing follows what was taken.
    var isAtEnd: Bool {
        var byte: UInt8 = 0
        return gzread(file, &byte, 1) == 0
    }

    private func shortError(_ part: String) -> DataError {
        var code: Int32 = 0
        gzerror(file, &code)
        if code == Z_DATA_ERROR {
            return DataError(path, "the gzip data are damaged; copy or download it again")
        }
        return DataError(path, "the file ends within its \(part); copy or download it again")
    }
}
