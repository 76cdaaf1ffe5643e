import CHDF5
import CHDF5Shim
public import Tensor

/// What a file says of one of its datasets, elements unread.
public struct HDF5Entry: Sendable, Equatable {
    /// The path inside the file, without a leading slash: `train/images`.
    public let path: String
    /// Sizes of the dimensions, the examples' first; empty for a single value.
    public let dimensions: [Int]
    /// The dtype that reading gives; nil where elements aren't numbers.
    public let dtype: DType?
    /// The stored type in words: `uint8`, `text`, …
    public let typeName: String
    /// Sizes of a chunk; nil where the elements lie in one piece.
    public let chunks: [Int]?
    /// Filters that chunks went through: `deflate`, `shuffle`, …
    public let filters: [String]
    /// Bytes in the file.
    public let storedBytes: Int
    /// Whether there are elements; a dataset may be made without a shape, or never be written.
    public let content: Content

    /// What became of a dataset's elements.
    public enum Content: Sendable, Equatable {
        /// They are stored, here or elsewhere.
        case stored
        /// There is a shape, but nobody wrote any.
        case unwritten
        /// There is not even a shape.
        case null
    }
}

extension HDF5File {
    private static let maximumDepth = 32
    private static let maximumCount = 10_000

    /// Every dataset, sorted by path; links that leave the file are skipped.
    ///
    /// Throws where the file nests or holds more than a data file plausibly does.
    public func entries() throws -> [HDF5Entry] {
        try HDF5Library.locked {
            try datasetPaths().map { path in
                try HDF5Dataset(self, path, allowingAnyType: true).entry
            }
        }
    }

    /// The paths of all datasets, sorted.
    func datasetPaths() throws -> [String] {
        var found: [String] = []
        var seen: Set<UInt64> = []
        var pending: [(path: String, depth: Int)] = [("", 0)]
        var links = 0
        while let (path, depth) = pending.popLast() {
            for name in try children(of: path) {
                links += 1
                guard links <= HDF5File.maximumCount, depth < HDF5File.maximumDepth else {
                    throw DataError(
                        self.path, "the groups hold too many objects; this is no data file")
                }
                let child = path.isEmpty ? name : path + "/" + name
                guard h5x_link_kind(id, child) == 0 else { continue }
                switch kind(of: child, &seen) {
                case .dataset: found.append(child)
                case .group: pending.append((child, depth + 1))
                case .other: break
                }
            }
        }
        return found.sorted()
    }

    private enum Kind { case group, dataset, other }

    /// What lies at a path; a group that was met before is `other`, so that cycles end.
    private func kind(of path: String, _ seen: inout Set<UInt64>) -> Kind {
        HDF5Library.with(H5Oopen(id, path, hid_t(H5P_DEFAULT)), H5Oclose) { object in
            switch H5Iget_type(object) {
            case H5I_DATASET: .dataset
            case H5I_GROUP: seen.insert(h5x_object_key(object)).inserted ? .group : .other
            default: .other
            }
        } ?? .other
    }

    private func children(of group: String) throws -> [String] {
        let path = group.isEmpty ? "/" : group
        let opened = H5Gopen2(id, path, hid_t(H5P_DEFAULT))
        let names = HDF5Library.with(opened, H5Gclose) { HDF5File.names(in: $0) }
        guard let names else {
            throw DataError(
                self.path, "group '\(path)' is damaged (\(HDF5Library.lastError)); make it again")
        }
        return names
    }

    /// The names of a group's links, at most one more than a file may have; visiting them by their
    /// positions would look for each from the start.
    private static func names(in group: hid_t) -> [String] {
        var names: [String] = []
        withUnsafeMutablePointer(to: &names) { names in
            _ = h5x_each_link(
                group,
                { name, context in
                    guard let name, let context else { return 1 }
                    let names = context.assumingMemoryBound(to: [String].self)
                    names.pointee.append(String(cString: name))
                    return names.pointee.count > HDF5File.maximumCount ? 1 : 0
                }, names)
        }
        return names
    }
}
