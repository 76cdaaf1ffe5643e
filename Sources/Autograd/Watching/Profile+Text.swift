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
        let before = Format.bytes(bytesBefore)
        return [
            "time    \(Profile.milliseconds(seconds)) ms, "
                + "\(Profile.milliseconds(inside)) ms of it in operations",
            "memory  results hold \(Format.bytes(peakBytes)) at the peak; the backend "
                + "\(Format.bytes(backendPeakBytes)) in all, \(before) of it from before",
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
                    "\(Format.fixed(100 * row.seconds / total, 1)) %",
                    row.heldAtPeak == 0 ? "" : Format.bytes(row.heldAtPeak),
                ])
        }
        return TextTable.aligned(cells) { $0 == 0 }
    }

    private static func text(of cost: Cost) -> [String] {
        guard cost.calls > 0 else { return ["", "", ""] }
        let bytes = cost.bytes == 0 ? "" : Format.bytes(cost.bytes)
        return ["\(cost.calls)", milliseconds(cost.seconds), bytes]
    }

    private static func milliseconds(_ seconds: Double) -> String {
        Format.fixed(seconds * 1000, 3)
    }
}
