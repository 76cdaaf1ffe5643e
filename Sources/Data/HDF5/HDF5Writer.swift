import CHDF5
import CHDF5Shim
import FTSupport
import Glibc
public import Tensor

/// Fills a new HDF5 file, which appears under its name only when it is complete.
public final class HDF5Writer {
    private let path: String
    private let id: hid_t

    private init(_ path: String, _ id: hid_t) {
        self.path = path
        self.id = id
    }

    /// Creates the file at `path`, or replaces it, with what `body` writes.
    ///
    /// It grows under a temporary name beside `path` and is renamed at the end, so a crash or an
    /// error leaves whatever was there.
    ///
    /// - Parameter replaces: whether it may take the place of a file; else it throws where one is
    ///   there at the end.
    public static func create(
        _ path: String, replaces: Bool = true, _ body: (HDF5Writer) throws -> Void
    ) throws {
        try DataFile.write(path, replaces: replaces) { output in
            let id = try HDF5Library.locked {
                let opened = HDF5Library.with(h5x_file_access(), H5Pclose) {
                    H5Fcreate(output.temporary, h5x_truncate(), hid_t(H5P_DEFAULT), $0)
                }
                guard let id = opened, id >= 0 else {
                    throw failure(path, "can't be created", "check the folder and the disk")
                }
                return id
            }
            let result = Result { try body(HDF5Writer(path, id)) }
            let problem = HDF5Library.locked {
                H5Fclose(id) < 0 ? failure(path, "can't be written", "check the disk") : nil
            }
            try result.get()
            if let problem { throw problem }
        }
    }

    /// What libhdf5 last complained about: where the system refused something, in our words, else in
    /// its own; to be called while still locked.
    private static func failure(_ path: String, _ what: String, _ remedy: String) -> DataError {
        let reason = HDF5Library.lastError
        for code in [ENOSPC, EDQUOT, EFBIG, EIO] where reason.contains("errno = \(code),") {
            return DataError(path, FileProblem.system(code).whileWriting)
        }
        return DataError(path, "\(what) (\(reason)); \(remedy)")
    }

    /// Writes an array at a path inside the file; groups on the way are made.
    ///
    /// With `deflate` (1 fast … 9 small) the rows are stored in compressed chunks of `chunkRows`,
    /// by default about 256 KiB.
    public func write(
        _ name: String, _ array: NDArray, chunkRows: Int? = nil, deflate: Int? = nil
    ) throws {
        try array.withUnsafeBytes { bytes in
            try HDF5Library.locked {
                let isWritten = create(name, array.shape, array.dtype, chunkRows, deflate) {
                    dataset, type in
                    guard let base = bytes.baseAddress, !bytes.isEmpty else { return true }
                    let everything = hid_t(H5S_ALL)
                    return H5Dwrite(dataset, type, everything, everything, hid_t(H5P_DEFAULT), base)
                        >= 0
                }
                if isWritten != true { throw writeError(name) }
            }
        }
    }

    private func writeError(_ name: String) -> DataError {
        HDF5Writer.failure(
            path, "'\(name)' can't be written",
            "check that the name is free and the disk has space")
    }

    /// Writes an array whose rows come one piece after the other.
    ///
    /// - Parameter next: gives the next rows, at most so many; nil at the end.
    func write(
        _ name: String, _ shape: Shape, _ dtype: DType, deflate: Int,
        next: (Int) throws -> NDArray?
    ) throws {
        try HDF5Library.locked {
            var failure: (any Error)?
            let isWritten = create(name, shape, dtype, nil, deflate) { dataset, type in
                do {
                    var row = 0
                    let size = HDF5Writer.chunkRows(shape, dtype) * 64
                    while let piece = try next(size) {
                        guard HDF5Writer.write(piece, to: dataset, type, at: row) else {
                            return false
                        }
                        row += piece.shape[0]
                    }
                    return true
                } catch {
                    failure = error
                    return false
                }
            }
            if let failure { throw failure }
            if isWritten != true { throw writeError(name) }
        }
    }

    /// Writes rows of an open dataset; false where libhdf5 refuses.
    private static func write(
        _ rows: NDArray, to dataset: hid_t, _ type: hid_t, at first: Int
    ) -> Bool {
        let sizes = rows.shape.map { hsize_t($0) }
        var start = [hsize_t](repeating: 0, count: sizes.count)
        start[0] = hsize_t(first)
        let isWritten = HDF5Library.with(H5Dget_space(dataset), H5Sclose) { space -> Bool in
            let memory = H5Screate_simple(Int32(sizes.count), sizes, nil)
            return HDF5Library.with(memory, H5Sclose) { memory in
                let status = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, nil, sizes, nil)
                guard status >= 0 else { return false }
                return rows.withUnsafeBytes { bytes in
                    guard let base = bytes.baseAddress, !bytes.isEmpty else { return true }
                    return H5Dwrite(dataset, type, memory, space, hid_t(H5P_DEFAULT), base) >= 0
                }
            } ?? false
        }
        return isWritten ?? false
    }

    /// Attaches a text to a dataset, or to the file where `name` is empty.
    public func setAttribute(_ key: String, _ text: String, on name: String = "") throws {
        let bytes = Array(text.utf8)
        try HDF5Library.locked {
            let object = H5Oopen(id, name.isEmpty ? "/" : name, hid_t(H5P_DEFAULT))
            let isWritten = HDF5Library.with(object, H5Oclose) { object in
                HDF5Library.with(h5x_text(max(1, bytes.count)), H5Tclose) { type in
                    HDF5Library.with(H5Screate(H5S_SCALAR), H5Sclose) { space in
                        let attribute = h5x_create_attribute(object, key, type, space)
                        return HDF5Library.with(attribute, H5Aclose) {
                            H5Awrite($0, type, bytes.isEmpty ? [0] : bytes) >= 0
                        } ?? false
                    } ?? false
                } ?? false
            }
            if isWritten != true {
                throw HDF5Writer.failure(
                    path, "attribute '\(key)' of '\(name.isEmpty ? "/" : name)' can't be written",
                    "check that it is new, short and that the disk has space")
            }
        }
    }

    private func create(
        _ name: String, _ shape: Shape, _ dtype: DType, _ chunkRows: Int?, _ deflate: Int?,
        _ body: (hid_t, hid_t) -> Bool
    ) -> Bool? {
        let sizes = shape.map { hsize_t($0) }
        let space = H5Screate_simple(Int32(sizes.count), sizes, nil)
        return HDF5Library.with(space, H5Sclose) { space -> Bool? in
            HDF5Library.with(h5x_link_creation(), H5Pclose) { links -> Bool? in
                HDF5Library.with(h5x_dataset_creation(), H5Pclose) { layout -> Bool? in
                    guard HDF5Writer.setChunks(layout, shape, dtype, chunkRows, deflate) else {
                        return nil
                    }
                    return HDF5Type.with(dtype) { type -> Bool? in
                        let id = H5Dcreate2(
                            self.id, name, type, space, links, layout, hid_t(H5P_DEFAULT))
                        return HDF5Library.with(id, H5Dclose) { body($0, type) }
                    } ?? nil
                } ?? nil
            } ?? nil
        } ?? nil
    }

    /// Asks for chunks and filters; false where libhdf5 refuses one.
    static func setChunks(
        _ layout: hid_t, _ shape: Shape, _ dtype: DType, _ rows: Int?, _ deflate: Int?
    ) -> Bool {
        guard rows != nil || deflate != nil, shape.elementCount > 0, shape.rank > 0 else {
            return true
        }
        var chunk = shape.map { hsize_t($0) }
        chunk[0] = hsize_t(min(shape[0], max(1, rows ?? chunkRows(shape, dtype))))
        guard H5Pset_chunk(layout, Int32(chunk.count), chunk) >= 0 else { return false }
        guard let deflate else { return true }
        if dtype.size > 1, H5Pset_shuffle(layout) < 0 { return false }
        return H5Pset_deflate(layout, UInt32(min(max(deflate, 0), 9))) >= 0
    }

    /// As many rows as make about 256 KiB, at least one.
    private static func chunkRows(_ shape: Shape, _ dtype: DType) -> Int {
        let rowBytes = shape.dropFirst().reduce(dtype.size, *)
        return max(1, (256 << 10) / max(1, rowBytes))
    }
}
