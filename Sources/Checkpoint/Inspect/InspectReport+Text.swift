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
            lines.append(state.summary)
        } else {
            lines.append("\(path)   safetensors file from elsewhere")
            for (key, value) in metadata.sorted(by: { $0.key < $1.key }).prefix(8) {
                let value = value.quotedForDisplay(limit: 80)
                lines.append("metadata \(key.escapedForDisplay(limit: 40)) = \(value)")
            }
            if metadata.count > 8 { lines.append("metadata … \(metadata.count - 8) more") }
        }
        lines.append("size \(Display.size(byteCount)) · checksum \(checksumWords)")
        let parts = "optimizer, random state, sampler position, config"
        lines.append(
            isResumable
                ? "resumable: yes (\(parts))"
                : "resumable: no (\(obstacles.joined(separator: ", ")))")
        return lines
    }

    private var checksumWords: String {
        switch checksum {
        case .absent: "none"
        case .unchecked: "not checked (statistics read the data)"
        case .ok: "ok"
        case .bad: "BAD: the file is damaged"
        }
    }

    private var table: [String] {
        var table = TextTable([
            .text("name"), .text("kind"), .text("shape"), .text("dtype"), .number("params"),
            .number("%"), .number("MiB"), .number("min"), .number("mean"), .number("max"),
            .number("std"), .number("zero"), .text("histogram"), .text("problem"),
        ])
        let all = parameters.elements + buffers.elements
        func percent(_ elements: Int) -> String {
            all == 0 ? "0.0" : Display.fixed(Double(elements) * 100 / Double(all), 1)
        }
        for row in rows {
            let shape =
                row.shape.map { Display.shape($0) } ?? Display.count(row.tensorCount, "tensor")
            table.append(
                [
                    row.name.escapedForDisplay(), row.kind, shape, row.dtype,
                    Display.grouped(row.elementCount), percent(row.elementCount),
                    Display.mebibytes(row.byteCount),
                ] + (row.statistics?.cells ?? []))
        }
        let hidden = parameters.tensors + buffers.tensors - shown.tensors
        table.append([
            "total", "", Display.count(shown.tensors, "tensor"),
            hidden == 0 ? "" : "\(Display.grouped(hidden)) hidden",
            Display.grouped(shown.elements), percent(shown.elements),
            Display.mebibytes(shown.bytes),
        ])
        return table.lines
    }

    private var totals: [String] {
        var lines = ["parameters  \(words(parameters))"]
        if trainable.elements != parameters.elements {
            lines.append("trainable   \(words(trainable))")
        }
        if buffers.tensors > 0 { lines.append("buffers     \(words(buffers))") }
        if let name = state?.optimizer {
            let slots = slots.map {
                "\($0.name.escapedForDisplay(limit: 20)) \(Display.size($0.byteCount))"
            }
            let parts = [name.escapedForDisplay(limit: 40)] + slots
            lines.append("optimizer   \(parts.joined(separator: " · "))")
        }
        let types = bytesByType.map { "\($0.type) \(Display.size($0.bytes))" }
        if !types.isEmpty { lines.append("bytes       \(types.joined(separator: " · "))") }
        for (alias, name) in aliases.sorted(by: { $0.key < $1.key }) {
            lines.append(
                "shared      \(alias.escapedForDisplay()) is \(name.escapedForDisplay())")
        }
        if !nonFinite.isEmpty {
            lines.append(
                "NOT FINITE  \(Display.count(nonFinite.count, "tensor")) with NaN or infinity: "
                    + nonFinite.prefix(5).map { $0.escapedForDisplay(limit: 60) }
                    .joined(separator: ", ") + (nonFinite.count > 5 ? ", …" : ""))
        }
        return lines
    }

    private func words(_ total: Total) -> String {
        "\(Display.grouped(total.elements)) in \(Display.count(total.tensors, "tensor")), "
            + Display.size(total.bytes)
    }
}

extension TrainingState {
    /// Name, time, progress, best metric, seed and device on one line.
    var summary: String {
        var parts: [String] = []
        if !name.isEmpty { parts.append(name.escapedForDisplay(limit: 40)) }
        if !created.isEmpty { parts.append("created \(created.escapedForDisplay(limit: 40))") }
        parts += ["epoch \(epoch)", "step \(Display.grouped(step))"]
        if let best {
            let name = best.name.escapedForDisplay(limit: 40)
            parts.append("best \(name) \(Display.short(best.value)) (epoch \(best.epoch))")
        }
        parts.append("seed \(seed)")
        if !device.isEmpty { parts.append(device.escapedForDisplay(limit: 40)) }
        return parts.joined(separator: " · ")
    }
}

extension TensorStatistics {
    /// The cells of the table: min, mean, max, std, zero, histogram, problem.
    fileprivate var cells: [String] {
        let numbers = [minimum, mean, maximum, deviation].map {
            $0.isNaN ? "–" : Display.short($0)
        }
        let zeroShare = count == 0 ? 0 : Double(zeros) * 100 / Double(count)
        var problems: [String] = []
        if nans > 0 { problems.append("\(Display.grouped(nans)) NaN") }
        if infinities > 0 { problems.append("\(Display.grouped(infinities)) Inf") }
        return numbers + [
            Display.fixed(zeroShare, 1) + "%", bars, problems.joined(separator: ", "),
        ]
    }
}
