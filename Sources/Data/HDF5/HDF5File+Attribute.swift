internal import CHDF5
import FTJSON

extension HDF5File {
    /// The longest text that is read.
    private static let longest = 1 << 16

    /// The text of an attribute of a dataset, or of the file where `name` is empty, as
    /// `HDF5Writer.setAttribute` or h5py write it; a list of texts as a JSON array. Nil without.
    public func attribute(_ key: String, on name: String = "") -> String? {
        HDF5Library.locked {
            let object = H5Oopen(id, name.isEmpty ? "/" : name, hid_t(H5P_DEFAULT))
            return HDF5Library.with(object, H5Oclose) { object in
                HDF5Library.with(H5Aopen(object, key, hid_t(H5P_DEFAULT)), H5Aclose) {
                    HDF5File.text(of: $0)
                } ?? nil
            } ?? nil
        }
    }

    private static func text(of attribute: hid_t) -> String? {
        let size = Int(clamping: H5Aget_storage_size(attribute))
        let (count, isList) =
            HDF5Library.with(H5Aget_space(attribute), H5Sclose) { space in
                (Int(H5Sget_simple_extent_npoints(space)), H5Sget_simple_extent_ndims(space) > 0)
            } ?? (0, false)
        guard size > 0, size < longest, count > 0 else { return nil }
        return HDF5Library.with(H5Aget_type(attribute), H5Tclose) { type -> String? in
            guard H5Tget_class(type) == H5T_STRING else { return nil }
            let texts =
                H5Tis_variable_str(type) > 0
                ? pointed(attribute, type, count) : inline(attribute, type, count, size)
            return isList ? texts.map { JSONValue.strings($0).text() } : texts?.first
        } ?? nil
    }

    /// Texts of a fixed length.
    private static func inline(
        _ attribute: hid_t, _ type: hid_t, _ count: Int, _ size: Int
    ) -> [String]? {
        var bytes = [UInt8](repeating: 0, count: size)
        guard H5Aread(attribute, type, &bytes) >= 0 else { return nil }
        let length = size / count
        return (0..<count).map { place in
            String(
                decoding: bytes[place * length..<(place + 1) * length].prefix { $0 != 0 },
                as: UTF8.self)
        }
    }

    /// Texts of any length, which the library allocates.
    private static func pointed(_ attribute: hid_t, _ type: hid_t, _ count: Int) -> [String]? {
        var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
        guard H5Aread(attribute, type, &pointers) >= 0 else { return nil }
        defer { for pointer in pointers { _ = H5free_memory(pointer) } }
        return pointers.map { $0.map { String(cString: $0) } ?? "" }
    }
}
