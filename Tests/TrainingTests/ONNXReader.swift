/// A message in the protobuf wire format, read back.
struct ProtobufFields {
    enum Field {
        case number(UInt64)
        case bytes([UInt8])
    }

    private var fields: [(number: Int, value: Field)] = []

    init?(_ bytes: [UInt8]) {
        var place = 0
        func varint() -> UInt64? {
            var (value, shift): (UInt64, UInt64) = (0, 0)
            while place < bytes.count, shift < 64 {
                let byte = bytes[place]
                place += 1
                value |= UInt64(byte & 127) << shift
                if byte < 128 { return value }
                shift += 7
            }
            return nil
        }
        while place < bytes.count {
            guard let tag = varint() else { return nil }
            var count = 0
            switch tag & 7 {
            case 0:
                guard let value = varint() else { return nil }
                fields.append((Int(tag >> 3), .number(value)))
                continue
            case 2:
                guard let length = varint() else { return nil }
                count = Int(length)
            case 1: count = 8
            case 5: count = 4
            default: return nil
            }
            guard place + count <= bytes.count else { return nil }
            fields.append((Int(tag >> 3), .bytes(Array(bytes[place..<place + count]))))
            place += count
        }
    }

    func bytes(_ number: Int) -> [[UInt8]] {
        fields.compactMap {
            if $0.number == number, case .bytes(let bytes) = $0.value { bytes } else { nil }
        }
    }

    func texts(_ number: Int) -> [String] {
        bytes(number).map { String(decoding: $0, as: UTF8.self) }
    }

    func messages(_ number: Int) -> [ProtobufFields] { bytes(number).compactMap { Self($0) } }

    func numbers(_ number: Int) -> [Int] {
        fields.compactMap {
            if $0.number == number, case .number(let value) = $0.value {
                Int(truncatingIfNeeded: value)
            } else {
                nil
            }
        }
    }
}

/// An ONNX model as its file says it.
struct ONNXReader {
    struct Node {
        let type: String
        let inputs, outputs: [String]
    }

    let operatorVersion: Int
    let metadata: [String: String]
    let nodes: [Node]
    /// Shapes and bytes of weights by name.
    let weights: [String: (shape: [Int], type: Int, bytes: [UInt8])]
    /// Names, and sizes of axes, "batch" or numbers.
    let inputs, outputs: [(name: String, sizes: [String])]

    init?(_ bytes: [UInt8]) {
        guard let model = ProtobufFields(bytes), let graph = model.messages(7).first,
            let version = model.messages(8).first?.numbers(2).first
        else { return nil }
        operatorVersion = version
        metadata = Dictionary(
            uniqueKeysWithValues: model.messages(14).map { ($0.texts(1)[0], $0.texts(2)[0]) })
        nodes = graph.messages(1).map {
            Node(type: $0.texts(4)[0], inputs: $0.texts(1), outputs: $0.texts(2))
        }
        weights = Dictionary(
            uniqueKeysWithValues: graph.messages(5).map {
                ($0.texts(8)[0], ($0.numbers(1), $0.numbers(2)[0], $0.bytes(9)[0]))
            })
        func values(_ number: Int) -> [(name: String, sizes: [String])] {
            graph.messages(number).map { value in
                let tensor = value.messages(2).first?.messages(1).first
                let sizes = tensor?.messages(2).first?.messages(1) ?? []
                return (
                    value.texts(1)[0],
                    sizes.map { $0.texts(2).first ?? $0.numbers(1).first.map(String.init) ?? "" }
                )
            }
        }
        (inputs, outputs) = (values(11), values(12))
    }

    /// What a node uses that no one before it gives; names that are given twice.
    var faults: [String] {
        var known = Set(inputs.map(\.name)).union(weights.keys)
        var faults = known.count == inputs.count + weights.count ? [] : ["a name twice"]
        for node in nodes {
            faults += node.inputs.filter { !$0.isEmpty && !known.contains($0) }
            faults += node.outputs.filter { !known.insert($0).inserted }
        }
        return faults + outputs.map(\.name).filter { !known.contains($0) }
    }
}
