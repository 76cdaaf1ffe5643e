import FTSupport

// Files that are taken for safetensors by mistake, known by their first bytes.
extension SafetensorsHeader {
    /// Throws where a file, whose first bytes are no length of a header, is of a known format.
    static func refuseForeignFormat(
        _ bytes: UnsafeRawBufferPointer, _ path: String
    ) throws(CheckpointError) {
        let formats: [([UInt8], String)] = [
            ([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], "an HDF5 file"),
            ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive (of PyTorch or NumPy?)"),
            (Array("GGUF".utf8), "a GGUF file"), ([0x93] + Array("NUMPY".utf8), "a NumPy file"),
            ([0x1F, 0x8B, 0x08], "a gzip file"),
        ]
        // Of a header that is cut short these are 0, whatever its length begins with.
        let isNoLength = bytes[4..<8].contains { $0 != 0 }
        let problem: String
        if let format = formats.first(where: { bytes.starts(with: $0.0) }) {
            problem = "is \(format.1), not a safetensors file"
        } else if let model = onnxModel(bytes) {
            problem =
                "is \(model), not a safetensors file; give the checkpoint that it was exported "
                + "from, or open it with onnxruntime or Netron"
        } else if isNoLength, bytes[0] == UInt8(ascii: "{") {
            problem = "is JSON text, not a safetensors file, nor the index of such"
        } else if bytes.prefix(8).allSatisfy({ (0x20..<0x7F).contains($0) || $0 == 0x0A }) {
            problem = "is text, not a safetensors file"
        } else {
            return
        }
        throw CheckpointError(.damaged, path, problem)
    }

    /// What an ONNX model says of itself: a protobuf that starts with the version of its format
    /// (field 1), mostly followed by who wrote it (fields 2 and 3); nil for other files.
    private static func onnxModel(_ bytes: UnsafeRawBufferPointer) -> String? {
        let producer: UInt8 = 0x12
        let producerVersion: UInt8 = 0x1A
        // Tags of fields 2 to 8.
        let tags: [UInt8] = [producer, producerVersion, 0x22, 0x28, 0x32, 0x3A, 0x42]
        guard bytes.count >= 8, bytes[0] == 0x08, (1...64).contains(bytes[1]),
            tags.contains(bytes[2]), bytes[4..<8].contains(where: { $0 != 0 })
        else { return nil }
        var (place, words) = (2, [String]())
        for tag in [producer, producerVersion] {
            guard place + 1 < bytes.count, bytes[place] == tag, bytes[place + 1] < 0x80 else {
                continue
            }
            let (start, end) = (place + 2, place + 2 + Int(bytes[place + 1]))
            guard end <= bytes.count else { break }
            place = end
            if start < end { words.append(String(decoding: bytes[start..<end], as: UTF8.self)) }
        }
        let writer = words.isEmpty ? "" : ", written by \(words.joined(separator: " "))"
        return "an ONNX model (version \(bytes[1]) of the format\(writer))"
    }
}
