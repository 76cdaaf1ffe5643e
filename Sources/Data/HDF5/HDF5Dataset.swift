import CHDF5
import CHDF5Shim
import FTSupport
public import Tensor

/// One array of numbers in an HDF5 file, read in whole or in rows: positions along the first axis.
public final class HDF5Dataset: Sendable {
    /// The file that holds it, open for as long as this lives.
    public let file: HDF5File
    /// The path inside the file.
    public let path: String
    /// What the file says of it.
    public let entry: HDF5Entry
    let id: hid_t
    let type: HDF5Type

    /// Opens the dataset at a path inside a file.
    ///
    /// Throws where there is none, or it isn't an array of numbers with at least one axis.
    public convenience init(_ file: HDF5File, _ path: String) throws {
        try self.init(file, path, allowingAnyType: false)
    }

    init(_ file: HDF5File, _ path: String, allowingAnyType: Bool) throws {
        let path = HDF5Dataset.trimmed(path)
        self.file = file
        self.path = path
        (id, type, entry) = try HDF5Library.locked {
            let id = try HDF5Dataset.open(file, path)
            do {
                let type = HDF5Library.with(H5Dget_type(id), H5Tclose) { HDF5Type($0) }
                let entry = try HDF5Entry(file, path, id, type)
                return (id, type ?? .unsupported("elements of an unknown kind"), entry)
            } catch {
                H5Dclose(id)
                throw error
            }
        }
        if !allowingAnyType { try checkNumeric() }
    }

    deinit { HDF5Library.locked { _ = H5Dclose(id) } }

    /// The dtype of what reading gives.
    public var dtype: DType { type.dtype ?? .uint8 }
    /// The number of rows.
    public var count: Int { entry.dimensions.first ?? 0 }
    /// The shape of the whole.
    public var shape: Shape { Shape(entry.dimensions) }
    /// The shape of one row.
    public var rowShape: Shape { Shape(entry.dimensions.dropFirst()) }
    /// Bytes of one row in memory.
    public var rowBytes: Int { rowShape.elementCount * dtype.size }
    /// Rows that are stored, and best read, together.
    public var chunkRows: Int { max(1, entry.chunks?.first ?? 1) }

    func error(_ problem: String) -> DataError { DataError(file.path, "'\(path)' \(problem)") }

    private static func trimmed(_ path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: true).joined(separator: "/")
    }

    private func checkNumeric() throws {
        if case .unsupported(let name) = type {
            throw error("holds \(name), not numbers; store it as an array of one numeric type")
        }
        switch entry.content {
        case .stored: break
        case .unwritten:
            throw error("was made, but its elements were never written; write them")
        case .null: throw error("holds nothing, not even a shape; write elements into it")
        }
        if entry.dimensions.isEmpty {
            throw error("is a single value; data needs a first axis that counts the examples")
        }
        if entry.dimensions.count > Shape.maximumRank {
            throw error(
                "has \(entry.dimensions.count) dimensions, more than the \(Shape.maximumRank)"
                    + " supported; store it with fewer")
        }
        try checkPlausible()
        try checkChunks()
        try HDF5Library.locked { try checkSources() }
    }

    /// A size that no file of this length can hold is a damaged or hostile one: the densest filter
    /// packs about a thousand bytes into one.
    private func checkPlausible() throws {
        var bytes = dtype.size
        for size in entry.dimensions where size > 0 {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
            guard !overflow else { throw implausible }
            bytes = product
        }
        let plausible = (file.byteCount + 1 << 20).multipliedReportingOverflow(by: 2048)
        guard plausible.overflow || bytes <= plausible.partialValue else { throw implausible }
    }

    /// libhdf5 believes a damaged file whose chunks are larger than the data, and reads beyond
    /// them.
    private func checkChunks() throws {
        guard let chunks = entry.chunks else { return }
        let largest = HDF5Library.locked { HDF5Entry.maximumDimensions(of: id) }
        for (chunk, size) in zip(chunks, largest ?? []) where chunk > size {
            throw error(
                "declares chunks of \(chunks.map(String.init).joined(separator: "×")) elements,"
                    + " more than it has; the file is damaged, make it again")
        }
    }

    private var implausible: DataError {
        let sizes = entry.dimensions.map(String.init).joined(separator: "×")
        return error(
            "declares \(sizes) elements, which a file of \(Format.grouped(file.byteCount)) bytes can't"
                + " hold; it is damaged, make it again")
    }

    /// Elements may be those of other datasets of this file, which are arrays themselves.
    private func checkSources() throws {
        let plist = H5Dget_create_plist(id)
        try HDF5Library.with(plist, H5Pclose) { plist in
            var count = 0
            let isVirtual = H5Pget_layout(plist) == H5D_VIRTUAL
            if isVirtual, H5Pget_virtual_count(plist, &count) < 0 { count = 0 }
            let files = (0..<count).map { text($0, plist, H5Pget_virtual_filename) }
            if H5Pget_external_count(plist) > 0 || files.contains(where: { $0 != "." }) {
                throw error("keeps its elements in other files; copy them into this one")
            }
            for index in 0..<count {
                let source = text(index, plist, H5Pget_virtual_dsetname)
                guard h5x_leads_here(file.id, source), isPlain(source) else {
                    throw error(
                        "takes its elements from '\(source)', which is no array of this file; "
                            + "copy them")
                }
            }
        }
    }

    /// Whether a dataset holds its elements itself.
    private func isPlain(_ path: String) -> Bool {
        let opened = HDF5Library.with(h5x_dataset_access(0), H5Pclose) {
            H5Dopen2(file.id, path, $0)
        }
        return HDF5Library.with(opened ?? -1, H5Dclose) { source in
            HDF5Library.with(H5Dget_create_plist(source), H5Pclose) { plist in
                H5Pget_external_count(plist) == 0 && H5Pget_layout(plist) != H5D_VIRTUAL
            } ?? false
        } ?? false
    }

    private func text(
        _ index: Int, _ plist: hid_t,
        _ read: (hid_t, Int, UnsafeMutablePointer<CChar>?, Int) -> Int
    ) -> String {
        let length = read(plist, index, nil, 0)
        guard length > 0, length < 1 << 16 else { return "" }
        var bytes = [CChar](repeating: 0, count: length + 1)
        guard read(plist, index, &bytes, bytes.count) == length else { return "" }
        return String(decoding: bytes.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension HDF5Dataset {
    /// Holds the chunks that one read cuts through.
    private static let chunkCacheBytes = 16 << 20

    private static func open(_ file: HDF5File, _ path: String) throws -> hid_t {
        try checkLinks(file, path)
        let opened = HDF5Library.with(h5x_dataset_access(chunkCacheBytes), H5Pclose) { access in
            H5Dopen2(file.id, path, access)
        }
        if let id = opened, id >= 0 { return id }
        let reason = HDF5Library.lastError
        if isGroup(file, path) {
            throw DataError(file.path, "'\(path)' is a group; \(suggestion(file, path))")
        }
        throw DataError(
            file.path, "'\(path)' can't be opened (\(reason)); the file is damaged, make it again")
    }

    private static func isGroup(_ file: HDF5File, _ path: String) -> Bool {
        HDF5Library.with(H5Oopen(file.id, path, hid_t(H5P_DEFAULT)), H5Oclose) {
            H5Iget_type($0) == H5I_GROUP
        } ?? false
    }

    /// Follows a path link by link, so that the sentence can name what is missing.
    private static func checkLinks(_ file: HDF5File, _ path: String) throws {
        guard !path.isEmpty else {
            throw DataError(file.path, "the dataset has no name; \(suggestion(file, path))")
        }
        var prefix = ""
        for name in path.split(separator: "/") {
            prefix += prefix.isEmpty ? String(name) : "/" + name
            switch h5x_link_kind(file.id, prefix) {
            case 0: continue
            case 1:
                guard h5x_leads_here(file.id, prefix) else {
                    throw DataError(
                        file.path,
                        "'\(prefix)' is a link to what isn't in this file; \(suggestion(file, path))"
                    )
                }
            case 2, 3:
                throw DataError(
                    file.path,
                    "'\(prefix)' is a link to another file; copy the data into this one")
            default:
                throw DataError(
                    file.path, "there is no dataset '\(path)'; \(suggestion(file, path))")
            }
        }
    }

    private static func suggestion(_ file: HDF5File, _ path: String) -> String {
        let paths = (try? file.datasetPaths()) ?? []
        if paths.isEmpty { return "the file holds none" }
        if let near = Suggestion.nearest(to: path, among: paths) {
            return "did you mean '\(near)'?"
        }
        let shown = paths.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
        return "it holds \(shown)" + (paths.count > 8 ? " and \(paths.count - 8) more" : "")
    }
}
