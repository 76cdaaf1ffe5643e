import FTSupport
import Glibc
import Training

/// A data file that other data may take the place of.
struct ReplacedData {
    private let path: String
    private let old: MappedFile

    /// Remembers a file; nil where there is none.
    init?(_ path: String) {
        guard let old = try? MappedFile(path: path) else { return nil }
        (self.path, self.old) = (path, old)
    }

    /// Warns where a file holds other data, for runs may have been trained on those that go.
    ///
    /// - Parameters:
    ///   - other: the new file.
    ///   - remedy: what would have kept the old.
    func warn(unlessSameAs other: String, _ remedy: String) {
        if let new = try? MappedFile(path: other), new.bytes.count == old.bytes.count {
            guard let (first, second) = pair(old.bytes, new.bytes) else { return }
            if memcmp(first, second, old.bytes.count) == 0 { return }
        }
        Terminal.warn(
            "fttrain: \(path): other data take its place; runs trained on it can't be measured or "
                + "resumed any more (\(remedy) would have kept it)")
    }

    private func pair(
        _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer
    ) -> (UnsafeRawPointer, UnsafeRawPointer)? {
        first.baseAddress.flatMap { first in second.baseAddress.map { (first, $0) } }
    }
}
