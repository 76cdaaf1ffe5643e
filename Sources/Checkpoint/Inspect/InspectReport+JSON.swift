public import FTJSON

extension InspectReport {
    /// The report for programs. Keys of things that a file does not have are left out.
    public var json: JSONValue {
        var object: JSONObject = [
            "file": .string(path), "format": "safetensors", "bytes": .int(byteCount),
            "checksum": .string(checksum.rawValue), "resumable": .bool(isResumable),
        ]
        if !isResumable { object["notResumableBecause"] = .strings(obstacles) }
        if let state { object["training"] = state.json }
        if !metadata.isEmpty { object["metadata"] = .pairs(metadata) }
        object["tensors"] = .array(rows.map(\.json))
        object["shown"] = shown.json
        object["parameters"] = parameters.json
        object["trainable"] = trainable.json
        object["buffers"] = buffers.json
        object["optimizer"] = optimizer.json
        if !slots.isEmpty {
            object["optimizerSlots"] = .array(
                slots.map {
                    [
                        "name": .string($0.name), "tensors": .int($0.tensorCount),
                        "bytes": .int($0.byteCount),
                    ]
                })
        }
        var types = JSONObject()
        for (type, bytes) in bytesByType { types.append(type, .int(bytes)) }
        object["bytesByType"] = .object(types)
        if !aliases.isEmpty { object["shared"] = .pairs(aliases) }
        if !nonFinite.isEmpty { object["nonFinite"] = .strings(nonFinite) }
        return .object(object)
    }
}

extension InspectReport.Total {
    var json: JSONValue {
        ["tensors": .int(tensors), "elements": .int(elements), "bytes": .int(bytes)]
    }
}

extension InspectRow {
    /// The row for programs.
    var json: JSONValue {
        var object: JSONObject = ["name": .string(name), "kind": .string(kind)]
        if let shape { object["shape"] = .ints(shape) }
        object["dtype"] = .string(dtype)
        if tensorCount != 1 { object["count"] = .int(tensorCount) }
        object["elements"] = .int(elementCount)
        object["bytes"] = .int(byteCount)
        if let statistics { object["statistics"] = statistics.json }
        return .object(object)
    }
}

extension TensorStatistics {
    var json: JSONValue {
        [
            "min": .double(minimum), "mean": .double(mean), "max": .double(maximum),
            "std": .double(deviation), "zeros": .int(zeros), "nan": .int(nans),
            "inf": .int(infinities), "histogram": .ints(histogram),
        ]
    }
}

extension TrainingState {
    /// The state for programs; numbers that JSON can't hold exactly stand as strings.
    var json: JSONValue {
        var object: JSONObject = [
            "name": .string(name), "frameworkVersion": .string(frameworkVersion),
            "created": .string(created), "device": .string(device),
            "seed": .string(String(seed)), "epoch": .int(epoch), "step": .int(step),
        ]
        if let best {
            object["best"] = [
                "metric": .string(best.name), "value": .double(best.value),
                "epoch": .int(best.epoch), "step": .int(best.step),
            ]
        }
        if let optimizer { object["optimizer"] = .string(optimizer) }
        if let sampler {
            var positions = JSONObject()
            for (key, value) in sampler.sorted(by: { $0.key < $1.key }) {
                positions.append(key, .int(value))
            }
            object["sampler"] = .object(positions)
        }
        object["randomStreams"] = .strings(random.keys.sorted())
        if let config {
            object["config"] =
                (try? JSONNode(parsing: config)).map { JSONValue($0) }
                ?? .string(config)
        }
        if !extra.isEmpty { object["extra"] = .pairs(extra) }
        return .object(object)
    }
}

extension JSONValue {
    static func pairs(_ values: [String: String]) -> JSONValue {
        var object = JSONObject()
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            object.append(key, .string(value))
        }
        return .object(object)
    }
}
