import Tensor

/// The metadata keys of a checkpoint. All values are text: integers in decimal, doubles in the
/// shortest form that reads back as the same bits.
enum MetadataKey {
    static let prefix = "faketensor."
    static let format = "faketensor.format"
    static let buffers = "faketensor.buffers"
    static let frozen = "faketensor.frozen"
    static let aliases = "faketensor.aliases"
    /// The only format version there is.
    static let formatVersion = 1
}

extension TrainingState {
    /// The state as metadata, in a fixed order.
    var metadata: [(key: String, value: String)] {
        var pairs: [(key: String, value: String)] = []
        func put(_ key: String, _ value: String) {
            pairs.append((MetadataKey.prefix + key, value))
        }
        func put<Value>(
            _ group: String, _ values: [String: Value], _ text: (Value) -> String
        ) {
            for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                put("\(group).\(key)", text(value))
            }
        }
        put("format", String(MetadataKey.formatVersion))
        put("version", frameworkVersion)
        put("name", name)
        put("created", created)
        put("device", device)
        put("seed", String(seed))
        put("step", String(step))
        put("epoch", String(epoch))
        if let best {
            put("best.name", best.name)
            put("best.value", best.value.description)
            put("best.epoch", String(best.epoch))
            put("best.step", String(best.step))
        }
        if let optimizer { put("optimizer", optimizer) }
        put("optimizer", optimizerValues) { $0.description }
        put("schedule", schedule) { $0.description }
        if let sampler {
            put("sampler", "saved")
            put("sampler", sampler) { String($0) }
        }
        put("random", random) { "\($0.seed) \($0.stream) \($0.block)" }
        if let config { put("config", config) }
        put("extra", extra) { $0 }
        return pairs
    }

    /// Reads what `metadata` wrote; every key that must be there and is not is an error.
    init(_ reader: MetadataReader) throws(CheckpointError) {
        try reader.checkFormat()
        frameworkVersion = try reader.required("version")
        name = try reader.required("name")
        created = try reader.required("created")
        device = try reader.required("device")
        seed = try reader.number("seed", "a whole number") { UInt64($0) }
        step = try reader.count("step")
        epoch = try reader.count("epoch")
        if let metric = reader["best.name"] {
            let value = try reader.double("best.value")
            let (epoch, step) = (try reader.count("best.epoch"), try reader.count("best.step"))
            best = BestMetric(metric, value, epoch: epoch, step: step)
        }
        optimizer = reader["optimizer"]
        for key in reader.group("optimizer") {
            optimizerValues[key] = try reader.double("optimizer.\(key)")
        }
        for key in reader.group("schedule") {
            schedule[key] = try reader.double("schedule.\(key)")
        }
        if reader["sampler"] != nil {
            var position: [String: Int] = [:]
            for key in reader.group("sampler") {
                position[key] = try reader.number("sampler.\(key)", "a whole number") { Int($0) }
            }
            sampler = position
        }
        for key in reader.group("random") {
            random[key] = try reader.number("random.\(key)", "three whole numbers", randomKey)
        }
        config = reader["config"]
        for key in reader.group("extra") { extra[key] = reader["extra.\(key)"] }
    }
}

private func randomKey(_ text: String) -> RandomKey? {
    let numbers = text.split(separator: " ", omittingEmptySubsequences: false).map { UInt64($0) }
    guard numbers.count == 3, let seed = numbers[0], let stream = numbers[1],
        let block = numbers[2]
    else { return nil }
    return RandomKey(seed: seed, stream: stream, block: block)
}
