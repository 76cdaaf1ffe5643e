import Tensor

/// What a file of TensorBoard holds, by the numbers of fields of TensorFlow's event.proto,
/// summary.proto and tensor.proto.
enum EventMessage {
    /// One event: a moment, a step, and what a field holds.
    static func event(
        seconds: Double, step: Int, _ fill: (inout ProtobufMessage) -> Void
    ) -> [UInt8] {
        var message = ProtobufMessage()
        message.add(1, double: seconds)
        message.add(2, step)
        fill(&message)
        return message.bytes
    }

    /// The first event of a file.
    static func begin(_ event: inout ProtobufMessage) { event.add(3, "brain.Event:2") }

    /// A session that starts: what a file before it has of this step and later ones is void.
    static func start(_ event: inout ProtobufMessage) {
        var log = ProtobufMessage()
        log.add(1, 1)
        event.add(7, log)
    }

    /// Values as a summary.
    static func summary(_ values: [ProtobufMessage], _ event: inout ProtobufMessage) {
        var summary = ProtobufMessage()
        for value in values { summary.add(1, value) }
        event.add(5, summary)
    }

    /// A number under a name.
    static func scalar(_ name: String, _ value: Double) -> ProtobufMessage {
        var message = ProtobufMessage()
        message.add(1, name)
        message.add(2, Float(value))
        return message
    }

    /// A text, shown as Markdown, under a name.
    static func text(_ name: String, _ text: String) -> ProtobufMessage {
        var (plugin, metadata, tensor) = (
            ProtobufMessage(), ProtobufMessage(), ProtobufMessage()
        )
        plugin.add(1, "text")
        metadata.add(1, plugin)
        let string = 7
        tensor.add(1, string)
        tensor.add(2, ProtobufMessage())
        tensor.add(8, text)
        var message = ProtobufMessage()
        message.add(1, name)
        message.add(8, tensor)
        message.add(9, metadata)
        return message
    }

    /// A picture under a name, with a line on it: a tensor of its width, its height and a file.
    static func image(
        _ name: String, _ picture: ExamplePicture, _ line: String
    ) -> ProtobufMessage {
        var (plugin, metadata) = (ProtobufMessage(), ProtobufMessage())
        plugin.add(1, "images")
        metadata.add(1, plugin)
        metadata.add(2, line)
        let blobs = 3
        metadata.add(4, blobs)
        var (axis, shape, tensor) = (ProtobufMessage(), ProtobufMessage(), ProtobufMessage())
        let string = 7
        axis.add(1, 3)
        shape.add(2, axis)
        tensor.add(1, string)
        tensor.add(2, shape)
        for size in [picture.width, picture.height] { tensor.add(8, "\(size)") }
        tensor.add(8, bytes: picture.png)
        var message = ProtobufMessage()
        message.add(1, name)
        message.add(8, tensor)
        message.add(9, metadata)
        return message
    }

    /// How the numbers of a tensor are spread, under a name; nil where none is finite.
    static func histogram(_ name: String, _ values: [Double]) -> ProtobufMessage? {
        let values = values.filter(\.isFinite)
        guard let low = values.min(), let high = values.max() else { return nil }
        let count = 30
        let width = (high - low) / Double(count)
        var buckets = [Double](repeating: 0, count: width > 0 ? count : 1)
        for value in values {
            let place = width > 0 ? Int((value - low) / width) : 0
            buckets[min(place, buckets.count - 1)] += 1
        }
        var histogram = ProtobufMessage()
        histogram.add(1, double: low)
        histogram.add(2, double: high)
        histogram.add(3, double: Double(values.count))
        histogram.add(4, double: values.reduce(0, +))
        histogram.add(5, double: values.reduce(0) { $0 + $1 * $1 })
        let limits = buckets.indices.map { place in
            place == buckets.count - 1 ? high : low + width * Double(place + 1)
        }
        histogram.add(6, doubles: limits)
        histogram.add(7, doubles: buckets)
        var message = ProtobufMessage()
        message.add(1, name)
        message.add(5, histogram)
        return message
    }
}

extension ProtobufMessage {
    /// Adds a double.
    mutating func add(_ field: Int, double value: Double) {
        add(field, fixed64: value.bitPattern)
    }

    /// Adds doubles, packed.
    mutating func add(_ field: Int, doubles values: [Double]) {
        add(
            field,
            bytes: values.flatMap { value in
                (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
            })
    }

    /// All of it, where it holds no arrays.
    var bytes: [UInt8] {
        parts.flatMap { part in
            if case .bytes(let bytes) = part { bytes } else { [UInt8]() }
        }
    }
}
