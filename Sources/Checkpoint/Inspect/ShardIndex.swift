import FTJSON
import FTSupport

/// The index of a model in several safetensors files, `model.safetensors.index.json`: which file, a
/// shard, holds which tensor.
public struct ShardIndex: Sendable {
    /// The index, as the caller named it.
    public let path: String
    /// The shards, sorted by name; they lie beside the index.
    public let shards: [SafetensorsFile]

    /// Opens an index and all its shards; nil where a file is no JSON text or holds none.
    ///
    /// Throws a `CheckpointError` for a shard that isn't there or isn't what the index says.
    public init?(_ path: String) throws {
        let file = try MappedFile.checkpoint(path)
        defer { withExtendedLifetime(file) {} }
        guard file.bytes.first == UInt8(ascii: "{"),
            let index = try? JSONNode(
                parsing: file.bytes, options: JSONParsingOptions(maximumDepth: 8)),
            let members = index["weight_map"]?.members
        else { return nil }
        self.path = path
        var names: [String: [String]] = [:]
        for member in members {
            guard let name = member.node.string, !name.isEmpty, !name.utf8.contains(47) else {
                throw CheckpointError(
                    .damaged, path, tensor: member.key, "is in no file of the index's folder")
            }
            names[name, default: []].append(member.key)
        }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        shards = try names.sorted { $0.key < $1.key }.map { name, tensors in
            let shard = try SafetensorsFile(opening: folder + name)
            for tensor in tensors where shard.entry(tensor) == nil {
                throw CheckpointError(
                    .damaged, path, tensor: tensor,
                    "is not in \(name.quotedForDisplay()), where the index puts it")
            }
            return shard
        }
    }

    /// All tensors of all shards; with statistics, their elements are read.
    public func listing(_ options: InspectOptions = InspectOptions()) -> FileListing {
        let folder = path.lastIndex(of: "/").map { path[...$0].count } ?? 0
        let rows = shards.flatMap { shard in
            shard.entries.filter { options.shows($0.name) }.map { entry in
                FileListing.Row(
                    name: entry.name, kind: "tensor", shape: entry.shape, dtype: entry.type.name,
                    byteCount: entry.byteCount, note: String(shard.path.dropFirst(folder)),
                    statistics: options.statistics
                        ? shard.withBytes(of: entry) { TensorStatistics(entry.type, $0) } : nil)
            }
        }
        return FileListing(
            path: path, format: "safetensors model in \(Format.count(shards.count, "file"))",
            byteCount: shards.reduce(0) { $0 + $1.byteCount }, rows: rows
        ).applying(options)
    }
}
