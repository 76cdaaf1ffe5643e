import FTSupport
import Tensor
import Testing

@testable import Datasets

@Suite(".npy files")
struct NPYTests {
    let folder = TemporaryFolder()

    private func file(_ header: String, _ data: [UInt8] = [], version: UInt8 = 1) -> String {
        let text = Array(header.utf8)
        let length =
            [UInt8(text.count & 255), UInt8(text.count >> 8)] + (version > 1 ? [0, 0] : [])
        return folder.write("a.npy", NPYHeader.magic + [version, 0] + length + text + data)
    }

    private func header(_ code: String, _ shape: String, fortran: Bool = false) -> String {
        "{'descr': '\(code)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': \(shape)}\n"
    }

    @Test("arrays come back as they were written", arguments: DType.allCases)
    func roundTrip(dtype: DType) throws {
        for shape: Shape in [[2, 3, 4], [7], [], [0, 5]] {
            let array = sample(shape, dtype)
            if dtype == .bfloat16 {
                #expect(
                    folder.sentence { try NPY.write(array, to: folder["a.npy"]) }
                        == "a.npy: NumPy has no bfloat16; cast it to float32 first")
            } else {
                try NPY.write(array, to: folder["a.npy"])
                #expect(same(try NPY.read(folder["a.npy"]), array))
                #expect((folder.bytes("a.npy").count - array.byteCount).isMultiple(of: 64))
            }
        }
    }

    @Test("the ends of every integer type come back, from HDF5 too")
    func integers() throws {
        let arrays = [
            NDArray([Int16.min, -1, .max]), NDArray([UInt16.max, 0]), NDArray([Int32.min, .max]),
            NDArray([UInt32.max, 1 << 31]), NDArray([Int64.min, .max]),
            NDArray([UInt64.max, 1 << 63, 0]),
        ]
        for array in arrays {
            try NPY.write(array, to: folder["a.npy"])
            #expect(same(try NPY.read(folder["a.npy"]), array))
            try HDF5Writer.create(folder["a.h5"]) { try $0.write("x", array) }
            let dataset = try HDF5Dataset(HDF5File(folder["a.h5"]), "x")
            #expect(same(try dataset.read(), array) && dataset.entry.typeName == "\(array.dtype)")
        }
    }

    @Test("all versions, byte widths and orders of axes", arguments: [1, 2, 3] as [UInt8])
    func variants(version: UInt8) throws {
        let bytes: [UInt8] = [1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 255, 255]
        let rows = try NPY.read(file(header("<u2", "(2, 3)"), bytes, version: version))
        #expect(same(rows, NDArray([1, 2, 3, 4, 5, 65_535] as [UInt16], [2, 3])))
        let columns = try NPY.read(
            file(header("<i2", "(2, 3,)", fortran: true), bytes, version: version))
        #expect(same(columns, NDArray([1, 3, 5, 2, 4, -1] as [Int16], [2, 3])))
    }

    @Test("a text beside arrays is a string of no axes, four bytes a character")
    func texts() throws {
        let path = "\(folder.path)/a.npz"
        try NPZ.write([("x", NDArray([1] as [Float]))], texts: [("t", "aé😀")], to: path)
        let bytes = try FileBytes.read(path)
        let text = String(decoding: bytes, as: Unicode.ASCII.self)
        #expect(text.contains("t.npy") && text.contains("'descr': '<U3', 'fortran_order': False"))
        #expect(text.contains("'shape': (), }"))
        let expected: [UInt8] = [0x61, 0, 0, 0, 0xE9, 0, 0, 0, 0x00, 0xF6, 1, 0]
        #expect(!bytes.ranges(of: expected).isEmpty)
    }

    @Test("elements may have the highest byte first")
    func swapped() throws {
        let words = try NPY.read(file(header(">i2", "(3,)"), [0, 1, 1, 0, 255, 254]))
        #expect(same(words, NDArray([1, 256, -2] as [Int16])))
        let doubles = try NPY.read(
            file(
                header(">f8", "(1, 2)", fortran: true),
                [0x3F, 0xF8, 0, 0, 0, 0, 0, 0, 0xC0, 0x04, 0, 0, 0, 0, 0, 0]))
        #expect(same(doubles, NDArray([1.5, -2.5], [1, 2])))
    }

    @Test("damaged and foreign files get a sentence")
    func hostile() {
        func check(_ make: @autoclosure () -> String, _ problem: String) {
            #expect(folder.sentence { try NPY.read(make()) } == "a.npy: " + problem)
        }
        check(
            folder.write("a.npy", "PK......."), "this is not a .npy file; save it with numpy.save")
        let archive = folder.write("a.npy", [0x50, 0x4B, 3, 4, 20, 0])
        check(
            archive,
            "this is an archive of arrays (.npz), not one; save each with numpy.save, or load it"
                + " there: numpy.save('x.npy', numpy.load('a.npy')['x'])")
        check(
            file("x", version: 9),
            "version 9 of the .npy format is not known; save it with numpy.save")
        check(
            folder.write("a.npy", NPYHeader.magic + [1, 0, 255, 255, 32]),
            "the file ends within its header; copy it again")
        check(
            file("{'descr': [('a', '<f4')], }"),
            "the elements are records, not numbers; save one field of them")
        check(file("garbage"), "the .npy header is damaged; save the array again")
        check(
            file(header("<f4", "(9223372036854775807, 4)")),
            "the header declares shape [9223372036854775807, 4], but only 0 bytes follow; the file"
                + " is cut short, copy it again")
        check(
            file(header("<f4", "(3,)"), [0, 0, 0, 0]),
            "the header declares shape [3], but only 4 bytes follow; the file is cut short, copy it"
                + " again")
        check(
            file(header("|u1", "(2,)"), [1, 2, 3]),
            "1 bytes follow the array; save one array to a file")
        check(
            file(header("|O", "(1,)")),
            "elements '|O' aren't numbers that are supported; save integers or floats of at most 64"
                + " bits")
        check(
            file(header("|u1", "(1, 1, 1, 1, 1, 1, 1, 1, 1)"), [1]),
            "the array has 9 dimensions, more than the 8 supported; save it with fewer")
        check(
            file(header("<f4", "(9223372036854775807, 4, 0)")),
            "the header declares shape [9223372036854775807, 4, 0], but only 0 bytes follow; the"
                + " file is cut short, copy it again")
        check(file(header("<f4", "(-1,)")), "the .npy header is damaged; save the array again")
    }

    @Test("a file cut anywhere is an error, never a crash")
    func cuts() throws {
        try NPY.write(sample([3, 2], .int32), to: folder["a.npy"])
        let whole = folder.bytes("a.npy")
        for length in 0..<whole.count {
            let path = folder.write("b.npy", Array(whole.prefix(length)))
            #expect(throws: DataError.self) { try NPY.read(path) }
        }
    }
}

@Suite("IDX files")
struct IDXTests {
    let folder = TemporaryFolder()

    @Test(
        "plain and compressed arrays come back as they were written", arguments: DType.allCases)
    func roundTrip(dtype: DType) throws {
        for name in ["a.idx", "a.idx.gz"] {
            let array = sample([5, 2, 3], dtype)
            switch dtype {
            case .float16, .bfloat16, .int64, .uint16, .uint32, .uint64:
                #expect(
                    folder.sentence { try IDX.write(array, to: folder[name]) }
                        == "\(name): IDX has no \(dtype); cast it to float32 or int32 first")
            case .bool:
                try IDX.write(array, to: folder[name])
                #expect(same(try IDX.read(folder[name]), array.cast(to: .uint8)))
            default:
                try IDX.write(array, to: folder[name])
                #expect(same(try IDX.read(folder[name]), array))
            }
        }
    }

    @Test(
        "IDX files go into HDF5 files piece by piece",
        arguments: [[70_000, 256], [3, 2, 2], [4], []])
    func copied(shape: [Int]) throws {
        let array = sample(Shape(shape), .uint8)
        try IDX.write(array, to: folder["a.idx.gz"])
        try HDF5Writer.create(folder["a.h5"]) { file in
            try IDX.copy(folder["a.idx.gz"], to: file, as: "x")
        }
        if shape.isEmpty { return }
        #expect(same(try HDF5Dataset(HDF5File(folder["a.h5"]), "x").read(), array))
        let cut = folder.write("b.idx.gz", Array(folder.bytes("a.idx.gz").dropLast(20)))
        #expect(throws: DataError.self) {
            try HDF5Writer.create(folder["b.h5"]) { file in
                try IDX.copy(cut, to: file, as: "x")
            }
        }
    }

    @Test("the highest byte comes first")
    func layout() throws {
        let path = folder.write("a.idx", [0, 0, 0x0B, 1, 0, 0, 0, 2, 0x01, 0x02, 0xFF, 0xFE])
        #expect(same(try IDX.read(path), NDArray([258, -2] as [Int16])))
        try IDX.write(NDArray([258] as [Int32]), to: folder["b.idx"])
        #expect(folder.bytes("b.idx") == [0, 0, 0x0C, 1, 0, 0, 0, 1, 0, 0, 1, 2])
        try IDX.write(NDArray([1] as [UInt8]), to: folder["c.idx.gz"])
        #expect(folder.bytes("c.idx.gz").prefix(2) == [0x1F, 0x8B])
    }

    @Test("damaged and foreign files get a sentence")
    func hostile() throws {
        func check(_ bytes: [UInt8], _ problem: String) {
            #expect(
                folder.sentence { try IDX.read(folder.write("a.idx", bytes)) }
                    == "a.idx: \(problem)")
        }
        check([], "the file is empty; make it again")
        check([0, 0], "the file ends within its header; copy or download it again")
        check(
            [1, 2, 3, 4], "this is not an IDX file; give one like train-images-idx3-ubyte")
        check(
            [0, 0, 8, 255],
            "the header declares 255 dimensions, more than the 8 supported; the file is damaged")
        check(
            [0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255],
            "the header declares shape [4294967295, 4294967295], which a file of 12 bytes can't"
                + " hold; copy it again")
        check(
            [0, 0, 14, 1, 0, 0, 0, 1, 9, 9],
            "the file ends within its elements; copy or download it again")
        check(
            [0, 0, 8, 1, 0, 0, 0, 1, 9, 9],
            "bytes follow the elements that the header declares; copy it again")
    }

    @Test("compressed files that are cut or damaged are errors")
    func damagedGzip() throws {
        let array = Random(seed: 3).uniform([5000]).cast(to: .float32)
        try IDX.write(array, to: folder["a.idx.gz"])
        let whole = folder.bytes("a.idx.gz")
        for length in stride(from: 0, to: whole.count, by: 997) {
            let path = folder.write("b.idx.gz", Array(whole.prefix(length)))
            #expect(throws: DataError.self) { try IDX.read(path) }
        }
        var flipped = whole
        for index in 4000..<4200 { flipped[index] ^= 0x5A }
        #expect(throws: DataError.self) { try IDX.read(folder.write("c.idx.gz", flipped)) }
    }
}
