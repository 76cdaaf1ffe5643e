public import Tensor

extension TrainingCheckpoint {
    /// Loads a checkpoint that this framework wrote.
    ///
    /// Throws for a file without training state (see `weights`), of another format version, or
    /// whose checksum does not match.
    /// - Parameter verify: Whether to read the whole file once and compare the checksum.
    public init(
        path: String, on device: Device = .cpu, verify: Bool = true
    ) throws(CheckpointError) {
        try self.init(SafetensorsFile(opening: path), on: device, verify: verify)
    }

    /// As the initializer above, of a file that is open.
    package init(_ file: SafetensorsFile) throws(CheckpointError) {
        try self.init(file, on: .cpu, verify: true)
    }

    init(
        _ file: SafetensorsFile, on device: Device, verify: Bool
    ) throws(CheckpointError) {
        let reader = MetadataReader(file)
        state = try TrainingState(reader)
        guard file.hasChecksum else {
            throw CheckpointError(
                .damaged, file.path,
                "has no checksum, which every checkpoint has; another tool may have written it "
                    + "again")
        }
        if verify { try TrainingCheckpoint.verify(file) }
        aliases = try reader.pairs("aliases")
        model = try TrainingCheckpoint.model(file, reader, on: device)
        optimizer = []
        let names = Set(model.lazy.map(\.name))
        for entry in file.entries {
            guard let (parameter, slot) = TrainingCheckpoint.slot(entry.name) else { continue }
            guard names.contains(parameter) else {
                throw CheckpointError(
                    .damaged, file.path, tensor: entry.name,
                    "belongs to a parameter that is not in the file")
            }
            let array = try file.load(entry, on: device)
            optimizer.append(OptimizerTensor(parameter, slot, array))
        }
    }

    /// Everything but the tensors, from the header alone.
    public static func state(path: String) throws(CheckpointError) -> TrainingState {
        try TrainingState(MetadataReader(SafetensorsFile(opening: path)))
    }

    /// The model's tensors of any safetensors file, ours or from elsewhere.
    ///
    /// In a file from elsewhere every tensor is a trainable parameter.
    /// - Parameter verify: Whether to compare the checksum, if the file has one.
    public static func weights(
        path: String, on device: Device = .cpu, verify: Bool = true
    ) throws(CheckpointError) -> [ModelTensor] {
        let file = try SafetensorsFile(opening: path)
        let reader = MetadataReader(file)
        if reader.isOurs { try reader.checkFormat() }
        if verify { try TrainingCheckpoint.verify(file) }
        return try model(file, reader, on: device)
    }

    /// The parameter and slot that the name of an optimizer tensor stands for.
    static func slot(_ name: String) -> (parameter: String, slot: String)? {
        guard name.hasPrefix(optimizerPrefix) else { return nil }
        let rest = name.dropFirst(optimizerPrefix.count)
        guard let slash = rest.lastIndex(of: "/") else { return nil }
        return (String(rest[..<slash]), String(rest[rest.index(after: slash)...]))
    }

    private static func verify(_ file: SafetensorsFile) throws(CheckpointError) {
        guard file.checksumStatus() == .bad else { return }
        throw CheckpointError(
            .damaged, file.path,
            "is damaged: its checksum does not match; use another checkpoint of the run")
    }

    private static func model(
        _ file: SafetensorsFile, _ reader: MetadataReader, on device: Device
    ) throws(CheckpointError) -> [ModelTensor] {
        let buffers = Set(try reader.names("buffers"))
        let frozen = Set(try reader.names("frozen"))
        var model: [ModelTensor] = []
        for entry in file.entries where !reader.isOurs || slot(entry.name) == nil {
            let array = try file.load(entry, on: device)
            let kind: Kind = buffers.contains(entry.name) ? .buffer : .parameter
            model.append(
                ModelTensor(
                    entry.name, array, kind: kind, isTrainable: !frozen.contains(entry.name)))
        }
        return model
    }
}
