import FTSupport

extension InspectReport {
    /// The report for people: identity, table and totals, lines separated by newlines.
    public func text() -> String {
        (identity + [""] + table + [""] + totals).joined(separator: "\n") + "\n"
    }

    private var identity: [String] {
        var lines: [String] = []
        if let state {
            lines.append(
                "\(path)   FakeTensor \(state.frameworkVersion.escapedForDisplay()) checkpoint, "
                    + "format \(MetadataKey.formatVersion)")
            lines += state.summary.wrapped(indent: 4)
            let hashes = [("data", state.extra["dataHash"]), ("config", state.configHash)]
            let known = hashes.compactMap { name, hash in
                hash.map { "\(name) \($0.escapedForDisplay(limit: 40))" }
            }
            if !known.isEmpty { lines.append(known.joined(separator: " · ")) }
            if let precision = state.extra["precision"] {
                lines.append("precision \(precision.escapedForDisplay(limit: 40))")
            }
        } else {
            lines.append("\(path)   safetensors file from elsewhere")
            for (key, value) in metadata.sorted(by: { $0.key < $1.key }).prefix(8) {
                let value = value.quotedForDisplay(limit: 80)
                lines.append("metadata \(key.escapedForDisplay(limit: 40)) = \(value)")
            }
            if metadata.count > 8 { lines.append("metadata … \(metadata.count - 8) more") }
        }
        lines.append("size \(Format.bytes(byteCount)) · checksum \(checksumWords)")
        let parts = "optimizer, random state, sampler position, config"
        let answer = isResumable ? "yes (\(parts))" : "no (\(obstacles.joined(separator: ", ")))"
        lines += "resumable: \(answer)".wrapped(indent: 11)
        return lines
    }

    private var checksumWords: String {
        switch checksum {
        case .absent: "none"
        case .unchecked: "not checked (--stats does)"
        case .ok: "ok"
        case .bad: "BAD: the file is damaged"
        }
    }

    private var table: [String] {
        var table = TextTable([
            .text("name"), .text("kind"), .text("shape"), .text("dtype"), .number("params"),
            .number("%"), .number("MiB"),
        ])
        let all = parameters.elements + buffers.elements
        func percent(_ elements: Int) -> String {
            all == 0 ? "0.0" : Format.fixed(Double(elements) * 100 / Double(all), 1)
        }
        for row in rows {
            let shape =
                row.shape.map { Format.shape($0) } ?? Format.count(row.tensorCount, "tensor")
            table.append(
                [
                    row.name.escapedForDisplay(), row.kind, shape, row.dtype,
                    Format.grouped(row.elementCount), percent(row.elementCount),
                    Format.mebibytes(row.byteCount),
                ])
        }
        let hidden = parameters.tensors + buffers.tensors - shown.tensors
        table.append([
            "total", "", Format.count(shown.tensors, "tensor"),
            hidden == 0 ? "" : "\(Format.grouped(hidden)) hidden",
            Format.grouped(shown.elements), percent(shown.elements),
            Format.mebibytes(shown.bytes),
        ])
        return table.lines
            + TensorStatistics.lines(rows.map { ($0.name.escapedForDisplay(), $0.statistics) })
    }

    private var totals: [String] {
        var lines = ["parameters  \(words(parameters))"]
        if trainable.elements != parameters.elements {
            lines.append("trainable   \(words(trainable))")
        }
        if buffers.tensors > 0 { lines.append("buffers     \(words(buffers))") }
        if let name = state?.optimizer {
            let isLong = slots.count > 5
            let shown = slots.prefix(isLong ? 2 : 5).map {
                "\($0.name.escapedForDisplay(limit: 20)) \(Format.bytes($0.byteCount))"
            }
            let all = slots.reduce(0) { $0 + $1.byteCount }
            let rest = isLong ? ["… \(slots.count) slots in all \(Format.bytes(all))"] : []
            let parts = [name.escapedForDisplay(limit: 40)] + shown + rest
            lines.append("optimizer   \(parts.joined(separator: " · "))")
        }
        let types = bytesByType.map { "\($0.type) \(Format.bytes($0.bytes))" }
        if !types.isEmpty { lines.append("bytes       \(types.joined(separator: " · "))") }
        for (alias, name) in aliases.sorted(by: { $0.key < $1.key }) {
            lines.append(
                "shared      \(alias.escapedForDisplay()) is \(name.escapedForDisplay())")
        }
        if !nonFinite.isEmpty {
            lines.append(
                "NOT FINITE  \(Format.count(nonFinite.count, "tensor")) with NaN or infinity: "
                    + nonFinite.prefix(5).map { $0.escapedForDisplay(limit: 60) }
                    .joined(separator: ", ") + (nonFinite.count > 5 ? ", …" : ""))
        }
        return lines
    }

    private func words(_ total: Total) -> String {
        "\(Format.grouped(total.elements)) in \(Format.count(total.tensors, "tensor")), "
            + Format.bytes(total.bytes)
    }
}

extension TrainingState {
    /// The last epoch that was finished, `epoch 8`, or the one within which training stands,
    /// `within epoch 1`.
    package var progress: String {
        let (next, overflow) = epoch.addingReportingOverflow(1)
        let isWithin = (sampler?["position"] ?? 0) > 0 && !overflow
        return isWithin ? "within epoch \(next)" : "epoch \(epoch)"
    }

    /// Name, time, progress, best metric, seed and device on one line.
    var summary: String {
        var parts: [String] = []
        if !name.isEmpty { parts.append(name.escapedForDisplay(limit: 40)) }
        if !created.isEmpty { parts.append("created \(created.escapedForDisplay(limit: 40))") }
        parts += [progress, "step \(Format.grouped(step))"]
        if let best {
            let name = best.name.escapedForDisplay(limit: 40)
            parts.append("best \(name) \(Format.short(best.value)) (epoch \(best.epoch))")
        }
        parts.append("seed \(seed)")
        if !device.isEmpty { parts.append(device.escapedForDisplay(limit: 40)) }
        return parts.joined(separator: " · ")
    }
}

extension TensorStatistics {
    /// A table of its own, below an empty line, of what elements look like; nothing where none were
    /// read.
    static func lines(_ rows: [(name: String, statistics: TensorStatistics?)]) -> [String] {
        guard rows.contains(where: { $0.statistics != nil }) else { return [] }
        var table = TextTable([
            .text("name"), .number("min"), .number("mean"), .number("max"), .number("std"),
            .number("zero"), .text("histogram"), .text("problem"),
        ])
        for (name, statistics) in rows {
            if let statistics { table.append([name] + statistics.cells) }
        }
        return [""] + table.lines
    }

    /// The cells of the table: min, mean, max, std, zero, histogram, problem.
    private var cells: [String] {
        let numbers = [minimum, mean, maximum, deviation].map {
            $0.isNaN ? "–" : Format.short($0)
        }
        let zeroShare = count == 0 ? 0 : Double(zeros) * 100 / Double(count)
        var problems: [String] = []
        if nans > 0 { problems.append("\(Format.grouped(nans)) NaN") }
        if infinities > 0 { problems.append("\(Format.grouped(infinities)) Inf") }
        return numbers + [
            Format.fixed(zeroShare, 1) + "%", bars, problems.joined(separator: ", "),
        ]
    }
}
