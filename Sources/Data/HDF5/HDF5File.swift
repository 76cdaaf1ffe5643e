import CHDF5
import CHDF5Shim
import Glibc

/// An HDF5 file open for reading.
///
/// Safe to use from several threads: calls take turns.
public final class HDF5File: Sendable {
    /// The path as given.
    public let path: String
    let id: hid_t

    /// Opens a file.
    ///
    /// Throws where it is missing, unreadable, not HDF5 or cut short.
    public init(_ path: String) throws {
        self.path = path
        try HDF5File.checkReadable(path)
        id = try HDF5Library.locked {
            let opened = HDF5Library.with(h5x_file_access(), H5Pclose) { access in
                H5Fopen(path, h5x_read_only(), access)
            }
            guard let id = opened, id >= 0 else { throw HDF5File.openError(path) }
            return id
        }
    }

    deinit { HDF5Library.locked { _ = H5Fclose(id) } }

    /// The size of the file in bytes.
    public var byteCount: Int { (try? fileSize(path)) ?? 0 }

    private static func checkReadable(_ path: String) throws {
        let size = try fileSize(path)
        guard size > 0 else { throw DataError(path, "the file is empty; make it again") }
    }

    private static func openError(_ path: String) -> DataError {
        let reason = HDF5Library.lastError
        if HDF5Library.locked({ H5Fis_hdf5(path) }) <= 0 {
            return DataError(
                path,
                "this is not an HDF5 file; convert other formats with 'fttrain data'")
        }
        if reason.contains("truncated") {
            return DataError(path, "the file is cut short; copy or download it again")
        }
        return DataError(path, "the HDF5 file is damaged (\(reason)); copy or make it again")
    }
}

/// The size of a regular file, or the sentence on why there is none.
func fileSize(_ path: String) throws -> Int {
    var status = stat()
    guard stat(path, &status) == 0 else {
        if errno == ENOENT || errno == ENOTDIR {
            throw DataError(path, "there is no such file; check the path")
        }
        throw DataError(path, "can't be opened: \(systemError())")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
        throw DataError(path, "this is not a file; name a data file")
    }
    guard access(path, R_OK) == 0 else {
        throw DataError(path, "can't be read: \(systemError())")
    }
    return Int(status.st_size)
}

/// What the system says about the call that just failed.
func systemError() -> String {
    let code = errno
    return strerror(code).map { String(cString: $0).lowercased() } ?? "error \(code)"
}
