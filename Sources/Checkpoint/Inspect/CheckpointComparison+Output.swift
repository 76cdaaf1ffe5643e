public import FTJSON
import FTSupport

extension CheckpointComparison {
    /// The comparison for people: what differs, tensor by tensor, and a summary.
    public func text() -> String {
        var lines = ["A  \(pathA)", "B  \(pathB)"]
        for change in metadata { lines.append(words(change)) }
        let shown = differences.filter { $0.change != .identical }
        if !shown.isEmpty {
            var table = TextTable([
                .text("name"), .text("change"), .text("A"), .text("B"), .number("‖A−B‖/‖A‖"),
            ])
            for difference in shown { table.append(cells(difference)) }
            lines += [""] + table.lines
        }
        return (lines + ["", summary]).joined(separator: "\n") + "\n"
    }

    /// `6 tensors: 2 identical, 4 changed`, or that there is no difference.
    public var summary: String {
        let total = Format.count(differences.count, "tensor")
        if isIdentical { return "\(total), all identical" }
        var counts: [Change: Int] = [:]
        for difference in differences { counts[difference.change, default: 0] += 1 }
        let order: [Change] = [
            .identical, .changed, .retyped, .reshaped, .added, .removed, .renamed,
            .probablyRenamed,
        ]
        let parts = order.compactMap { change in
            counts[change].map { "\(Format.grouped($0)) \(change.words)" }
        }
        return "\(total): \(parts.joined(separator: ", "))"
    }

    private func words(_ change: MetadataChange) -> String {
        let key =
            change.key.hasPrefix(MetadataKey.prefix)
            ? String(change.key.dropFirst(MetadataKey.prefix.count)) : change.key
        let label = key.escapedForDisplay(limit: 40)
        guard let a = change.a else { return "\(label): only in B" }
        guard let b = change.b else { return "\(label): only in A" }
        let isShort = a.utf8.count <= 60 && b.utf8.count <= 60
        guard isShort else { return "\(label): differs" }
        return "\(label): \(a.escapedForDisplay()) → \(b.escapedForDisplay())"
    }

    private func cells(_ difference: Difference) -> [String] {
        let isRename = difference.change == .renamed || difference.change == .probablyRenamed
        var name = difference.name.escapedForDisplay(limit: 60)
        if isRename, let new = difference.b {
            name += " → \(new.name.escapedForDisplay(limit: 60))"
        }
        let (a, b) = (difference.a.map(form) ?? "", difference.b.map(form) ?? "")
        return [
            name, difference.change.words, a, a == b ? "" : b,
            difference.relative.map { Format.short($0) } ?? "",
        ]
    }

    private func form(_ entry: TensorEntry) -> String {
        "\(Format.shape(entry.shape)) \(entry.type.name)"
    }

    /// The comparison for programs; identical tensors are listed too.
    public var json: JSONValue {
        let tensors = differences.map { difference -> JSONValue in
            var object: JSONObject = [
                "name": .string(difference.name), "change": .string(difference.change.rawValue),
            ]
            if let a = difference.a, let b = difference.b, a.name != b.name {
                object["newName"] = .string(b.name)
            }
            if let a = difference.a { object["a"] = json(a) }
            if let b = difference.b { object["b"] = json(b) }
            if let relative = difference.relative { object["relative"] = .double(relative) }
            return .object(object)
        }
        let changes = metadata.map { change -> JSONValue in
            [
                "key": .string(change.key), "a": change.a.map { .string($0) } ?? .null,
                "b": change.b.map { .string($0) } ?? .null,
            ]
        }
        return [
            "a": .string(pathA), "b": .string(pathB), "identical": .bool(isIdentical),
            "tensors": .array(tensors), "metadata": .array(changes),
        ]
    }

    private func json(_ entry: TensorEntry) -> JSONValue {
        ["shape": .ints(entry.shape), "dtype": .string(entry.type.name)]
    }
}

extension CheckpointComparison.Change {
    /// The word for a table.
    var words: String { self == .probablyRenamed ? "renamed?" : rawValue }
}
