import Glibc
import Tensor
import Testing

@testable import Checkpoint

@Suite struct SafetensorsReadingTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("reads a file as another tool writes it, in any order, with metadata and padding")
    func foreignFile() throws {
        let header = """
            {"b":{"shape":[2],"data_offsets":[4,8],"dtype":"F16"},"__metadata__":{"format":"pt"},\
            "a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},\
            "empty":{"dtype":"I64","shape":[3,0],"data_offsets":[8,8]}}     
            """
        let data: [UInt8] = [0, 0, 0xC0, 0x3F, 0x00, 0x3C, 0x00, 0xC0]
        let file = try SafetensorsFile(folder.write("a", safetensors(header, data: data)))
        #expect(file.entries.map(\.name) == ["b", "a", "empty"])
        #expect(file.metadata == ["format": "pt"])
        #expect(file.entry("b")?.shape == [2])
        #expect(file.entry("b")?.byteRange == 4..<8)
        #expect(try file.array("a").shape == [])
        #expect(try file.array("a").scalar == 1.5)
        #expect(try file.array("b").values(as: Float16.self) == [1, -2])
        #expect(try file.array("empty").shape == [3, 0])
    }

    @Test("reads a file without tensors")
    func noTensors() throws {
        let file = try SafetensorsFile(folder.write("a", safetensors("{}")))
        #expect(file.entries.isEmpty && file.byteCount == 10)
    }

    @Test("copies tensors that are not aligned to their elements")
    func unaligned() throws {
        let header = """
            {"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},\
            "b":{"dtype":"F64","shape":[2],"data_offsets":[1,17]}}
            """
        for spaces in 0..<8 {
            let padded = header + String(repeating: " ", count: spaces)
            let values = [1.5, -3.25].flatMap { value in
                (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
            }
            let path = try folder.write("a", safetensors(padded, data: [7] + values))
            #expect(try SafetensorsFile(path).array("b").values(as: Double.self) == [1.5, -3.25])
        }
    }

    @Test("arrays keep the mapped file alive, even after it is deleted")
    func outlivesFile() throws {
        let path = folder.file("a")
        try SafetensorsFile.write([NamedArray("x", NDArray([Float(1), 2, 3]))], to: path)
        let array = try SafetensorsFile(path).array("x")
        unlink(path)
        #expect(array.values(as: Float.self) == [1, 2, 3])
    }

    @Test("widens the integer types that have no dtype")
    func widening() throws {
        let header = """
            {"i16":{"dtype":"I16","shape":[2],"data_offsets":[0,4]},\
            "u16":{"dtype":"U16","shape":[2],"data_offsets":[4,8]},\
            "u32":{"dtype":"U32","shape":[1],"data_offsets":[8,12]},\
            "u64":{"dtype":"U64","shape":[1],"data_offsets":[12,20]}}
            """
        let data: [UInt8] =
            [0xFF, 0xFF, 1, 0] + [0xFF, 0xFF, 1, 0] + [0xFF, 0xFF, 0xFF, 0xFF]
            + [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]
        let file = try SafetensorsFile(folder.write("a", safetensors(header, data: data)))
        #expect(try file.array("i16").values(as: Int32.self) == [-1, 1])
        #expect(try file.array("u16").values(as: Int32.self) == [65535, 1])
        #expect(try file.array("u32").values(as: Int64.self) == [4_294_967_295])
        #expect(try file.array("u64").values(as: Int64.self) == [Int64.max])
    }

    @Test(
        "says why a tensor can be listed but not loaded",
        arguments: [
            ("F8_E4M3", "[1]", [0], "is float8_e4m3, which can be listed but not computed with"),
            ("C64", "[1]", [0, 0, 0, 0, 0, 0, 0, 0], "is complex64, which can be listed but not"),
            ("F4", "[2]", [0], "is float4, which can be listed but not computed with"),
            ("BOOL", "[2]", [1, 2], "is bool but holds the byte 2"),
            (
                "U64", "[1]", [0, 0, 0, 0, 0, 0, 0, 0x80],
                "holds the uint64 value 9223372036854775808, which int64 can't hold; "
                    + "store smaller ones"
            ),
            ("U8", "[1,1,1,1,1,1,1,1,1]", [5], "has 9 dimensions, more than the 8 supported"),
        ] as [(String, String, [UInt8], String)])
    func unloadable(dtype: String, shape: String, data: [UInt8], problem: String) throws {
        let header = """
            {"x":{"dtype":"\(dtype)","shape":\(shape),"data_offsets":[0,\(data.count)]}}
            """
        let file = try SafetensorsFile(folder.write("a", safetensors(header, data: data)))
        #expect(file.entries.count == 1)
        let text = sentence(in: folder) { _ = try file.array("x") }
        #expect(text.hasPrefix("a: tensor \"x\" \(problem)"))
    }

    @Test("names a tensor that is not there")
    func missingTensor() throws {
        let file = try SafetensorsFile(folder.write("a", safetensors("{}")))
        let text = sentence(in: folder) { _ = try file.array("x\u{1B}[2J") }
        #expect(text == "a: tensor \"x\\u{1b}[2J\" is not in the file")
    }
}
