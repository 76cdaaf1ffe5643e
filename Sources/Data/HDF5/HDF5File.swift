import CHDF5
import CHDF5Shim

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
        try DataFile.requireContent(path)
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
    public var byteCount: Int { (try? DataFile.size(path)) ?? 0 }

    private static func openError(_ path: String) -> DataError {
        let reason = HDF5Library.lastError
        if HDF5Library.locked({ H5Fis_hdf5(path) }) <= 0 {
            return DataError(
                path,
                path.hasSuffix(".npz")
                    ? "arrays of NumPy are read one a file, as .npy; save each with numpy.save"
                    : "this is not an HDF5 file; convert other formats with 'fttrain data'")
        }
        if reason.contains("truncated") {
            return DataError(path, "the file is cut short; copy or download it again")
        }
        return DataError(path, "the HDF5 file is damaged (\(reason)); copy or make it again")
    }
}
