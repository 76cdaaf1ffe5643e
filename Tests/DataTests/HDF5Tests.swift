import CHDF5
import CHDF5Shim
import Tensor
import Testing

@testable import Datasets

@Suite("HDF5 files")
struct HDF5Tests {
    let folder = TemporaryFolder()

    @Test("every dtype comes back as it was written", arguments: DType.allCases)
    func roundTrip(dtype: DType) throws {
        let path = folder["a.h5"]
        let array = sample([12, 3, 5], dtype)
        try HDF5Writer.create(path) { file in
            try file.write("plain", array)
            try file.write("group/packed", array, chunkRows: 5, deflate: 4)
        }
        let file = try HDF5File(path)
        for name in ["plain", "/group/packed"] {
            let dataset = try HDF5Dataset(file, name)
            #expect(dataset.dtype == dtype)
            #expect(dataset.count == 12)
            #expect(same(try dataset.read(), array))
        }
    }

    @Test(
        "named integers keep their value, sign and size", arguments: [true, false], [1, 2, 4, 8])
    func enumeration(signed: Bool, size: Int) throws {
        for bigEndian in [false, true] {
            let type = RawHDF5.integer(size, signed: signed, bigEndian: bigEndian)
            RawHDF5.create(folder["a.h5"]) { file in
                let names = H5Tenum_create(type)
                for (index, value) in [UInt64.max, 0, 1].enumerated() {
                    var bytes = (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
                    if bigEndian { bytes.reverse() }
                    H5Tenum_insert(names, "name\(index)", bytes)
                }
                RawHDF5.add(file, "x", [4], stored: names)
                let id = H5Dopen2(file, "x", hid_t(H5P_DEFAULT))
                // The last value has no name.
                let rows: [UInt64] = [.max, 0, 1, 77]
                let stored = rows.flatMap { value in
                    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
                    return bigEndian ? bytes.reversed() : bytes
                }
                H5Dwrite(id, names, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), stored)
                H5Dclose(id)
                H5Tclose(names)
            }
            let array = try HDF5Dataset(HDF5File(folder["a.h5"]), "x").read()
            let dtypes: [DType] =
                signed ? [.int8, .int16, .int32, .int64] : [.uint8, .uint16, .uint32, .uint64]
            #expect(array.dtype.size == size && dtypes.contains(array.dtype))
            let largest = size == 8 ? UInt64.max : 1 << (8 * UInt64(size)) - 1
            if signed {
                #expect(array.values(as: Int.self) == [-1, 0, 1, 77])
            } else {
                #expect(array.values(as: UInt64.self) == [largest, 0, 1, 77])
            }
        }
    }

    @Test("arrays may be made of others of the same file")
    func virtual() throws {
        try HDF5Writer.create(folder["a.h5"]) { file in
            try file.write("one", sample([3, 2], .int32))
            try file.write("two", sample([3, 2], .int32))
        }
        try RawHDF5.join(folder["a.h5"], "both", ["one", "two"], rows: 3, width: 2, in: ".")
        let both = try HDF5Dataset(HDF5File(folder["a.h5"]), "both").read()
        let rows = sample([3, 2], .int32).values(as: Int.self)
        #expect(both.shape == [6, 2] && both.values(as: Int.self) == rows + rows)
    }

    @Test("chunks that libhdf5 refuses are an error and not left out")
    func refusedChunk() {
        let rows = NDArray.full([1], 1, .uint8)
        let layout = h5x_dataset_creation()
        defer { H5Pclose(layout) }
        // A chunk ends at 4 GiB.
        let large = rows.expand(to: [5_000_000_000])
        HDF5Library.locked {
            #expect(!HDF5Writer.setChunks(layout, large.shape, large.dtype, 5_000_000_000, nil))
            #expect(HDF5Writer.setChunks(layout, large.shape, large.dtype, 1000, 1))
        }
    }

    @Test("partial reads equal the same rows of a full one", arguments: [nil, 1, 7, 64])
    func partial(chunkRows: Int?) throws {
        let array = sample([50, 4], .int32)
        try HDF5Writer.create(folder["a.h5"]) {
            try $0.write("x", array, chunkRows: chunkRows, deflate: chunkRows.map { _ in 1 })
        }
        let dataset = try HDF5Dataset(HDF5File(folder["a.h5"]), "x")
        for rows in [0..<50, 0..<1, 13..<29, 49..<50, 20..<20] {
            let part = array.slice(axis: 0, start: rows.lowerBound, count: rows.count)
            #expect(same(try dataset.read(rows: rows), part.contiguous()))
        }
        for rows in [[3, 3, 49, 0], [], Array((0..<50).reversed()), [10, 11, 12, 40]] {
            #expect(same(try dataset.read(rows: rows), array.gather(NDArray(rows))))
        }
        let joined = try dataset.read(ranges: [40..<45, 0..<2, 7..<7])
        #expect(same(joined, array.gather(NDArray([40, 41, 42, 43, 44, 0, 1]))))
    }

    @Test("integers keep their dtype, those of odd sizes are widened, in either byte order")
    func widened() throws {
        let cases: [(name: String, size: Int, signed: Bool, big: Bool, dtype: DType, top: Int64)] =
            [
                ("i16", 2, true, false, .int16, -32_768), ("u16", 2, false, false, .uint16, 65_535),
                ("u16be", 2, false, true, .uint16, 65_535), ("i32be", 4, true, true, .int32, -7),
                ("u24", 3, false, false, .int32, 16_777_215),
                ("u32", 4, false, false, .uint32, 4_294_967_295),
                ("i40", 5, true, true, .int64, -549_755_813_888),
                ("u64", 8, false, true, .uint64, 9_223_372_036_854_775_807),
                ("i64be", 8, true, true, .int64, -9_223_372_036_854_775_807),
            ]
        RawHDF5.create(folder["a.h5"]) { file in
            for item in cases {
                let type = RawHDF5.integer(item.size, signed: item.signed, bigEndian: item.big)
                RawHDF5.add(file, item.name, [2], stored: type, [item.top, 5])
                H5Tclose(type)
            }
        }
        let file = try HDF5File(folder["a.h5"])
        for item in cases {
            let array = try HDF5Dataset(file, item.name).read()
            #expect(array.dtype == item.dtype, "\(item.name)")
            #expect(array.values(as: Int64.self) == [item.top, 5], "\(item.name)")
        }
    }

    @Test("lists every dataset with its storage")
    func entries() throws {
        try HDF5Writer.create(folder["a.h5"]) { file in
            try file.write("train/x", sample([100, 8], .float32), chunkRows: 10, deflate: 9)
            try file.write("train/y", sample([100], .uint8))
        }
        let entries = try HDF5File(folder["a.h5"]).entries()
        #expect(entries.map(\.path) == ["train/x", "train/y"])
        #expect(entries[0].dimensions == [100, 8])
        #expect(entries[0].chunks == [10, 8])
        #expect(entries[0].filters == ["shuffle", "deflate"])
        #expect(entries[0].storedBytes < 3200)
        #expect(entries[1].typeName == "uint8")
        #expect(entries[1].chunks == nil)
        #expect(entries[1].storedBytes == 100)
    }

    @Test("a group that holds itself is listed once")
    func cycle() throws {
        RawHDF5.create(folder["a.h5"]) { file in
            let group = H5Gcreate2(
                file, "g", hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
            RawHDF5.add(group, "x", [1], stored: h5x_integer(4, 1), [1])
            H5Lcreate_hard(file, "g", group, "again", hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
            H5Gclose(group)
        }
        #expect(try HDF5File(folder["a.h5"]).entries().map(\.path) == ["g/x"])
    }

    @Test("lists thousands of groups, and refuses more than any data file has")
    func manyGroups() throws {
        let path = folder["many.h5"]
        let array = NDArray([1 as Float])
        try HDF5Writer.create(path) { file in
            for index in 0..<4900 { try file.write("g\(index)/x", array) }
        }
        let entries = try HDF5File(path).entries()
        #expect(entries.count == 4900)
        #expect(entries.first?.path == "g0/x" && entries.last?.path == "g999/x")
        try HDF5Writer.create(path) { file in
            for index in 0..<5001 { try file.write("g\(index)/x", array) }
        }
        let sentence = folder.sentence { try HDF5File(path).entries() }
        #expect(sentence == "many.h5: the groups hold too many objects; this is no data file")
    }

    @Test("a file that could not be completed leaves what was there")
    func atomic() throws {
        try HDF5Writer.create(folder["a.h5"]) { try $0.write("old", sample([3], .int8)) }
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try HDF5Writer.create(folder["a.h5"]) { file in
                try file.write("new", sample([3], .int8))
                throw Stop()
            }
        }
        #expect(try HDF5File(folder["a.h5"]).entries().map(\.path) == ["old"])
    }

    @Test("two threads may read one file")
    func threads() throws {
        let array = sample([400, 50], .int32)
        try HDF5Writer.create(folder["a.h5"]) { try $0.write("x", array, chunkRows: 9, deflate: 1) }
        let dataset = try HDF5Dataset(HDF5File(folder["a.h5"]), "x")
        let readers = (0..<3).map { _ in
            Prefetcher<NDArray>(ahead: 2) { emit in
                for row in 0..<400 {
                    guard emit(try dataset.read(rows: row..<row + 1)) else { return }
                }
            }
        }
        for row in 0..<400 {
            for reader in readers {
                let part = try #require(try reader.next().element)
                #expect(same(part, array.slice(axis: 0, start: row, count: 1)))
            }
        }
    }
}
