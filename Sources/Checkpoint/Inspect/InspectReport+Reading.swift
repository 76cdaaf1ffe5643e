extension InspectReport {
    /// Inspects a safetensors file of any origin.
    ///
    /// Throws what opening it throws, and for our own files also what their metadata break.
    public init(
        path: String, options: InspectOptions = InspectOptions()
    ) throws(CheckpointError) {
        try self.init(SafetensorsFile(opening: path), options)
    }

    /// Inspects a file that is already open.
    public init(
        _ file: SafetensorsFile, _ options: InspectOptions = InspectOptions()
    ) throws(CheckpointError) {
        let reader = MetadataReader(file)
        path = file.path
        byteCount = file.byteCount
        state = reader.isOurs ? try TrainingState(reader) : nil
        metadata = reader.isOurs ? [:] : file.metadata
        aliases = reader.isOurs ? try reader.pairs("aliases") : [:]
        checksum =
            options.statistics
            ? file.checksumStatus() : (file.hasChecksum ? .unchecked : .absent)

        var content = FileContent(try Kinds(reader))
        for entry in file.entries { content.add(entry) }
        var visible = content.model.filter { options.shows($0.entry.name) }
        if options.statistics { InspectReport.measure(&visible, file) }
        rows = InspectRow.rows(visible, options)
        nonFinite = visible.filter { $0.statistics?.isFinite == false }.map(\.entry.name)
        var shown = Total()
        for tensor in visible { shown.add(tensor.entry) }
        self.shown = shown

        parameters = content.parameters
        trainable = content.trainable
        buffers = content.buffers
        optimizer = content.optimizer
        slots = content.slots
        bytesByType = content.bytesByType
        obstacles = InspectReport.obstacles(state, checksum)
    }

    private static func obstacles(
        _ state: TrainingState?, _ checksum: ChecksumStatus
    ) -> [String] {
        guard let state else { return ["it has no training state, only weights"] }
        var obstacles = state.missingForResuming.map { "no \($0)" }
        if checksum == .absent { obstacles.append("no checksum") }
        if checksum == .bad { obstacles.append("the checksum does not match") }
        return obstacles
    }

    private static func measure(_ tensors: inout [InspectedTensor], _ file: SafetensorsFile) {
        for index in tensors.indices {
            let entry = tensors[index].entry
            tensors[index].statistics = file.withBytes(of: entry) {
                TensorStatistics(entry.type, $0)
            }
        }
    }
}

/// What the metadata say about the tensors.
private struct Kinds {
    let isOurs: Bool
    let buffers: Set<String>
    let frozen: Set<String>

    init(_ reader: MetadataReader) throws(CheckpointError) {
        isOurs = reader.isOurs
        buffers = isOurs ? Set(try reader.names("buffers")) : []
        frozen = isOurs ? Set(try reader.names("frozen")) : []
    }
}

/// The tensors of a file sorted into model and optimizer, and their sums.
private struct FileContent {
    private let kinds: Kinds
    private(set) var model: [InspectedTensor] = []
    private(set) var parameters = InspectReport.Total()
    private(set) var trainable = InspectReport.Total()
    private(set) var buffers = InspectReport.Total()
    private(set) var optimizer = InspectReport.Total()
    private var slotOrder: [String] = []
    private var slotTotals: [String: InspectReport.Total] = [:]
    private var typeBytes: [SafetensorsType: Int] = [:]

    init(_ kinds: Kinds) { self.kinds = kinds }

    var slots: [InspectReport.Slot] {
        slotOrder.map { name in
            let total = slotTotals[name, default: InspectReport.Total()]
            return InspectReport.Slot(
                name: name, tensorCount: total.tensors, byteCount: total.bytes)
        }
    }

    var bytesByType: [(type: String, bytes: Int)] {
        typeBytes.map { (type: $0.key.name, bytes: $0.value) }
            .sorted { ($1.bytes, $0.type) < ($0.bytes, $1.type) }
    }

    mutating func add(_ entry: TensorEntry) {
        typeBytes[entry.type, default: 0] += entry.byteCount
        if kinds.isOurs, let (_, slot) = TrainingCheckpoint.slot(entry.name) {
            optimizer.add(entry)
            if slotTotals[slot] == nil { slotOrder.append(slot) }
            slotTotals[slot, default: InspectReport.Total()].add(entry)
            return
        }
        let isBuffer = kinds.buffers.contains(entry.name)
        let isFrozen = kinds.frozen.contains(entry.name)
        if isBuffer { buffers.add(entry) } else { parameters.add(entry) }
        if !isBuffer, !isFrozen { trainable.add(entry) }
        let kind = isBuffer ? "buffer" : isFrozen ? "frozen" : "param"
        model.append(InspectedTensor(entry: entry, kind: kinds.isOurs ? kind : "tensor"))
    }
}
