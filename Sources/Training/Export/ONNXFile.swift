import Checkpoint
import FTSupport
import Tensor

/// The messages of an ONNX file: github.com/onnx/onnx/blob/main/onnx/onnx.proto.
struct ONNXFile {
    let graph: ONNXGraph
    let output: ONNXGraph.Value
    let name: String
    /// What the model comes from.
    let facts: [(key: String, value: String)]

    /// The versions of the operators and of the file's form: any runtime since 2022 knows them.
    static let (operatorVersion, formVersion) = (17, 8)
    /// What protobuf's readers take.
    private static let largestFile = Int(Int32.max)

    /// Writes the file, in place of what was there.
    ///
    /// Throws where it would be larger than protobuf allows.
    func write(to path: String) throws {
        let message = model
        guard message.count <= ONNXFile.largestFile else {
            throw RunError(
                .data,
                "\(path): an ONNX file holds at most 2 GiB, and this model takes "
                    + "\(Format.bytes(message.count)); export safetensors instead")
        }
        let file = AtomicFile<any Error>(path) { RunError(.data, "\(path): \($0.whileWriting)") }
        try file.write { output in
            for part in message.parts {
                switch part {
                case .bytes(let bytes): try output.write(bytes)
                case .elements(let array):
                    try array.withUnsafeBytes { try output.write($0) }
                }
            }
        }
    }

    /// ModelProto.
    private var model: ProtobufMessage {
        var message = ProtobufMessage()
        message.add(1, ONNXFile.formVersion)
        message.add(2, "FakeTensor")
        message.add(3, FrameworkVersion.current)
        message.add(7, graphMessage)
        var operators = ProtobufMessage()
        operators.add(1, "")
        operators.add(2, ONNXFile.operatorVersion)
        message.add(8, operators)
        for (key, value) in facts {
            var entry = ProtobufMessage()
            entry.add(1, key)
            entry.add(2, value)
            message.add(14, entry)
        }
        return message
    }

    /// GraphProto.
    private var graphMessage: ProtobufMessage {
        var message = ProtobufMessage()
        for node in graph.nodes { message.add(1, ONNXFile.message(node)) }
        message.add(2, name)
        for (name, array) in graph.constants { message.add(5, ONNXFile.tensor(name, array)) }
        for input in graph.inputs { message.add(11, ONNXFile.value(input)) }
        message.add(12, ONNXFile.value(output))
        return message
    }

    /// NodeProto.
    private static func message(_ node: ONNXGraph.Node) -> ProtobufMessage {
        var message = ProtobufMessage()
        for input in node.inputs { message.add(1, input) }
        for output in node.outputs { message.add(2, output) }
        message.add(3, node.name)
        message.add(4, node.type)
        for (name, value) in node.attributes { message.add(5, attribute(name, value)) }
        return message
    }

    /// AttributeProto.
    private static func attribute(
        _ name: String, _ value: ONNXGraph.Attribute
    ) -> ProtobufMessage {
        var message = ProtobufMessage()
        message.add(1, name)
        let type: Int
        switch value {
        case .float(let number):
            message.add(2, Float(number))
            type = 1
        case .int(let number):
            message.add(3, number)
            type = 2
        case .text(let text):
            message.add(4, text)
            type = 3
        case .ints(let numbers):
            for number in numbers { message.add(8, number) }
            type = 7
        case .texts(let texts):
            for text in texts { message.add(9, text) }
            type = 8
        }
        message.add(20, type)
        return message
    }

    /// TensorProto.
    private static func tensor(_ name: String, _ array: NDArray) -> ProtobufMessage {
        var message = ProtobufMessage()
        for size in array.shape { message.add(1, size) }
        message.add(2, elementType(array.dtype))
        message.add(8, name)
        message.add(9, elements: array)
        return message
    }

    /// ValueInfoProto of a float32 tensor with a batch axis of any size.
    private static func value(_ value: ONNXGraph.Value) -> ProtobufMessage {
        var sizes = ProtobufMessage()
        for (index, size) in ([0] + Array(value.shape)).enumerated() {
            var dimension = ProtobufMessage()
            if index == 0 { dimension.add(2, "batch") } else { dimension.add(1, size) }
            sizes.add(1, dimension)
        }
        var tensor = ProtobufMessage()
        tensor.add(1, elementType(.float32))
        tensor.add(2, sizes)
        var type = ProtobufMessage()
        type.add(1, tensor)
        var message = ProtobufMessage()
        message.add(1, value.name)
        message.add(2, type)
        return message
    }

    /// TensorProto.DataType.
    private static func elementType(_ dtype: DType) -> Int {
        switch dtype {
        case .float32: 1
        case .uint8: 2
        case .int8: 3
        case .uint16: 4
        case .int16: 5
        case .int32: 6
        case .int64: 7
        case .bool: 9
        case .float16: 10
        case .float64: 11
        case .uint32: 12
        case .uint64: 13
        case .bfloat16: 16
        }
    }
}
