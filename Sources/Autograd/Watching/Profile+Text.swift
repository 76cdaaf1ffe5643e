import FTSupport

extension Profile: CustomStringConvertible {
    /// The table of operations, that of places if there are any, and a line on memory.
    public var description: String { lines.joined(separator: "\n") }

    /// The lines of the description.
    public var lines: [String] {
        var lines = Profile.table("operation", operations)
        if !places.isEmpty { lines += [""] + Profile.table("place", places) }
        if !kernels.isEmpty { lines += [""] + kernelLines }
        return lines + [""] + summaryLines
    }

    private var kernelLines: [String] {
        let rows = kernels.map {
            [
                $0.name, "\($0.launches)", Format.bytes($0.bytes),
                Format.fixed(Double($0.operations) / 1e6, 2),
            ]
        }
        return TextTable.aligned(
            [["kernel", "launches", "bytes", "million operations"]] + rows
        ) { $0 == 0 }
    }

    private var summaryLines: [String] {
        let inside = operations.reduce(0) { $0 + $1.seconds }
        return [
            "time    \(Profile.milliseconds(seconds)) ms, "
                + "\(Profile.milliseconds(inside)) ms of it in operations",
            "memory  results hold \(Format.bytes(peakBytes)) at the peak",
            "        the backend \(Format.bytes(backendPeakBytes)) in all, "
                + "\(Format.bytes(bytesBefore)) of it from before",
        ]
    }

    private static func table(_ title: String, _ rows: [Row]) -> [String] {
        let total = max(rows.reduce(0) { $0 + $1.seconds }, 1e-12)
        var cells = [[title, "calls", "forward ms", "backward ms", "share", "held"]]
        for row in rows {
            func time(_ cost: Cost) -> String { cost.calls > 0 ? milliseconds(cost.seconds) : "" }
            cells.append([
                shortened(row.name), "\(row.forward.calls + row.backward.calls)",
                time(row.forward), time(row.backward),
                "\(Format.fixed(100 * row.seconds / total, 1)) %",
                row.heldAtPeak == 0 ? "" : Format.bytes(row.heldAtPeak),
            ])
        }
        return TextTable.aligned(cells) { $0 == 0 }
    }

    /// The name of an operation, or of a place, short enough for a line of 80 columns. Scopes that
    /// are layers become parts of a name: `2 Residual › 0 Linear(3 → 4)` is `2.0 Linear`.
    private static func shortened(_ name: String) -> String {
        let widest = 28
        let scopes = name.split(separator: " › ").map { scope in
            let words = scope.split(separator: " ", maxSplits: 1)
            let isLayer = words.count == 2 && words[1].first?.isUppercase == true
            return (
                name: isLayer ? words[0] : scope,
                type: isLayer ? words[1].prefix { $0.isLetter || $0.isNumber } : ""
            )
        }
        let type = scopes.last.map { $0.type.isEmpty ? "" : " \($0.type)" } ?? ""
        let text = scopes.map(\.name).joined(separator: ".") + type
        return text.count > widest ? "…\(text.suffix(widest - 1))" : text
    }

    private static func milliseconds(_ seconds: Double) -> String {
        Format.fixed(seconds * 1000, 3)
    }
}
