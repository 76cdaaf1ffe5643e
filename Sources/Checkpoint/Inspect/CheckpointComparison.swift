/// What differs between two safetensors files of any origin: A, the reference, and B.
public struct CheckpointComparison: Sendable {
    /// What became of a tensor.
    public enum Change: String, Sendable {
        /// The same bytes.
        case identical
        /// Same shape and type, other values.
        case changed
        /// Same shape, another type.
        case retyped
        /// Another shape.
        case reshaped
        /// Only in B.
        case added
        /// Only in A.
        case removed
        /// The same bytes under another name.
        case renamed
        /// Another name and other values, but the only pair of its shape, type and last component.
        case probablyRenamed
    }

    /// One tensor.
    public struct Difference: Sendable {
        /// What became of it.
        public let change: Change
        /// Its entry in A, nil where it was added.
        public let a: TensorEntry?
        /// Its entry in B, nil where it was removed.
        public let b: TensorEntry?
        /// ‖A−B‖ / ‖A‖ over its elements: 0 for the same values, infinite where A is zero and B
        /// not; nil where shapes differ or elements can't be read.
        public let relative: Double?

        /// Its name in A, or in B if it was added.
        public var name: String { a?.name ?? b?.name ?? "" }
        /// The bytes of its elements in A, or in B if it was added.
        var byteCount: Int { (a ?? b)?.byteCount ?? 0 }
    }

    /// A metadata string that differs; nil where it is missing.
    public struct MetadataChange: Sendable, Equatable {
        /// The key.
        public let key: String
        /// The text in A.
        public let a: String?
        /// The text in B.
        public let b: String?
    }

    /// The path of A.
    public let pathA: String
    /// The path of B.
    public let pathB: String
    /// The tensors of A in their order, then those only in B.
    public let differences: [Difference]
    /// The metadata that differ, by key; checksums are left out.
    public let metadata: [MetadataChange]

    /// Whether both hold the same tensors, bit for bit, under the same names.
    public var isIdentical: Bool { differences.allSatisfy { $0.change == .identical } }

    /// Compares two files; reads the data of tensors that are in both.
    public init(
        _ pathA: String, _ pathB: String, options: InspectOptions = InspectOptions()
    ) throws(CheckpointError) {
        try self.init(
            SafetensorsFile(opening: pathA), SafetensorsFile(opening: pathB), options)
    }

    init(_ a: SafetensorsFile, _ b: SafetensorsFile, _ options: InspectOptions) {
        pathA = a.path
        pathB = b.path
        let removed = a.entries.filter { options.shows($0.name) && b.entry($0.name) == nil }
        let added = b.entries.filter { options.shows($0.name) && a.entry($0.name) == nil }
        let renames = Renames(a, removed, b, added)
        var differences: [Difference] = []
        for entry in a.entries where options.shows(entry.name) {
            if let other = b.entry(entry.name) {
                differences.append(TensorComparison.difference(a, entry, b, other))
            } else if let (other, change) = renames.target[entry.name] {
                let relative =
                    change == .renamed ? 0 : TensorComparison.relative(a, entry, b, other)
                differences.append(
                    Difference(change: change, a: entry, b: other, relative: relative))
            } else {
                differences.append(
                    Difference(change: .removed, a: entry, b: nil, relative: nil))
            }
        }
        for entry in added where !renames.isTarget(entry.name) {
            differences.append(Difference(change: .added, a: nil, b: entry, relative: nil))
        }
        switch options.sort {
        case .none: break
        case .name: differences.sort { $0.name < $1.name }
        case .size:
            differences.sort { ($1.byteCount, $0.name) < ($0.byteCount, $1.name) }
        }
        self.differences = differences
        metadata = Set(a.metadata.keys).union(b.metadata.keys).sorted().compactMap { key in
            let (old, new) = (a.metadata[key], b.metadata[key])
            return old == new || key == Checksum.key
                ? nil : MetadataChange(key: key, a: old, b: new)
        }
    }
}
