internal import FTSupport
import Glibc

/// Compiled kernels on the disk, found by a text that names everything that they were made of.
///
/// A file holds that text, what was made of it, and the SHA-256 of both: one that was cut off,
/// changed or made of something else counts as none. It is replaced as a whole, so that programs
/// may write at once. What others may have written isn't read.
package struct CubinCache: Sendable {
    /// The folder, which belongs to this user alone.
    package let folder: String

    /// - Parameter folder: it is made where it is missing.
    package init(folder: String) { self.folder = folder }

    /// `faketensor` among the user's caches; nil where the environment names no such place.
    package static var standard: CubinCache? {
        func environment(_ name: String) -> String? {
            getenv(name).map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
        }
        let caches = environment("XDG_CACHE_HOME") ?? environment("HOME").map { "\($0)/.cache" }
        return caches.map { CubinCache(folder: "\($0)/faketensor") }
    }

    /// What was compiled of `key`; nil where it isn't there or can't be trusted.
    package func image(of key: String) -> [UInt8]? {
        guard isPrivate(folder),
            let bytes = try? FileBytes.read(path(of: key), limit: 1 << 30),
            isOwn(path(of: key))
        else { return nil }
        let start = CubinCache.header(key)
        guard bytes.count > start.count + 32, bytes.starts(with: start) else { return nil }
        let body = Array(bytes.dropLast(32))
        guard SHA256.digest(body) == Array(bytes.suffix(32)) else { return nil }
        return Array(body.dropFirst(start.count))
    }

    /// Keeps what was compiled of `key`; where that can't be done it is compiled again next time.
    package func keep(_ image: [UInt8], of key: String) {
        if !Folder.exists(folder) {
            try? Folder.make(of: folder)
            mkdir(folder, 0o700)
        }
        guard isPrivate(folder) else { return }
        let body = CubinCache.header(key) + image
        let file = AtomicFile<FileProblem>(path(of: key)) { $0 }
        try? file.write { output throws(FileProblem) in
            try output.write(body + SHA256.digest(body))
        }
    }

    /// Whether a folder is this user's, and nobody else may write there.
    private func isPrivate(_ path: String) -> Bool {
        var status = stat()
        return isOwn(path) && lstat(path, &status) == 0 && status.st_mode & 0o022 == 0
    }

    /// Whether a file or folder is this user's, and no link to another.
    private func isOwn(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFLNK
            && status.st_uid == geteuid()
    }

    private func path(of key: String) -> String {
        "\(folder)/\(SHA256.text(Array(key.utf8))).cubin"
    }

    private static func header(_ key: String) -> [UInt8] {
        Array("FakeTensor kernels 1\n\(key.utf8.count)\n\(key)\n".utf8)
    }
}
