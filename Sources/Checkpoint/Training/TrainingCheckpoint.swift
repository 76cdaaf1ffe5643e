import FTJSON
public import Tensor

/// A moment of a training run: the model, the optimizer's tensors and all other state.
///
/// In the file the model's tensors have their own dotted names and the optimizer's the names
/// `optimizer/<parameter>/<slot>`; everything else is metadata under `faketensor.`.
public struct TrainingCheckpoint: Sendable {
    /// What a tensor of a model is.
    public enum Kind: String, Sendable {
        /// Changed by the optimizer.
        case parameter
        /// State of a layer that the optimizer does not touch.
        case buffer
    }

    /// One tensor of the model.
    public struct ModelTensor: Sendable {
        /// The dotted name, `blocks.0.attn.weight`.
        public var name: String
        /// Parameter or buffer.
        public var kind: Kind
        /// Whether the optimizer may change it; false for buffers and frozen parameters.
        public var isTrainable: Bool
        /// Its elements. After loading on the CPU they are mapped from the file, read-only.
        public var array: NDArray

        /// Creates an entry; a buffer is never trainable.
        public init(
            _ name: String, _ array: NDArray, kind: Kind = .parameter, isTrainable: Bool = true
        ) {
            self.name = name
            self.array = array
            self.kind = kind
            self.isTrainable = isTrainable && kind == .parameter
        }
    }

    /// One tensor of the optimizer: the slot `m` of the parameter `fc1.weight`, say.
    public struct OptimizerTensor: Sendable {
        /// The name of the parameter.
        public var parameter: String
        /// The name of the slot, without a slash.
        public var slot: String
        /// Its elements.
        public var array: NDArray

        /// Creates an entry.
        public init(_ parameter: String, _ slot: String, _ array: NDArray) {
            self.parameter = parameter
            self.slot = slot
            self.array = array
        }

        /// The name in the file.
        public var name: String { TrainingCheckpoint.optimizerPrefix + parameter + "/" + slot }
    }

    static let optimizerPrefix = "optimizer/"

    /// The model's tensors in model order.
    public var model: [ModelTensor]
    /// Further names of shared tensors: alias to the name under which the tensor is listed.
    public var aliases: [String: String]
    /// The optimizer's tensors.
    public var optimizer: [OptimizerTensor]
    /// Everything that is not a tensor.
    public var state: TrainingState

    /// Creates a checkpoint.
    public init(
        model: [ModelTensor], aliases: [String: String] = [:], optimizer: [OptimizerTensor] = [],
        state: TrainingState = TrainingState()
    ) {
        self.model = model
        self.aliases = aliases
        self.optimizer = optimizer
        self.state = state
    }

    /// Writes one safetensors file, atomically and with a checksum.
    public func save(to path: String) throws(CheckpointError) {
        try save(to: path, observer: nil)
    }

    func save(to path: String, observer: SaveObserver?) throws(CheckpointError) {
        for tensor in model where tensor.name.hasPrefix(TrainingCheckpoint.optimizerPrefix) {
            throw CheckpointError(
                .unwritable, path, tensor: tensor.name,
                "can't be written: names of model tensors must not start with \"optimizer/\"")
        }
        for tensor in optimizer where tensor.slot.isEmpty || tensor.slot.utf8.contains(0x2F) {
            throw CheckpointError(
                .unwritable, path, tensor: tensor.name,
                "can't be written: the name of a slot is empty or has a slash")
        }
        let tensors =
            model.map { NamedArray($0.name, $0.array) }
            + optimizer.map { NamedArray($0.name, $0.array) }
        try SafetensorsFile.write(
            tensors, metadata: state.metadata + kinds, checksum: true, to: path,
            observer: observer)
    }

    /// Which tensors are buffers, frozen or shared, as JSON; nothing where there are none.
    private var kinds: [(key: String, value: String)] {
        var pairs: [(key: String, value: String)] = []
        let buffers = model.filter { $0.kind == .buffer }.map(\.name)
        let frozen = model.filter { $0.kind == .parameter && !$0.isTrainable }.map(\.name)
        if !buffers.isEmpty {
            pairs.append((MetadataKey.buffers, JSONValue.strings(buffers).text()))
        }
        if !frozen.isEmpty {
            pairs.append((MetadataKey.frozen, JSONValue.strings(frozen).text()))
        }
        if !aliases.isEmpty {
            var object = JSONObject()
            for (alias, name) in aliases.sorted(by: { $0.key < $1.key }) {
                object.append(alias, .string(name))
            }
            pairs.append((MetadataKey.aliases, JSONValue.object(object).text()))
        }
        return pairs
    }
}
