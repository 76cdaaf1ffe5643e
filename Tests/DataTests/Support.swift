import CHDF5
import CHDF5Shim
import FTSupport
import Glibc
import Tensor
import Testing

@testable import Datasets

/// A folder that goes away with the test that made it.
final class TemporaryFolder {
    let path: String

    init() {
        var template = Array("/tmp/fakeTensorDataXXXXXX".utf8CString)
        path = mkdtemp(&template).map { String(cString: $0) } ?? "/tmp"
    }

    deinit {
        var names: [String] = []
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                names.append(
                    withUnsafeBytes(of: entry.pointee.d_name) {
                        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                    })
            }
            closedir(folder)
        }
        for name in names where name != "." && name != ".." {
            unlink("\(path)/\(name)")
            rmdir("\(path)/\(name)")
        }
        rmdir(path)
    }

    subscript(name: String) -> String { "\(path)/\(name)" }

    func write(_ name: String, _ bytes: [UInt8]) -> String {
        let file = fopen(self[name], "wb")
        bytes.withUnsafeBytes { _ = fwrite($0.baseAddress, 1, $0.count, file) }
        fclose(file)
        return self[name]
    }

    func write(_ name: String, _ text: String) -> String { write(name, Array(text.utf8)) }

    func bytes(_ name: String) -> [UInt8] {
        (try? FileBytes.read(self[name])) ?? []
    }

    /// What the error says, with this folder's path left out; nil without one.
    func sentence(_ body: () throws -> some Any) -> String? {
        do {
            _ = try body()
            return nil
        } catch {
            return "\(error)".split(separator: path + "/", omittingEmptySubsequences: false)
                .joined()
        }
    }
}

/// Arrays with values that any dtype holds.
func sample(_ shape: Shape, _ dtype: DType) -> NDArray {
    let values = (0..<shape.elementCount).map { Int64(dtype == .bool ? $0 % 2 : $0 * 7 % 101) }
    return NDArray(values, shape).cast(to: dtype)
}

/// Whether dtype, shape and every bit agree.
func same(_ a: NDArray, _ b: NDArray) -> Bool {
    guard a.dtype == b.dtype, a.shape == b.shape else { return false }
    return a.withUnsafeBytes { x in b.withUnsafeBytes { y in x.elementsEqual(y) } }
}

/// HDF5 files with things in them that the writer doesn't write.
enum RawHDF5 {
    static func create(_ path: String, _ body: (hid_t) -> Void) {
        HDF5Library.locked {
            let file = H5Fcreate(path, h5x_truncate(), hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
            body(file)
            H5Fclose(file)
        }
    }

    /// An integer type of any size, sign and byte order.
    static func integer(_ size: Int, signed: Bool, bigEndian: Bool = false) -> hid_t {
        let type = H5Tcopy(h5x_integer(4, 1))
        H5Tset_size(type, size)
        H5Tset_precision(type, size * 8)
        H5Tset_sign(type, signed ? H5T_SGN_2 : H5T_SGN_NONE)
        if bigEndian { H5Tset_order(type, H5T_ORDER_BE) }
        return type
    }

    /// Adds a virtual dataset, int32 [sources × rows, width], of others of a file.
    static func join(
        _ path: String, _ name: String, _ sources: [String], rows: Int, width: Int, in file: String
    ) throws {
        try HDF5Library.locked {
            // H5F_ACC_RDWR, a macro that Swift can't see.
            let id = H5Fopen(path, 1, hid_t(H5P_DEFAULT))
            try #require(id >= 0)
            let whole = H5Screate_simple(2, [hsize_t(rows * sources.count), hsize_t(width)], nil)
            let part = H5Screate_simple(2, [hsize_t(rows), hsize_t(width)], nil)
            let layout = h5x_dataset_creation()
            for (index, source) in sources.enumerated() {
                H5Sselect_hyperslab(
                    whole, H5S_SELECT_SET, [hsize_t(index * rows), 0], nil,
                    [hsize_t(rows), hsize_t(width)], nil)
                H5Pset_virtual(layout, whole, file, source, part)
            }
            H5Sselect_all(whole)
            let plain = hid_t(H5P_DEFAULT)
            H5Dclose(H5Dcreate2(id, name, h5x_integer(4, 1), whole, plain, layout, plain))
            H5Pclose(layout)
            H5Sclose(part)
            H5Sclose(whole)
            H5Fclose(id)
        }
    }

    /// A dataset of `stored` elements; `values` are written from `memory`'s type if given.
    static func add(
        _ file: hid_t, _ name: String, _ dimensions: [Int], stored: hid_t,
        layout: hid_t = hid_t(H5P_DEFAULT), _ values: [Int64]? = nil
    ) {
        let sizes = dimensions.map { hsize_t($0) }
        let space =
            sizes.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(sizes.count), sizes, nil)
        let id = H5Dcreate2(
            file, name, stored, space, hid_t(H5P_DEFAULT), layout, hid_t(H5P_DEFAULT))
        if let values {
            H5Dwrite(
                id, h5x_integer(8, 1), hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), values)
        }
        H5Dclose(id)
        H5Sclose(space)
    }
}
