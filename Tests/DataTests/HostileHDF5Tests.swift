import CHDF5
import CHDF5Shim
import FTSupport
import Glibc
import Tensor
import Testing

@testable import Datasets

@Suite("HDF5 files that can't be used get a sentence")
struct HostileHDF5Tests {
    let folder = TemporaryFolder()

    private func open(_ dataset: String) -> String? {
        folder.sentence { try HDF5Dataset(HDF5File(folder["a.h5"]), dataset) }
    }

    @Test("missing, empty, a folder, another format")
    func notHDF5() {
        #expect(
            folder.sentence { try HDF5File(folder["no.h5"]) }
                == "no.h5: there is no such file; check the path")
        #expect(
            folder.sentence { try HDF5File(folder.write("a.h5", "")) }
                == "a.h5: the file is empty; make it again")
        mkdir(folder["d.h5"], 0o777)
        #expect(
            folder.sentence { try HDF5File(folder["d.h5"]) }
                == "d.h5: this is not a file; name a data file")
        #expect(
            folder.sentence { try HDF5File(folder.write("a.h5", "x,y\n1,2\n")) }
                == "a.h5: this is not an HDF5 file; convert other formats with 'fttrain data'")
    }

    @Test("cut short")
    func truncated() throws {
        try HDF5Writer.create(folder["a.h5"]) { try $0.write("x", sample([1000], .int64)) }
        let whole = folder.bytes("a.h5")
        #expect(
            folder.sentence { try HDF5File(folder.write("b.h5", Array(whole.prefix(4000)))) }
                == "b.h5: the file is cut short; copy or download it again")
    }

    @Test("paths that lead nowhere")
    func missingDataset() throws {
        try HDF5Writer.create(folder["a.h5"]) { file in
            try file.write("train/images", sample([4, 2], .uint8))
            try file.write("train/labels", sample([4], .uint8))
        }
        #expect(
            open("train/imags")
                == "a.h5: there is no dataset 'train/imags'; did you mean 'train/images'?")
        #expect(
            open("validation")
                == "a.h5: there is no dataset 'validation'; it holds 'train/images', 'train/labels'"
        )
        #expect(
            open("train")
                == "a.h5: 'train' is a group; it holds 'train/images', 'train/labels'")
        #expect(
            open("train/images/deep")
                == "a.h5: there is no dataset 'train/images/deep'; did you mean 'train/images'?")
        #expect(
            open("") == "a.h5: the dataset has no name; it holds 'train/images', 'train/labels'")
    }

    @Test("elements that aren't numbers")
    func types() throws {
        RawHDF5.create(folder["a.h5"]) { file in
            RawHDF5.add(file, "text", [2], stored: h5x_text(4))
            let record = H5Tcreate(H5T_COMPOUND, 8)
            H5Tinsert(record, "a", 0, h5x_integer(4, 1))
            RawHDF5.add(file, "record", [2], stored: record)
            RawHDF5.add(file, "list", [2], stored: H5Tvlen_create(h5x_integer(4, 1)))
        }
        let advice = "not numbers; store it as an array of one numeric type"
        #expect(open("text") == "a.h5: 'text' holds text, \(advice)")
        #expect(open("record") == "a.h5: 'record' holds compound records, \(advice)")
        #expect(open("list") == "a.h5: 'list' holds lists of varying length, \(advice)")
        #expect(try HDF5File(folder["a.h5"]).entries().map(\.dtype) == [nil, nil, nil])
    }

    @Test("shapes that aren't rows")
    func shapes() {
        RawHDF5.create(folder["a.h5"]) { file in
            RawHDF5.add(file, "one", [], stored: h5x_integer(4, 1), [3])
            RawHDF5.add(file, "deep", Array(repeating: 1, count: 9), stored: h5x_integer(4, 1), [3])
        }
        #expect(
            open("one")
                == "a.h5: 'one' is a single value; data needs a first axis that counts the examples"
        )
        #expect(
            open("deep")
                == "a.h5: 'deep' has 9 dimensions, more than the 8 supported; store it with fewer")
    }

    @Test("sizes that the file can't hold")
    func absurd() throws {
        RawHDF5.create(folder["a.h5"]) { file in
            let layout = h5x_dataset_creation()
            H5Pset_chunk(layout, 2, [16, 16])
            RawHDF5.add(file, "x", [1 << 40, 1000], stored: h5x_float64(), layout: layout)
            H5Pclose(layout)
            let id = H5Dopen2(file, "x", hid_t(H5P_DEFAULT))
            let space = H5Dget_space(id)
            let one = H5Screate_simple(1, [1], nil)
            H5Sselect_elements(space, H5S_SELECT_SET, 1, [0, 0])
            H5Dwrite(id, h5x_float64(), one, space, hid_t(H5P_DEFAULT), [1.0])
            H5Sclose(one)
            H5Sclose(space)
            H5Dclose(id)
        }
        let sizes = "\(1 << 40)×1000"
        let bytes = Format.grouped(folder.bytes("a.h5").count)
        #expect(
            open("x")
                == "a.h5: 'x' declares \(sizes) elements, which a file of \(bytes) bytes can't hold;"
                + " it is damaged, make it again")
        #expect(try HDF5File(folder["a.h5"]).entries().count == 1)
    }

    @Test("datasets without elements, beside which others are read")
    func nothing() throws {
        RawHDF5.create(folder["a.h5"]) { file in
            let plain = hid_t(H5P_DEFAULT)
            let space = H5Screate(H5S_NULL)
            H5Dclose(H5Dcreate2(file, "null", h5x_float32(), space, plain, plain, plain))
            H5Sclose(space)
            RawHDF5.add(file, "unwritten", [4_000_000, 784], stored: h5x_float32())
            RawHDF5.add(file, "none", [0, 2], stored: h5x_float32())
            RawHDF5.add(file, "x", [2], stored: h5x_integer(4, 1), [1, 2])
            H5Lcreate_soft("/nowhere", file, "dangling", plain, plain)
        }
        let entries = try HDF5File(folder["a.h5"]).entries()
        #expect(entries.map(\.path) == ["none", "null", "unwritten", "x"])
        #expect(entries.map(\.content) == [.stored, .null, .unwritten, .stored])
        #expect(
            open("null") == "a.h5: 'null' holds nothing, not even a shape; write elements into it")
        #expect(
            open("unwritten")
                == "a.h5: 'unwritten' was made, but its elements were never written; write them")
        #expect(open("none") == nil && open("x") == nil)
        #expect(
            open("dangling")?.hasPrefix("a.h5: 'dangling' is a link to what isn't in this file; it")
                == true)
    }

    @Test("virtual datasets of other files, of nothing and of themselves")
    func virtual() throws {
        try HDF5Writer.create(folder["a.h5"]) { try $0.write("x", sample([3, 2], .int32)) }
        let add = { (name: String, source: String, file: String) in
            try RawHDF5.join(folder["a.h5"], name, [source], rows: 3, width: 2, in: file)
        }
        try add("other", "x", folder["b.h5"])
        try add("missing", "nowhere", ".")
        try add("self", "self", ".")
        #expect(
            open("other")
                == "a.h5: 'other' keeps its elements in other files; copy them into this one")
        #expect(
            open("missing")
                == "a.h5: 'missing' takes its elements from 'nowhere', which is no array of this "
                + "file; copy them")
        #expect(open("self")?.contains("takes its elements from 'self', which is no array") == true)
    }

    @Test("data that lie in other files")
    func external() throws {
        try HDF5Writer.create(folder["b.h5"]) { try $0.write("x", sample([3], .int8)) }
        _ = folder.write("raw", [1, 2, 3, 4])
        RawHDF5.create(folder["a.h5"]) { file in
            H5Lcreate_external(
                folder["b.h5"], "x", file, "link", hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
            H5Lcreate_soft("/link", file, "soft", hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
            let layout = h5x_dataset_creation()
            H5Pset_external(layout, folder["raw"], 0, 4)
            RawHDF5.add(file, "raw", [1], stored: h5x_integer(4, 1), layout: layout)
            H5Pclose(layout)
        }
        #expect(
            open("link") == "a.h5: 'link' is a link to another file; copy the data into this one")
        #expect(
            open("soft")?.hasPrefix("a.h5: 'soft' is a link to what isn't in this file") == true)
        #expect(
            open("raw")
                == "a.h5: 'raw' keeps its elements in other files; copy them into this one")
    }

    @Test("numbers beyond int64 are uint64")
    func beyond() throws {
        RawHDF5.create(folder["a.h5"]) { file in
            let type = RawHDF5.integer(8, signed: false)
            RawHDF5.add(file, "x", [1], stored: type)
            let id = H5Dopen2(file, "x", hid_t(H5P_DEFAULT))
            H5Dwrite(
                id, h5x_integer(8, 0), hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT),
                [UInt64.max])
            H5Dclose(id)
            H5Tclose(type)
        }
        let array = try HDF5Dataset(HDF5File(folder["a.h5"]), "x").read()
        #expect(same(array, NDArray([UInt64.max])))
    }

    @Test("damaged chunks")
    func damaged() throws {
        let noise = Random(seed: 1).uniform([2000], .float64)
        try HDF5Writer.create(folder["a.h5"]) {
            try $0.write("x", noise, chunkRows: 500, deflate: 1)
        }
        var bytes = folder.bytes("a.h5")
        for index in bytes.count / 2..<bytes.count / 2 + 400 { bytes[index] ^= 0x55 }
        _ = folder.write("a.h5", bytes)
        let sentence = folder.sentence { try HDF5Dataset(HDF5File(folder["a.h5"]), "x").read() }
        #expect(sentence?.hasPrefix("a.h5: 'x' can't be read at rows 0..<2000 (") == true)
        #expect(sentence?.hasSuffix("); the file is damaged, make it again") == true)
    }

    @Test("chunks that are larger than the data")
    func largeChunks() throws {
        try HDF5Writer.create(folder["a.h5"]) {
            try $0.write("x", sample([50, 28, 27], .uint8), chunkRows: 7, deflate: 1)
        }
        var bytes = folder.bytes("a.h5")
        let sizes: [UInt8] = [7, 0, 0, 0, 28, 0, 0, 0, 27, 0, 0, 0]
        let start = try #require(
            bytes.indices.first { bytes[$0...].prefix(sizes.count).elementsEqual(sizes) })
        bytes[start + 10] = 2
        _ = folder.write("a.h5", bytes)
        #expect(
            open("x")
                == "a.h5: 'x' declares chunks of 7×28×131099 elements, more than it has; the file is"
                + " damaged, make it again")
    }

    @Test("a file cut anywhere is an error, never a crash")
    func cuts() throws {
        try HDF5Writer.create(folder["a.h5"]) {
            try $0.write("x", sample([300, 4], .int32), chunkRows: 20, deflate: 1)
        }
        let whole = folder.bytes("a.h5")
        for length in stride(from: 0, to: whole.count, by: 61) {
            let path = folder.write("b.h5", Array(whole.prefix(length)))
            #expect(throws: DataError.self) { try HDF5Dataset(HDF5File(path), "x").read() }
        }
    }

    @Test("inputs and targets that don't belong together")
    func mismatch() throws {
        try HDF5Writer.create(folder["a.h5"]) { file in
            try file.write("x", sample([1200, 2], .uint8))
            try file.write("y", sample([1000], .uint8))
            try file.write("none", sample([0, 2], .uint8))
            try file.write("flat", sample([1000, 0], .uint8))
        }
        func open(_ inputs: String, _ targets: String) -> String? {
            folder.sentence { try Dataset.open(folder["a.h5"], inputs: inputs, targets: targets) }
        }
        #expect(
            open("x", "y")
                == "a.h5: 'x' and 'y': 1,200 inputs but 1,000 targets; each input needs one target")
        #expect(
            open("none", "none")
                == "a.h5: 'none' and 'none': there are no examples; fill it or name another dataset"
        )
        #expect(
            open("flat", "y")
                == "a.h5: 'flat' has rows without elements; fill it or name another dataset")
    }
}
