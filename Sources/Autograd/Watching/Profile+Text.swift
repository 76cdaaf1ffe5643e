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
                $0.name, "\($0.launches)", ByteCount.text($0.bytes),
                FixedPoint.text(Double($0.operations) / 1e6, 2),
            ]
        }
        return Profile.aligned([["kernel", "launches", "bytes", "million operations"]] + rows)
    }

    private var summaryLines: [String] {
        let inside = operations.reduce(0) { $0 + $1.seconds }
        let before = ByteCount.text(bytesBefore)
        return [
            "time    \(Profile.milliseconds(seconds)) ms, "
                + "\(Profile.milliseconds(inside)) ms of it in operations",
            "memory  results hold \(ByteCount.text(peakBytes)) at the peak; the backend "
                + "\(ByteCount.text(backendPeakBytes)) in all, \(before) of it from before",
        ]
    }

    private static func table(_ title: String, _ rows: [Row]) -> [String] {
        let total = max(rows.reduce(0) { $0 + $1.seconds }, 1e-12)
        var cells = [
            [
                title, "calls", "forward ms", "bytes", "calls", "backward ms", "bytes", "share",
                "held at peak",
            ]
        ]
        for row in rows {
            cells.append(
                [row.name] + text(of: row.forward) + text(of: row.backward) + [
                    "\(FixedPoint.text(100 * row.seconds / total, 1)) %",
                    row.heldAtPeak == 0 ? "" : ByteCount.text(row.heldAtPeak),
                ])
        }
        return aligned(cells)
    }

    private static func text(of cost: Cost) -> [String] {
        guard cost.calls > 0 else { return ["", "", ""] }
        let bytes = cost.bytes == 0 ? "" : ByteCount.text(cost.bytes)
        return ["\(cost.calls)", milliseconds(cost.seconds), bytes]
    }

    private static func milliseconds(_ seconds: Double) -> String {
        FixedPoint.text(seconds * 1000, 3)
    }

    /// Rows of cells in columns: the first to the left, the others to the right.
    private static func aligned(_ rows: [[String]]) -> [String] {
        let widths = (rows.first ?? []).indices.map { column in
            rows.map { $0[column].unicodeScalars.count }.max() ?? 0
        }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let spaces = String(
                    repeating: " ", count: widths[column] - cell.unicodeScalars.count)
                line += column == 0 ? cell + spaces : "  " + spaces + cell
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
