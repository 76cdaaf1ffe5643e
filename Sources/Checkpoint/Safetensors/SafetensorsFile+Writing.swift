import FTJSON
import FTSupport
public import Tensor

/// An array and the name it has in a file.
public struct NamedArray: Sendable {
    /// The name.
    public var name: String
    /// The array, on any device, of any strides.
    public var array: NDArray

    /// Pairs a name with an array.
    public init(_ name: String, _ array: NDArray) {
        self.name = name
        self.array = array
    }
}

extension SafetensorsFile {
    /// Writes a file that any safetensors reader opens, replacing what was there atomically.
    ///
    /// The header lists the tensors in the order given; their bytes stand widest elements first, so
    /// that every tensor is aligned. The same input gives the same bytes. One tensor at a time is
    /// in memory twice at most, and only if it is strided or on a GPU.
    /// - Parameter checksum: Adds the metadata that `checksumStatus()` verifies.
    public static func write(
        _ tensors: [NamedArray], metadata: [(key: String, value: String)] = [],
        checksum: Bool = false, to path: String
    ) throws {
        try write(tensors, metadata: metadata, checksum: checksum, to: path, observer: nil)
    }

    static func write(
        _ tensors: [NamedArray], metadata: [(key: String, value: String)], checksum: Bool,
        to path: String, observer: SaveObserver?
    ) throws(CheckpointError) {
        try checkNames(tensors, metadata, path)
        let placeholder = checksum ? [(Checksum.key, Checksum.text(0))] : []
        let layout = layout(tensors)
        let header = try header(tensors, layout.offsets, placeholder + metadata, path)
        try AtomicFile.checkpoint(path, observer).write { output throws(CheckpointError) in
            var hash = XXHash64()
            try output.write(header)
            for position in layout.order {
                let array = tensors[position].array.contiguous().on(CPUBackend.shared)
                try array.withBytes { bytes throws(CheckpointError) in
                    if checksum { hash.update(bytes) }
                    try output.write(bytes)
                }
            }
            guard checksum else { return }
            header.withUnsafeBytes { hash.update($0) }
            try output.patch(Checksum.digits(hash.value()), at: Checksum.offset)
        }
    }

    private static func checkNames(
        _ tensors: [NamedArray], _ metadata: [(key: String, value: String)], _ path: String
    ) throws(CheckpointError) {
        var names: Set<String> = ["__metadata__"]
        for tensor in tensors where !names.insert(tensor.name).inserted {
            throw CheckpointError(
                .unwritable, path, tensor: tensor.name,
                "can't be written: the name is reserved or used twice")
        }
        var keys: Set<String> = [Checksum.key]
        for pair in metadata where !keys.insert(pair.key).inserted {
            throw CheckpointError(
                .unwritable, path,
                "can't be written: the metadata key \(pair.key.quotedForDisplay()) "
                    + "is reserved or used twice")
        }
    }

    /// The order in which the tensors' bytes stand, and where each starts.
    private static func layout(_ tensors: [NamedArray]) -> (order: [Int], offsets: [Int]) {
        let order = tensors.indices.sorted {
            let (a, b) = (tensors[$0].array.dtype.size, tensors[$1].array.dtype.size)
            return a != b ? a > b : $0 < $1
        }
        var offsets = [Int](repeating: 0, count: tensors.count)
        var end = 0
        for position in order {
            offsets[position] = end
            end += tensors[position].array.byteCount
        }
        return (order, offsets)
    }

    /// The length and the JSON object, filled with spaces to a multiple of 8 bytes.
    private static func header(
        _ tensors: [NamedArray], _ offsets: [Int], _ metadata: [(key: String, value: String)],
        _ path: String
    ) throws(CheckpointError) -> [UInt8] {
        var object = JSONObject()
        if !metadata.isEmpty {
            var strings = JSONObject()
            for pair in metadata { strings.append(pair.key, .string(pair.value)) }
            object.append("__metadata__", .object(strings))
        }
        for (tensor, start) in zip(tensors, offsets) {
            let end = start + tensor.array.byteCount
            object.append(
                tensor.name,
                [
                    "dtype": .string(SafetensorsType(tensor.array.dtype).rawValue),
                    "shape": .ints(tensor.array.shape), "data_offsets": .ints([start, end]),
                ])
        }
        var text = JSONValue.object(object).utf8()
        while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
        guard text.count <= SafetensorsHeader.maximumByteCount else {
            throw CheckpointError(
                .unwritable, path, "can't be written: its names and metadata exceed 100 MB")
        }
        let length = UInt64(text.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + text
    }
}

extension NDArray {
    fileprivate func withBytes(
        _ body: (UnsafeRawBufferPointer) throws(CheckpointError) -> Void
    ) throws(CheckpointError) {
        defer { withExtendedLifetime(storage) {} }
        try body(UnsafeRawBufferPointer(start: pointer, count: byteCount))
    }
}
