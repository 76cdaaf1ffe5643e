import Glibc
import Testing

@testable import Checkpoint

/// A file that must be refused, and the sentence it must be refused with.
struct HostileFile: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let sentence: String

    init(_ name: String, _ bytes: [UInt8], _ sentence: String) {
        self.name = name
        self.bytes = bytes
        self.sentence = sentence
    }

    /// A file with one tensor "x" described by `description`.
    init(_ name: String, x description: String, data: Int = 0, _ sentence: String) {
        let bytes = [UInt8](repeating: 0, count: data)
        self.init(name, safetensors("{\"x\":\(description)}", data: bytes), sentence)
    }

    var testDescription: String { name }
}

@Suite struct HostileFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    static let frames: [HostileFile] = [
        HostileFile(
            "empty", [],
            "is 0 bytes long; a safetensors file starts with the 8-byte length of its header"),
        HostileFile(
            "7 bytes", [2, 0, 0, 0, 0, 0, 0],
            "is 7 bytes long; a safetensors file starts with the 8-byte length of its header"),
        HostileFile(
            "header longer than the file", safetensors("{}", length: 3),
            "claims a header of 3 bytes, but only 2 follow; "
                + "it is cut short or not a safetensors file"),
        HostileFile(
            "header of UInt64.max", safetensors("{}", length: .max),
            "claims a header of 18446744073709551615 bytes, more than the 100,000,000 allowed; "
                + "it is damaged or not a safetensors file"),
        HostileFile(
            "header of Int.max", safetensors("{}", length: UInt64(Int.max)),
            "claims a header of 9223372036854775807 bytes, more than the 100,000,000 allowed; "
                + "it is damaged or not a safetensors file"),
        HostileFile(
            "header of 0 bytes", safetensors(""),
            "has a header that does not start with '{'; is it a safetensors file?"),
        HostileFile(
            "header that is an array", safetensors("[]"),
            "has a header that does not start with '{'; is it a safetensors file?"),
        HostileFile(
            "header cut short", safetensors("{\"x\":{"),
            "has a header that is not valid JSON (at line 1, column 7: "
                + "the object is not closed; expected a key or '}')"),
        HostileFile(
            "text after the header", safetensors("{}x"),
            "has a header that is not valid JSON (at line 1, column 3: "
                + "'x' after the end of the JSON value; remove it)"),
        HostileFile(
            "header that is not UTF-8", [5, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x22, 0xFF, 0x22, 0x7D],
            "has a header that is not valid JSON (at line 1, column 2: "
                + "the string is not valid UTF-8; save the file as UTF-8)"),
        HostileFile(
            "deep header",
            safetensors("{\"x\":" + String(repeating: "[", count: 100_000)),
            "has a header that is not valid JSON (at line 1, column 13: "
                + "nested more than 8 levels deep)"),
        HostileFile(
            "HDF5", [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0],
            "is an HDF5 file, not a safetensors file"),
        HostileFile(
            "PyTorch", [0x50, 0x4B, 3, 4, 20, 0, 8, 8, 0, 0],
            "is a ZIP archive (of PyTorch or NumPy?), not a safetensors file"),
        HostileFile(
            "ONNX",
            [0x08, 0x0A, 0x12, 0x07] + Array("pytorch".utf8) + [0x1A, 3] + Array("2.1".utf8),
            "is an ONNX model (version 10 of the format, written by pytorch 2.1), not a "
                + "safetensors file; give the checkpoint that it was exported from, or open it "
                + "with onnxruntime or Netron"),
        HostileFile(
            "text", Array("age,city,income\n".utf8), "is text, not a safetensors file"),
        HostileFile(
            "a cut header whose length begins like JSON", [0x7B, 0, 0, 0, 0, 0, 0, 0, 0x7B],
            "claims a header of 123 bytes, but only 1 follow; "
                + "it is cut short or not a safetensors file"),
        HostileFile(
            "metadata that is a list", safetensors("{\"__metadata__\":[]}"),
            "has a \"__metadata__\" that is not an object of strings"),
        HostileFile(
            "metadata that is a number", safetensors("{\"__metadata__\":{\"k\":1}}"),
            "has metadata \"k\" that is not a string"),
        HostileFile(
            "bytes and no tensors", safetensors("{}", data: [1]),
            "has 1 byte after its last tensor"),
    ]

    static let descriptions: [HostileFile] = [
        HostileFile(
            "no object", x: "[1]",
            "tensor \"x\" is not described by an object with dtype, shape and data_offsets"),
        HostileFile(
            "no dtype", x: #"{"shape":[],"data_offsets":[0,0]}"#, "tensor \"x\" has no dtype"),
        HostileFile(
            "no shape", x: #"{"dtype":"F32","data_offsets":[0,0]}"#, "tensor \"x\" has no shape"),
        HostileFile(
            "no offsets", x: #"{"dtype":"F32","shape":[0]}"#, "tensor \"x\" has no data_offsets"),
        HostileFile(
            "numeric dtype", x: #"{"dtype":32,"shape":[0],"data_offsets":[0,0]}"#,
            "tensor \"x\" has a dtype that is not a string"),
        HostileFile(
            "unknown dtype", x: #"{"dtype":"F31","shape":[0],"data_offsets":[0,0]}"#,
            "tensor \"x\" has the unknown dtype \"F31\""),
        HostileFile(
            "shape a number", x: #"{"dtype":"F32","shape":3,"data_offsets":[0,0]}"#,
            "tensor \"x\" has a shape that is not an array"),
        HostileFile(
            "fractional size", x: #"{"dtype":"F32","shape":[1.5],"data_offsets":[0,0]}"#,
            "tensor \"x\" has a shape with a size that is not a whole number below 2⁶³"),
        HostileFile(
            "size of 2⁶⁴",
            x: #"{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,0]}"#,
            "tensor \"x\" has a shape with a size that is not a whole number below 2⁶³"),
        HostileFile(
            "negative size", x: #"{"dtype":"F32","shape":[-3],"data_offsets":[0,0]}"#,
            "tensor \"x\" has the negative size -3"),
        HostileFile(
            "overflowing shape",
            x: #"{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}"#,
            "tensor \"x\" has more elements than memory can hold"),
        HostileFile(
            "overflowing strides of no elements",
            x: #"{"dtype":"U8","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}"#,
            "tensor \"x\" has more elements than memory can hold"),
        HostileFile(
            "half a byte", x: #"{"dtype":"F4","shape":[3],"data_offsets":[0,1]}"#, data: 1,
            "tensor \"x\" fills 12 bits, which is not a whole number of bytes"),
        HostileFile(
            "three offsets", x: #"{"dtype":"F32","shape":[0],"data_offsets":[0,0,0]}"#,
            "tensor \"x\" has data_offsets that are not two whole numbers"),
        HostileFile(
            "negative offset", x: #"{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}"#,
            "tensor \"x\" has data_offsets that are not two whole numbers"),
        HostileFile(
            "offset in exponent form", x: #"{"dtype":"F32","shape":[1],"data_offsets":[0,4e0]}"#,
            "tensor \"x\" has data_offsets that are not two whole numbers"),
        HostileFile(
            "backward offsets", x: #"{"dtype":"F32","shape":[1],"data_offsets":[8,4]}"#, data: 8,
            "tensor \"x\" ends at byte 4, before its start at byte 8"),
        HostileFile(
            "offsets beyond the file", x: #"{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#,
            data: 7,
            "tensor \"x\" ends at byte 8, but the file holds 7 bytes of data; it is cut short"),
        HostileFile(
            "offset of Int.max",
            x:
                #"{"dtype":"F32","shape":[1],"data_offsets":[9223372036854775803,9223372036854775807]}"#,
            "tensor \"x\" ends at byte 9223372036854775807, "
                + "but the file holds 0 bytes of data; it is cut short"),
        HostileFile(
            "too few bytes", x: #"{"dtype":"F32","shape":[2,3],"data_offsets":[0,8]}"#, data: 8,
            "tensor \"x\" takes 8 bytes, but 2×3 float32 needs 24 bytes"),
        HostileFile(
            "a hole before", x: #"{"dtype":"F32","shape":[1],"data_offsets":[4,8]}"#, data: 8,
            "has a hole: bytes 0 to 4 of the data are no tensor's"),
        HostileFile(
            "bytes after", x: #"{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#, data: 2048,
            "has 2.0 KiB after its last tensor"),
        HostileFile(
            "name used twice",
            safetensors(
                #"{"x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"#
                    + #""x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#),
            "has a header that is not valid JSON (at line 1, column 54: "
                + "the key \"x\" appears twice)"),
        HostileFile(
            "key used twice", x: #"{"dtype":"F32","dtype":"F64","shape":[0],"data_offsets":[0,0]}"#,
            "has a header that is not valid JSON (at line 1, column 21: "
                + "the key \"dtype\" appears twice)"),
        HostileFile(
            "overlap",
            safetensors(
                #"{"y":{"dtype":"U8","shape":[4],"data_offsets":[2,6]},"#
                    + #""x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#,
                data: [0, 0, 0, 0, 0, 0]),
            "tensor \"y\" starts at byte 2, inside tensor \"x\""),
    ]

    @Test("refuses each with its sentence", arguments: frames + descriptions)
    func refusal(_ hostile: HostileFile) throws {
        let path = try folder.write("bad", hostile.bytes)
        let text = sentence(in: folder) { _ = try SafetensorsFile(path) }
        #expect(text == "bad: " + hostile.sentence)
    }

    @Test("refuses what is no file, with the system's reason")
    func noFile() throws {
        let missing = sentence(in: folder) { _ = try SafetensorsFile(folder.file("none")) }
        #expect(missing == "none: no such file")
        let directory = sentence(in: folder) { _ = try SafetensorsFile(folder.path) }
        #expect(directory == "\(folder.path): is a directory, not a file")
        let device = sentence(in: folder) { _ = try SafetensorsFile("/dev/null") }
        #expect(device == "/dev/null: is a device or pipe, not a file")
        try #require(mkfifo(folder.file("pipe"), 0o600) == 0)
        let pipe = sentence(in: folder) { _ = try SafetensorsFile(folder.file("pipe")) }
        #expect(pipe == "pipe: is a device or pipe, not a file")
        let nul = sentence(in: folder) { _ = try SafetensorsFile("a\0b") }
        #expect(nul == "a\\u{0}b: can't be read: a NUL in the file name")
    }

    @Test("says that a file may not be read", .enabled(if: geteuid() != 0))
    func permission() throws {
        let path = try folder.write("secret", safetensors("{}"))
        chmod(path, 0)
        let text = sentence(in: folder) { _ = try SafetensorsFile(path) }
        #expect(text == "secret: can't be read: permission denied")
    }
}
