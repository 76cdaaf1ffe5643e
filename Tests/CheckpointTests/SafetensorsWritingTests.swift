import FTJSON
import FTSupport
import Glibc
import Tensor
import Testing

@testable import Checkpoint

@Suite struct SafetensorsWritingTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("every dtype comes back bit for bit, NaN payloads included", arguments: DType.allCases)
    func roundTrip(dtype: DType) throws {
        let shapes: [Shape] = [[], [0], [3, 0, 2], [1], [5, 7]]
        var tensors: [NamedArray] = []
        var random = SeededNumbers(state: 99)
        for (index, shape) in shapes.enumerated() {
            let array = NDArray(uninitialized: shape, dtype, on: CPUBackend.shared)
            array.withUnsafeMutableBytes { bytes in
                for place in bytes.indices {
                    bytes[place] = UInt8.random(in: 0...(dtype == .bool ? 1 : 255), using: &random)
                }
                // All bits set: a NaN with a payload in every float type.
                if dtype.isFloat { for place in bytes.prefix(8).indices { bytes[place] = 0xFF } }
            }
            tensors.append(NamedArray("t\(index)", array))
        }
        try SafetensorsFile.write(tensors, to: folder.file("a"))
        let file = try SafetensorsFile(folder.file("a"))
        for tensor in tensors {
            let read = try file.array(tensor.name)
            #expect(read.dtype == dtype && read.shape == tensor.array.shape)
            let (old, new) = (
                tensor.array.withUnsafeBytes(Array.init), read.withUnsafeBytes(Array.init)
            )
            #expect(old == new)
        }
    }

    @Test("the layout is the published one, byte for byte")
    func layout() throws {
        let tensors = [
            NamedArray("a", NDArray([UInt8(1), 2, 3])), NamedArray("b", NDArray([Float(1)])),
        ]
        try SafetensorsFile.write(
            tensors, metadata: [(key: "k", value: "v\"\n")], to: folder.file("a"))
        let header =
            #"{"__metadata__":{"k":"v\"\n"},"a":{"dtype":"U8","shape":[3],"data_offsets":[4,7]},"#
            + #""b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
        let padding = String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        let expected = safetensors(header + padding, data: [0, 0, 0x80, 0x3F, 1, 2, 3])
        #expect(try contents(folder.file("a")) == expected)
    }

    @Test("lists tensors in the order given and aligns all of them")
    func alignment() throws {
        let tensors = [
            NamedArray("byte", NDArray([UInt8(1)])), NamedArray("double", NDArray([1.0])),
            NamedArray("half", NDArray([Float16(1)])), NamedArray("float", NDArray([Float(1)])),
            NamedArray("strided", NDArray([Float(1), 2, 3, 4], [2, 2]).permute([1, 0])),
        ]
        try SafetensorsFile.write(tensors, to: folder.file("a"))
        let file = try SafetensorsFile(folder.file("a"))
        #expect(file.entries.map(\.name) == tensors.map(\.name))
        #expect(file.dataStart % 8 == 0)
        for entry in file.entries {
            #expect(entry.byteRange.lowerBound % (entry.type.bits / 8) == 0)
        }
        #expect(try file.array("strided").values(as: Float.self) == [1, 3, 2, 4])
    }

    @Test("the same tensors give the same bytes, checksum included")
    func determinism() throws {
        for name in ["a", "b"] { try exampleCheckpoint().save(to: folder.file(name)) }
        #expect(try contents(folder.file("a")) == contents(folder.file("b")))
    }

    @Test("refuses names that no reader could tell apart")
    func names() throws {
        let x = NDArray([Float(1)])
        let twice = sentence(in: folder) {
            try SafetensorsFile.write(
                [NamedArray("x", x), NamedArray("x", x)], to: folder.file("a"))
        }
        #expect(
            twice == "a: tensor \"x\" can't be written: the name is reserved or used twice")
        let reserved = sentence(in: folder) {
            try SafetensorsFile.write([NamedArray("__metadata__", x)], to: folder.file("a"))
        }
        #expect(reserved.hasSuffix("the name is reserved or used twice"))
        #expect(folder.names().isEmpty)
    }
}

@Suite struct AtomicSaveTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(
        "an error at any point leaves the old file and no temporary",
        arguments: [SaveStage.created, .wrote, .synced])
    func failure(stage: SaveStage) throws {
        let path = folder.file("a")
        try exampleCheckpoint(step: 1).save(to: path)
        let old = try contents(path)
        let full = CheckpointError(.unwritable, path, FileProblem(ENOSPC).whileWriting)
        let text = sentence(in: folder) {
            try exampleCheckpoint(step: 2).save(to: path) { point throws(CheckpointError) in
                if point == stage { throw full }
            }
        }
        #expect(
            text
                == "a: can't be written: the disk is full; make room and try again (what was there "
                + "before is untouched)")
        #expect(folder.names() == ["a"])
        #expect(try contents(path) == old)
    }

    @Test("a target that can't be written gets a sentence")
    func unwritable() throws {
        let missing = sentence(in: folder) {
            try exampleCheckpoint().save(to: folder.file("none/a"))
        }
        #expect(missing == "none/a: can't be written: its folder does not exist; make it first")
        try #require(mkdir(folder.file("taken"), 0o755) == 0)
        let taken = sentence(in: folder) { try exampleCheckpoint().save(to: folder.file("taken")) }
        #expect(taken == "taken: can't be written: there is a directory of that name")
        let nameless = sentence(in: folder) { try exampleCheckpoint().save(to: folder.file("")) }
        #expect(nameless == "is not a name for a file" || nameless == ": is not a name for a file")
        #expect(folder.names() == ["taken"])
    }

    @Test("replaces a file that is mapped without touching the mapped bytes")
    func replacesMapped() throws {
        let path = folder.file("a")
        try SafetensorsFile.write([NamedArray("x", NDArray([Float(1), 2]))], to: path)
        let old = try SafetensorsFile(path).array("x")
        try SafetensorsFile.write([NamedArray("x", NDArray([Float(3), 4]))], to: path)
        #expect(old.values(as: Float.self) == [1, 2])
        #expect(try SafetensorsFile(path).array("x").values(as: Float.self) == [3, 4])
    }
}
