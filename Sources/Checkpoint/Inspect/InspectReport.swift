/// Everything that can be said about a checkpoint or a safetensors file from elsewhere.
///
/// Made from the header alone unless statistics are asked for. `text()` and `json` show it.
public struct InspectReport: Sendable {
    /// One slot of the optimizer's state: all the `m` of Adam, say.
    public struct Slot: Sendable, Equatable {
        /// The name of the slot.
        public let name: String
        /// The tensors in it.
        public let tensorCount: Int
        /// Their bytes.
        public let byteCount: Int
    }

    /// Counts and bytes of one kind of tensor.
    public struct Total: Sendable, Equatable {
        /// Tensors.
        public internal(set) var tensors = 0
        /// Elements.
        public internal(set) var elements = 0
        /// Bytes.
        public internal(set) var bytes = 0

        mutating func add(_ entry: TensorEntry) {
            tensors += 1
            elements += entry.elementCount
            bytes += entry.byteCount
        }
    }

    /// The file, as the caller named it.
    public let path: String
    /// Its size in bytes.
    public let byteCount: Int
    /// Whether the bytes are what was written; checked only along with statistics.
    public let checksum: ChecksumStatus
    /// The training state; nil for a file from elsewhere.
    public let state: TrainingState?
    /// The metadata of a file from elsewhere.
    public let metadata: [String: String]
    /// Shared tensors: further name to the name in the table.
    public let aliases: [String: String]
    /// The table.
    public let rows: [InspectRow]
    /// What the table stands for, after the filter.
    public let shown: Total
    /// Parameters (all tensors, in a file from elsewhere).
    public let parameters: Total
    /// Parameters that the optimizer may change.
    public let trainable: Total
    /// Buffers.
    public let buffers: Total
    /// The optimizer's tensors.
    public let optimizer: Total
    /// The optimizer's slots in the order of the file.
    public let slots: [Slot]
    /// Bytes by element type, largest first.
    public let bytesByType: [(type: String, bytes: Int)]
    /// Why no run can be resumed from the file; empty when one can.
    public let obstacles: [String]
    /// Names of tensors with NaN or infinite elements; known only with statistics.
    public let nonFinite: [String]

    /// Whether a run can go on exactly from this file.
    public var isResumable: Bool { obstacles.isEmpty }
    /// Whether statistics or checksum found something bad, which calls for an exit code.
    public var isDamaged: Bool { checksum == .bad || !nonFinite.isEmpty }
}
