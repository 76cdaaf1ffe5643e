/// One line of the table: a tensor, a set of equal tensors of repeated blocks, or a subtree.
public struct InspectRow: Sendable, Equatable {
    /// The name, `blocks.{0…11}.attn.weight` for a set, `blocks.*` for a subtree. May hold control
    /// characters in files from elsewhere.
    public let name: String
    /// `param`, `frozen`, `buffer`; `tensor` in files from elsewhere; `mixed` for a subtree.
    public let kind: String
    /// The shape of each of the tensors, nil where they differ.
    public let shape: [Int]?
    /// The element type, `mixed` where the tensors differ.
    public let dtype: String
    /// How many tensors the line stands for.
    public let tensorCount: Int
    /// Elements of all of them.
    public let elementCount: Int
    /// Bytes of all of them.
    public let byteCount: Int
    /// Present when asked for, for a single tensor of a type that can be read.
    public let statistics: TensorStatistics?
}

/// A tensor and what the metadata say of it.
struct InspectedTensor {
    let entry: TensorEntry
    let kind: String
    var statistics: TensorStatistics?

    /// The line of `count` tensors like this one.
    func row(name: String? = nil, count: Int = 1) -> InspectRow {
        InspectRow(
            name: name ?? entry.name, kind: kind, shape: entry.shape, dtype: entry.type.name,
            tensorCount: count, elementCount: entry.elementCount * count,
            byteCount: entry.byteCount * count, statistics: count == 1 ? statistics : nil)
    }
}

extension InspectRow {
    /// The lines of a file in the order and detail asked for.
    static func rows(_ tensors: [InspectedTensor], _ options: InspectOptions) -> [InspectRow] {
        var rows: [InspectRow]
        if let depth = options.depth {
            rows = summed(tensors, depth: depth)
        } else if options.folds, !options.statistics {
            rows = BlockFolding.rows(tensors)
        } else {
            rows = tensors.map { $0.row() }
        }
        switch options.sort {
        case .none: break
        case .name: rows.sort { $0.name < $1.name }
        case .size: rows = stable(rows) { $0.byteCount > $1.byteCount }
        }
        return rows
    }

    private static func stable(
        _ rows: [InspectRow], _ before: (InspectRow, InspectRow) -> Bool
    ) -> [InspectRow] {
        rows.enumerated().sorted { a, b in
            if before(a.element, b.element) { return true }
            return !before(b.element, a.element) && a.offset < b.offset
        }.map(\.element)
    }

    /// One line for each subtree below `depth` components.
    private static func summed(_ tensors: [InspectedTensor], depth: Int) -> [InspectRow] {
        var order: [String] = []
        var groups: [String: [InspectedTensor]] = [:]
        for tensor in tensors {
            let parts = tensor.entry.name.split(
                separator: ".", maxSplits: depth, omittingEmptySubsequences: false)
            let isDeeper = parts.count > depth
            let key =
                isDeeper ? parts.prefix(depth).joined(separator: ".") + ".*" : tensor.entry.name
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(tensor)
        }
        return order.compactMap { key in
            guard let group = groups[key], let first = group.first else { return nil }
            if group.count == 1 { return first.row() }
            let isSameKind = group.allSatisfy { $0.kind == first.kind }
            let isSameType = group.allSatisfy { $0.entry.type == first.entry.type }
            return InspectRow(
                name: key, kind: isSameKind ? first.kind : "mixed", shape: nil,
                dtype: isSameType ? first.entry.type.name : "mixed", tensorCount: group.count,
                elementCount: group.reduce(0) { $0 + $1.entry.elementCount },
                byteCount: group.reduce(0) { $0 + $1.entry.byteCount }, statistics: nil)
        }
    }
}
