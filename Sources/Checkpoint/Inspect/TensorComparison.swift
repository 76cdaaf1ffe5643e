import FTSupport
import Glibc

/// Compares the elements of two tensors of the same shape.
enum TensorComparison {
    static func difference(
        _ a: SafetensorsFile, _ old: TensorEntry, _ b: SafetensorsFile, _ new: TensorEntry
    ) -> CheckpointComparison.Difference {
        let change: CheckpointComparison.Change
        if old.shape != new.shape {
            change = .reshaped
        } else if old.type != new.type {
            change = .retyped
        } else {
            change = haveSameBytes(a, old, b, new) ? .identical : .changed
        }
        let relative: Double? =
            switch change {
            case .identical: 0
            case .changed, .retyped: relative(a, old, b, new)
            default: nil
            }
        return CheckpointComparison.Difference(change: change, a: old, b: new, relative: relative)
    }

    static func haveSameBytes(
        _ a: SafetensorsFile, _ old: TensorEntry, _ b: SafetensorsFile, _ new: TensorEntry
    ) -> Bool {
        a.withBytes(of: old) { x in
            b.withBytes(of: new) { y in
                guard x.count == y.count, let left = x.baseAddress, let right = y.baseAddress
                else { return x.count == y.count }
                return memcmp(left, right, x.count) == 0
            }
        }
    }

    /// ‖A−B‖ / ‖A‖, in doubles; nil where elements of a type can't be read one by one.
    static func relative(
        _ a: SafetensorsFile, _ old: TensorEntry, _ b: SafetensorsFile, _ new: TensorEntry
    ) -> Double? {
        guard ElementDecoder.reads(old.type), ElementDecoder.reads(new.type) else { return nil }
        var (difference, reference) = (0.0, 0.0)
        a.withBytes(of: old) { x in
            b.withBytes(of: new) { y in
                withUnsafeTemporaryAllocation(
                    of: Double.self, capacity: ElementDecoder.blockSize
                ) { other in
                    var start = 0
                    ElementDecoder.forEachBlock(old.type, x) { block in
                        let range = start..<start + block.count
                        ElementDecoder.decode(new.type, y, range, into: other)
                        for index in block.indices {
                            let distance = block[index] - other[index]
                            difference += distance * distance
                            reference += block[index] * block[index]
                        }
                        start = range.upperBound
                    }
                }
            }
        }
        return difference == 0 ? 0 : (difference / reference).squareRoot()
    }
}

/// Pairs of a removed and an added tensor that look like one tensor with a new name.
struct Renames {
    private struct Form: Hashable {
        let shape: [Int]
        let type: SafetensorsType
        /// The hash of the data, or the last component of the name.
        let mark: String
    }

    /// The name in A to the entry in B.
    private(set) var target: [String: (TensorEntry, CheckpointComparison.Change)] = [:]
    private var taken: Set<String> = []

    init(
        _ a: SafetensorsFile, _ removed: [TensorEntry], _ b: SafetensorsFile,
        _ added: [TensorEntry]
    ) {
        // Only data whose size appears on both sides is read. Size-0 tensors have nothing to match.
        let sizes = Set(removed.map(\.byteCount)).intersection(added.map(\.byteCount))
        let isCandidate = { (entry: TensorEntry) in
            sizes.contains(entry.byteCount) && entry.byteCount > 0
        }
        pair(
            removed.filter(isCandidate), { Renames.hash(a, $0) }, added.filter(isCandidate),
            { Renames.hash(b, $0) }, as: .renamed)
        pair(
            removed.filter(isCandidate), { Renames.lastComponent($0) }, added.filter(isCandidate),
            { Renames.lastComponent($0) }, as: .probablyRenamed)
    }

    func isTarget(_ name: String) -> Bool { taken.contains(name) }

    /// Pairs the forms that appear exactly once on each side.
    private mutating func pair(
        _ removed: [TensorEntry], _ oldMark: (TensorEntry) -> String, _ added: [TensorEntry],
        _ newMark: (TensorEntry) -> String, as change: CheckpointComparison.Change
    ) {
        var old: [Form: [TensorEntry]] = [:]
        var new: [Form: [TensorEntry]] = [:]
        for entry in removed where target[entry.name] == nil {
            old[Form(shape: entry.shape, type: entry.type, mark: oldMark(entry)), default: []]
                .append(entry)
        }
        for entry in added where !taken.contains(entry.name) {
            new[Form(shape: entry.shape, type: entry.type, mark: newMark(entry)), default: []]
                .append(entry)
        }
        for (form, entries) in old where entries.count == 1 {
            guard let partners = new[form], partners.count == 1 else { continue }
            target[entries[0].name] = (partners[0], change)
            taken.insert(partners[0].name)
        }
    }

    private static func hash(_ file: SafetensorsFile, _ entry: TensorEntry) -> String {
        var hash = XXHash64()
        file.withBytes(of: entry) { hash.update($0) }
        return hash.digits
    }

    private static func lastComponent(_ entry: TensorEntry) -> String {
        entry.name.split(separator: ".").last.map(String.init) ?? ""
    }
}
