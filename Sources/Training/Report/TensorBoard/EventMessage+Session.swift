import FTConfig
import FTJSON

// What TensorBoard's page on hyperparameters reads, by the numbers of fields of its
// plugin_data.proto and api.proto: a session that starts with the settings of a run, and its end.
extension EventMessage {
    /// How a session ended, by api.proto.
    enum SessionStatus: Int { case success = 1, failure = 2 }

    /// The settings that a run begins with.
    static func sessionStart(_ config: JSONValue, seconds: Double) -> ProtobufMessage {
        var start = ProtobufMessage()
        for (path, value) in settings(config) {
            var entry = ProtobufMessage()
            entry.add(1, path)
            entry.add(2, value)
            start.add(1, entry)
        }
        start.add(5, double: seconds)
        return session("session_start_info", 3, start)
    }

    /// How it ended.
    static func sessionEnd(_ status: SessionStatus, seconds: Double) -> ProtobufMessage {
        var end = ProtobufMessage()
        end.add(1, status.rawValue)
        end.add(2, double: seconds)
        return session("session_end_info", 4, end)
    }

    private static func session(
        _ name: String, _ field: Int, _ content: ProtobufMessage
    ) -> ProtobufMessage {
        var (data, plugin, metadata, message) = (
            ProtobufMessage(), ProtobufMessage(), ProtobufMessage(), ProtobufMessage()
        )
        data.add(field, content)
        plugin.add(1, "hparams")
        plugin.add(2, bytes: data.bytes)
        metadata.add(1, plugin)
        let tensors = 2
        metadata.add(4, tensors)
        // It wants a tensor of one float, which nobody reads.
        var (axis, shape, tensor) = (ProtobufMessage(), ProtobufMessage(), ProtobufMessage())
        axis.add(1, 1)
        shape.add(2, axis)
        let float = 1
        tensor.add(1, float)
        tensor.add(2, shape)
        tensor.add(5, Float(0))
        message.add(1, "_hparams_/\(name)")
        message.add(8, tensor)
        message.add(9, metadata)
        return message
    }

    /// Parts of a config that change what is learned, and keys in them that don't.
    private static let parts = [
        "seed", "data", "model", "loss", "optimizer", "schedule", "training",
    ]
    private static let others = [
        "data.path", "data.memoryLimit", "data.prefetch", "training.checkpointEverySteps",
        "training.checkpointEveryMinutes", "training.validateEverySteps",
        "training.keepCheckpoints", "training.logEverySeconds", "training.report",
        "training.capture",
    ]

    /// Numbers, words, yes and no by their keys; lists and what isn't set are none.
    private static func settings(_ config: JSONValue) -> [(path: String, value: ProtobufMessage)] {
        let leaves = ConfigLeaves.differing([config, .object([:])])
        return leaves.compactMap { leaf in
            let part = String(leaf.path.prefix { $0 != "." && $0 != "[" })
            guard parts.contains(part), !others.contains(leaf.path), let value = leaf.values[0],
                let setting = setting(value)
            else { return nil }
            return (leaf.path, setting)
        }
    }

    /// As google.protobuf.Value.
    private static func setting(_ value: JSONValue) -> ProtobufMessage? {
        var message = ProtobufMessage()
        switch value {
        case .int(let number): message.add(2, double: Double(number))
        case .double(let number): message.add(2, double: number)
        case .string(let text): message.add(3, text)
        case .bool(let answer): message.add(4, answer ? 1 : 0)
        default: return nil
        }
        return message
    }
}
