import FTJSON
import Tensor
import Testing

@testable import Checkpoint

@Suite struct InspectTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The report's text with the folder's path taken out.
    private func text(_ name: String, _ options: InspectOptions = InspectOptions()) throws -> String
    {
        let report = try InspectReport(path: folder.file(name), options: options)
        return String(report.text().dropFirst(folder.path.count + 1))
    }

    @Test("shows a checkpoint from its header alone")
    func golden() throws {
        try exampleCheckpoint().save(to: folder.file("best"))
        let shown = try text("best")
        #expect(
            shown == """
                best   FakeTensor 0.1.0 checkpoint, format 1
                mlp · created 2026-11-20T12:00:00Z · epoch 2 · step 860 · best accuracy 0.9768
                    (epoch 2) · seed 18446744073709551615 · cpu
                config xxh64:3107e74faf2c0c01
                size 1.7 KiB · checksum not checked (--stats does)
                resumable: yes (optimizer, random state, sampler position, config)

                name        kind    shape      dtype    params      %   MiB
                fc1.weight  param   3×2        float32       6   31.6  0.00
                fc1.bias    frozen  3          float32       3   15.8  0.00
                norm.count  buffer  scalar     int64         1    5.3  0.00
                norm.mask   buffer  3          bool          3   15.8  0.00
                fc2.weight  param   2×3        float16       6   31.6  0.00
                total               5 tensors               19  100.0  0.00

                parameters  15 in 3 tensors, 48 bytes
                trainable   12 in 2 tensors, 36 bytes
                buffers     4 in 2 tensors, 11 bytes
                optimizer   adam · m 48 bytes · v 48 bytes
                bytes       float32 132 bytes · float16 12 bytes · int64 8 bytes · bool 3 bytes
                shared      head.weight is fc2.weight
                """ + "\n")
    }

    @Test("statistics show the numbers and verify the checksum")
    func goldenStatistics() throws {
        var checkpoint = exampleCheckpoint()
        checkpoint.model = [
            .init("w", NDArray([Float(-1), 0, 0.5, 1, .nan, .infinity], [2, 3])),
            .init("b", NDArray([Float]())),
        ]
        checkpoint.optimizer = []
        try checkpoint.save(to: folder.file("a"))
        let options = InspectOptions(statistics: true)
        let shown = try text("a", options)
        #expect(
            shown == """
                a   FakeTensor 0.1.0 checkpoint, format 1
                mlp · created 2026-11-20T12:00:00Z · epoch 2 · step 860 · best accuracy 0.9768
                    (epoch 2) · seed 18446744073709551615 · cpu
                config xxh64:3107e74faf2c0c01
                size 1000 bytes · checksum ok
                resumable: yes (optimizer, random state, sampler position, config)

                name   kind   shape      dtype    params      %   MiB
                w      param  2×3        float32       6  100.0  0.00
                b      param  0          float32       0    0.0  0.00
                total         2 tensors                6  100.0  0.00

                name  min   mean  max     std   zero  histogram  problem
                w      -1  0.125    1  0.7395  16.7%  █▁▁▁█▁██   1 NaN, 1 Inf
                b       –      –    –       –   0.0%  ▁▁▁▁▁▁▁▁

                parameters  6 in 2 tensors, 24 bytes
                optimizer   adam
                bytes       float32 24 bytes
                shared      head.weight is fc2.weight
                NOT FINITE  1 tensor with NaN or infinity: w
                """ + "\n")
        let report = try InspectReport(path: folder.file("a"), options: options)
        #expect(report.isDamaged && report.nonFinite == ["w"])
    }

    @Test("files from elsewhere are shown with control characters escaped")
    func goldenForeign() throws {
        let header = #"""
            {"__metadata__":{"format":"pt\u001b[31m"},"a\u001b[2J\u202e.w":{"dtype":"F8_E4M3",\#
            "shape":[2,2],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[],"data_offsets":[4,8]}}
            """#
        try folder.write("a", safetensors(header, data: [UInt8](repeating: 0, count: 8)))
        let shown = try text("a")
        #expect(
            shown == """
                a   safetensors file from elsewhere
                metadata format = "pt\\u{1b}[31m"
                size 186 bytes · checksum none
                resumable: no (it has no training state, only weights)

                name                  kind    shape      dtype        params      %   MiB
                a\\u{1b}[2J\\u{202e}.w  tensor  2×2        float8_e4m3       4   80.0  0.00
                b                     tensor  scalar     float32           1   20.0  0.00
                total                         2 tensors                    5  100.0  0.00

                parameters  5 in 2 tensors, 8 bytes
                bytes       float32 4 bytes · float8_e4m3 4 bytes
                """ + "\n")
        let report = try InspectReport(path: folder.file("a"))
        #expect(report.json["tensors"]?.text().contains("\\u001b") == true)
    }

    @Test("repeated blocks are shown once, whatever the order of the file")
    func folding() throws {
        let x = NDArray.full([2, 2], 1)
        var names = ["embed.weight"]
        for block in [0, 1, 10, 11, 2, 3, 4, 5, 6, 7, 8, 9] {
            for expert in 0..<3 { names.append("blocks.\(block).experts.\(expert).w") }
            names.append("blocks.\(block).norm")
        }
        var tensors = names.map { NamedArray($0, x) }
        tensors.append(NamedArray("blocks.12.norm", x))
        tensors.append(NamedArray("layers.0.w", x))
        tensors.append(NamedArray("layers.1.w", .full([3], 1)))
        try SafetensorsFile.write(tensors, to: folder.file("a"))
        let rows = try InspectReport(path: folder.file("a")).rows
        #expect(
            rows.map(\.name) == [
                "embed.weight", "blocks.{0…11}.experts.{0…2}.w", "blocks.{0…11}.norm",
                "blocks.12.norm", "layers.0.w", "layers.1.w",
            ])
        #expect(rows.map(\.tensorCount) == [1, 36, 12, 1, 1, 1])
        #expect(rows[1].elementCount == 144 && rows[1].shape == [2, 2])
        let flat = InspectOptions(folds: false)
        #expect(try InspectReport(path: folder.file("a"), options: flat).rows.count == 52)
    }

    @Test("names of a million dots are no trouble")
    func deepNames() throws {
        let name = String(repeating: ".", count: 1_000_000)
        let x = NDArray([Float(1)])
        try SafetensorsFile.write(
            [NamedArray(name, x), NamedArray(name + "1", x), NamedArray("", x)],
            to: folder.file("a"))
        let report = try InspectReport(path: folder.file("a"))
        #expect(report.rows.count == 3)
        #expect(report.text().utf8.count < 2000)
    }

    @Test("filter, sort and depth choose the rows")
    func selection() throws {
        try exampleCheckpoint().save(to: folder.file("a"))
        func names(_ options: InspectOptions) throws -> [String] {
            try InspectReport(path: folder.file("a"), options: options).rows.map(\.name)
        }
        #expect(try names(InspectOptions(filter: "fc*weight")) == ["fc1.weight", "fc2.weight"])
        #expect(try names(InspectOptions(filter: "fc?.bias")) == ["fc1.bias"])
        #expect(try names(InspectOptions(filter: "none")) == [])
        #expect(
            try names(InspectOptions(sort: .size)) == [
                "fc1.weight", "fc1.bias", "fc2.weight", "norm.count", "norm.mask",
            ])
        #expect(
            try names(InspectOptions(sort: .name)) == [
                "fc1.bias", "fc1.weight", "fc2.weight", "norm.count", "norm.mask",
            ])
        let summed = try InspectReport(
            path: folder.file("a"), options: InspectOptions(depth: 1)
        ).rows
        #expect(summed.map(\.name) == ["fc1.*", "norm.*", "fc2.weight"])
        #expect(summed.map(\.kind) == ["mixed", "buffer", "param"])
        #expect(summed.map(\.dtype) == ["float32", "mixed", "float16"])
        #expect(summed.map(\.shape) == [nil, nil, [2, 3]])
    }

    @Test("says what a checkpoint lacks for resuming")
    func resumability() throws {
        func obstacles(_ change: (inout TrainingState) -> Void) throws -> [String] {
            var checkpoint = exampleCheckpoint()
            change(&checkpoint.state)
            try checkpoint.save(to: folder.file("a"))
            return try InspectReport(path: folder.file("a")).obstacles
        }
        #expect(try obstacles { _ in } == [])
        #expect(try obstacles { $0.optimizer = nil } == ["no optimizer state"])
        #expect(try obstacles { $0.random = [:] } == ["no random state"])
        #expect(
            try obstacles {
                $0.sampler = nil
                $0.config = nil
            } == ["no sampler position", "no config"])
        try SafetensorsFile.write([NamedArray("w", .full([1], 1))], to: folder.file("b"))
        #expect(
            try InspectReport(path: folder.file("b")).obstacles == [
                "it has no training state, only weights"
            ])
    }

    @Test("a damaged file is not resumable once its data are read")
    func damage() throws {
        try exampleCheckpoint().save(to: folder.file("a"))
        var bytes = try contents(folder.file("a"))
        bytes[bytes.count - 20] ^= 1
        try folder.write("a", bytes)
        let quick = try InspectReport(path: folder.file("a"))
        #expect(quick.checksum == .unchecked && quick.isResumable && !quick.isDamaged)
        let thorough = try InspectReport(
            path: folder.file("a"), options: InspectOptions(statistics: true))
        #expect(thorough.checksum == .bad && thorough.isDamaged)
        #expect(thorough.obstacles == ["the checksum does not match"])
    }

    @Test("the report for programs has the same facts")
    func json() throws {
        try exampleCheckpoint().save(to: folder.file("a"))
        let json = try InspectReport(path: folder.file("a")).json
        #expect(json["resumable"] == true)
        #expect(json["parameters"] == ["tensors": 3, "elements": 15, "bytes": 48])
        #expect(json["training"]?["seed"] == "18446744073709551615")
        #expect(json["training"]?["config"] == ["name": "mlp"])
        #expect(json["shared"] == ["head.weight": "fc2.weight"])
        guard case .array(let tensors) = json["tensors"] else {
            Issue.record("no tensors")
            return
        }
        #expect(
            tensors.first == [
                "name": "fc1.weight", "kind": "param", "shape": [3, 2], "dtype": "float32",
                "elements": 6, "bytes": 24,
            ])
        #expect((try? JSONNode(parsing: json.text(.pretty))) != nil)
    }

    @Test("other files are listed in the same style")
    func listing() {
        let listing = FileListing(
            path: "data.h5", format: "HDF5 file", byteCount: 9_876_543,
            rows: [
                .init(name: "train", kind: "group", shape: nil, dtype: "", byteCount: 0),
                .init(
                    name: "train/images", kind: "dataset", shape: [12000, 28, 28], dtype: "uint8",
                    byteCount: 9_408_000, note: "chunks 64×28×28, gzip 4"),
                .init(
                    name: "train/labels", kind: "dataset", shape: [12000], dtype: "uint8",
                    byteCount: 12000),
            ])
        #expect(
            listing.text() == """
                data.h5   HDF5 file
                size 9.42 MiB

                name          kind     shape        dtype   elements   MiB  storage
                train         group
                train/images  dataset  12000×28×28  uint8  9,408,000  8.97  chunks 64×28×28,
                                                                            gzip 4
                train/labels  dataset  12000        uint8     12,000  0.01
                total                  3 items                        8.98
                """ + "\n")
        let large = listing.applying(InspectOptions(filter: "*/*", sort: .name))
        #expect(large.rows.map(\.name) == ["train/images", "train/labels"])
        #expect(large.json["items"]?.text().contains("\"shape\":[12000]") == true)
    }
}
