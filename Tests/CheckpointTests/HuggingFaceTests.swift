import Testing

@testable import Checkpoint

@Suite("Safetensors files as other tools write them")
struct HuggingFaceTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func model(_ name: String, byte: UInt8) throws {
        let header = #"{"\#(name)":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#
        try folder.write("\(name).safetensors", safetensors(header, data: [byte]))
    }

    @Test("may say more of a tensor than is known, and nothing in their metadata")
    func surplus() throws {
        let header = """
            {"__metadata__":null,"a":{"dtype":"F8_E4M3FNUZ","shape":[2],"data_offsets":[0,2],"z":{}}}
            """
        let path = try folder.write("a", safetensors(header, data: [0x40, 0x80]))
        let file = try SafetensorsFile(path)
        #expect(file.metadata.isEmpty && file.entries.map(\.type) == [.float8E4M3FNUZ])
        let report = try InspectReport(path: path)
        #expect(report.text().contains("float8_e4m3fnuz"))
    }

    @Test("are one model where an index names its shards")
    func index() throws {
        try model("a", byte: 3)
        try model("b", byte: 5)
        let text = """
            {"metadata": {"total_size": 2},
             "weight_map": {"b": "b.safetensors", "a": "a.safetensors"}}
            """
        let path = try folder.write("index.json", Array(text.utf8))
        let index = try #require(try ShardIndex(path))
        let listing = index.listing(InspectOptions(statistics: true))
        #expect(listing.rows.map(\.name) == ["a", "b"])
        #expect(listing.rows.map(\.note) == ["a.safetensors", "b.safetensors"])
        #expect(listing.rows.map { $0.statistics?.maximum } == [3, 5])
        #expect(listing.format == "safetensors model in 2 files")
    }

    @Test("are refused where shards aren't what their index says")
    func wrongIndex() throws {
        try model("a", byte: 3)
        func problem(_ map: String) throws -> String {
            let text = #"{"weight_map": {\#(map)}}"#
            let path = try folder.write("index.json", Array(text.utf8))
            return sentence(in: folder) { _ = try ShardIndex(path) }
        }
        #expect(
            try problem(#""c": "a.safetensors""#)
                == "index.json: tensor \"c\" is not in \"a.safetensors\", where the index puts it")
        #expect(
            try problem(#""a": "../a.safetensors""#)
                == "index.json: tensor \"a\" is in no file of the index's folder")
        #expect(try problem(#""a": "b.safetensors""#).hasPrefix("b.safetensors: "))
        #expect(try ShardIndex(folder.write("x.json", Array("{}".utf8))) == nil)
        #expect(try ShardIndex(folder.file("a.safetensors")) == nil)
    }
}
