import CHDF5
import Tensor

extension HDF5Entry {
    /// Describes an open dataset; the caller holds the lock.
    init(_ file: HDF5File, _ path: String, _ id: hid_t, _ type: HDF5Type?) throws {
        self.path = path
        guard let type, let dimensions = HDF5Entry.dimensions(of: id) else {
            throw DataError(file.path, "'\(path)' is damaged; make the file again")
        }
        self.dimensions = dimensions
        dtype = type.dtype
        typeName = HDF5Entry.typeName(id, type)
        (chunks, filters) = HDF5Entry.layout(of: id, rank: dimensions.count)
        storedBytes = Int(clamping: H5Dget_storage_size(id))
        content = HDF5Entry.content(of: id, dimensions, storedBytes)
    }

    /// Elements of external files and virtual datasets are stored elsewhere.
    private static func content(of id: hid_t, _ dimensions: [Int], _ storedBytes: Int) -> Content {
        let isNull = HDF5Library.with(H5Dget_space(id), H5Sclose) {
            H5Sget_simple_extent_type($0) == H5S_NULL
        }
        if isNull == true { return .null }
        if storedBytes > 0 || dimensions.contains(0) { return .stored }
        let isElsewhere = HDF5Library.with(H5Dget_create_plist(id), H5Pclose) { plist in
            H5Pget_external_count(plist) > 0 || H5Pget_layout(plist) == H5D_VIRTUAL
        }
        return isElsewhere == false ? .unwritten : .stored
    }

    /// The sizes of the dimensions, none without a shape; nil where they are unreadable or beyond
    /// an Int.
    private static func dimensions(of id: hid_t) -> [Int]? {
        HDF5Library.with(H5Dget_space(id), H5Sclose) { space -> [Int]? in
            let rank = H5Sget_simple_extent_ndims(space)
            guard rank >= 0 else { return nil }
            var sizes = [hsize_t](repeating: 0, count: Int(rank))
            guard H5Sget_simple_extent_dims(space, &sizes, nil) >= 0 else { return nil }
            let values = sizes.compactMap { Int(exactly: $0) }
            return values.count == sizes.count ? values : nil
        } ?? nil
    }

    /// How far each dimension may grow.
    static func maximumDimensions(of id: hid_t) -> [Int]? {
        HDF5Library.with(H5Dget_space(id), H5Sclose) { space -> [Int]? in
            let rank = H5Sget_simple_extent_ndims(space)
            guard rank >= 0 else { return nil }
            var sizes = [hsize_t](repeating: 0, count: Int(rank))
            guard H5Sget_simple_extent_dims(space, nil, &sizes) >= 0 else { return nil }
            return sizes.map { Int(clamping: $0) }
        } ?? nil
    }

    private static func typeName(_ id: hid_t, _ type: HDF5Type) -> String {
        if case .unsupported(let name) = type { return name }
        let name = HDF5Library.with(H5Dget_type(id), H5Tclose) { stored in
            let bits = H5Tget_size(stored) * 8
            switch H5Tget_class(stored) {
            case H5T_INTEGER: return (H5Tget_sign(stored) == H5T_SGN_2 ? "int" : "uint") + "\(bits)"
            case H5T_FLOAT: return type.dtype == .bfloat16 ? "bfloat16" : "float\(bits)"
            default: return type.dtype == .bool ? "bool" : "named \(type.dtype?.name ?? "values")"
            }
        }
        return name ?? "unknown"
    }

    private static func layout(of id: hid_t, rank: Int) -> (chunks: [Int]?, filters: [String]) {
        let plist = H5Dget_create_plist(id)
        return HDF5Library.with(plist, H5Pclose) { plist in
            guard H5Pget_layout(plist) == H5D_CHUNKED else { return (nil, []) }
            var sizes = [hsize_t](repeating: 0, count: rank)
            guard rank > 0, H5Pget_chunk(plist, Int32(rank), &sizes) >= 0 else { return (nil, []) }
            return (sizes.map { Int(clamping: $0) }, filters(of: plist))
        } ?? (nil, [])
    }

    private static func filters(of plist: hid_t) -> [String] {
        let count = max(0, H5Pget_nfilters(plist))
        return (0..<UInt32(count)).map { index in
            var (flags, values, settings) = (UInt32(0), 0, UInt32(0))
            let filter = H5Pget_filter2(plist, index, &flags, &values, nil, 0, nil, &settings)
            switch filter {
            case H5Z_filter_t(H5Z_FILTER_DEFLATE): return "deflate"
            case H5Z_filter_t(H5Z_FILTER_SHUFFLE): return "shuffle"
            case H5Z_filter_t(H5Z_FILTER_FLETCHER32): return "fletcher32"
            case H5Z_filter_t(H5Z_FILTER_SZIP): return "szip"
            case H5Z_filter_t(H5Z_FILTER_SCALEOFFSET): return "scaleoffset"
            case H5Z_filter_t(H5Z_FILTER_NBIT): return "nbit"
            default: return "filter \(filter)"
            }
        }
    }
}
