import Datasets
import FTJSON
import FoundationEssentials
import Tensor
import Testing

/// Folders of images among which other things lie.
@Suite("Folders with other files")
struct ImageFaultTests {
    private func grey(_ width: Int, _ height: Int, _ seed: Int) -> [UInt8] {
        Array("P5 \(width) \(height) 255\n".utf8)
            + (0..<width * height).map { UInt8(($0 * 37 + seed * 11) % 256) }
    }

    private func folder(_ workspace: Workspace, _ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: workspace.file(path), withIntermediateDirectories: true)
    }

    private func pictures(_ count: Int = 12) throws -> Workspace {
        let workspace = try Workspace()
        for (place, name) in ["ant", "wren"].enumerated() {
            try folder(workspace, "birds/\(name)")
            for index in 0..<count {
                try workspace.write("birds/\(name)/\(index).pgm", grey(8, 6, index * 2 + place))
            }
        }
        return workspace
    }

    private static let faults = [
        "birds/Thumbs.db: is no folder of images; move it away",
        "birds/ant/a.gif: this is no PNG, JPEG, PPM or PGM",
        "birds/ant/inner: is a folder in a folder of images of one class",
        "birds/ant/notes.txt: this is no PNG, JPEG, PPM or PGM",
        "birds/lynx: holds no images; remove the folder",
        "birds/wren/cut.pgm: the samples ",
    ]

    private func spoiled() throws -> Workspace {
        let workspace = try pictures()
        try workspace.write("birds/Thumbs.db", [1, 2])
        try workspace.write("birds/ant/a.gif", "GIF89a")
        try workspace.write("birds/ant/notes.txt", "hello")
        try workspace.write("birds/wren/cut.pgm", "P2 8 6 255\n1 2 3")
        try folder(workspace, "birds/lynx")
        try folder(workspace, "birds/ant/inner")
        return workspace
    }

    @Test(
        "all that can't be used are named at once",
        arguments: [["init"], ["data", "images", "a.h5"]])
    func together(command: [String]) throws {
        let workspace = try spoiled()
        let result = try workspace.run(command + ["birds"])
        #expect(result.status == 3)
        #expect(
            result.errors.hasPrefix(
                "fttrain: birds: 6 files and folders can't be used; make them anew, move them away, "
                    + "or leave them out: --skip-bad\n"), "\(result.errors)")
        for fault in Self.faults.prefix(5) {
            #expect(result.errors.contains("\n  \(fault)"), "\(result.errors)")
        }
        #expect(result.errors.contains("\n  birds/wren/cut.pgm: "))
        #expect(!workspace.exists("data/birds.h5") && !workspace.exists("a.h5"))
    }

    @Test("with --json what was left out is listed")
    func listed() throws {
        let workspace = try spoiled()
        let result = try workspace.run("data", "images", "a.h5", "birds", "--skip-bad", "--json")
        #expect(result.status == 0, "\(result.errors)")
        let left = try JSONNode(parsing: result.output)["leftOut"]?.elements ?? []
        #expect(left.count == 6)
        #expect(left.contains { $0["path"]?.string == "birds/wren/cut.pgm" })
        #expect(left.allSatisfy { !($0["message"]?.string?.isEmpty ?? true) })
        let whole = try workspace.run(
            "data", "images", "b.h5", "birds", "--skip-bad", "--force")
        #expect(whole.status == 0)
        for line in whole.lines { #expect(line.unicodeScalars.count <= 80, "\(line)") }
    }

    @Test(
        "--skip-bad leaves them out and says which",
        arguments: [["init"], ["data", "images", "a.h5"]])
    func skipping(command: [String]) throws {
        let workspace = try spoiled()
        let result = try workspace.run(command + ["birds", "--skip-bad"])
        #expect(result.status == 0, "\(result.errors)")
        for fault in Self.faults.prefix(5) {
            #expect(result.errors.contains("fttrain: \(fault)"), "\(result.errors)")
        }
        #expect(
            result.errors.hasSuffix(
                "fttrain: birds: 6 files and folders left out, 24 images used\n"))
        let file = try HDF5File(workspace.file(command[0] == "init" ? "data/birds.h5" : "a.h5"))
        let names = ["train/labels", "validation/labels"].prefix(command[0] == "init" ? 2 : 1)
        let labels = try names.flatMap { try HDF5Dataset(file, $0).read().values(as: Int.self) }
        #expect(labels.count == 24 && Set(labels) == [0, 1])
        let unknown = try workspace.run("init", "t.csv", "--skip-bad")
        #expect(unknown.status == 2 || unknown.status == 3)
    }

    @Test("eval names --skip-bad, which leaves out all that it can't measure")
    func measured() throws {
        let workspace = try spoiled()
        #expect(
            try workspace.run("init", "birds", "--skip-bad", "training.epochs=1").status == 0)
        #expect(try workspace.run("birds.json", "--out", "run", "-q").status == 0)
        try FileManager.default.removeItem(atPath: workspace.file("birds/ant/inner"))
        let refused = try workspace.run("eval", "run", "birds")
        #expect(refused.status == 3)
        #expect(
            refused.errors.hasPrefix(
                "fttrain: birds: 4 of 28 files can't be used; make them anew, move them away, or "
                    + "leave them out with --skip-bad\n"), "\(refused.errors)")
        try folder(workspace, "birds/ant/inner")
        // An image, but of no class.
        try workspace.write("birds/stray.pgm", grey(8, 6, 3))
        let left = try workspace.run("eval", "run", "birds", "--skip-bad", "--json")
        let measured = try JSONNode(parsing: String(left.lines[0]))
        #expect(left.status == 3 && measured["examples"]?.int == 24, "\(left.output)")
        #expect(measured["leftOut"]?.elements?.count == 6)
        #expect(left.errors.contains("\n  birds/stray.pgm: is in no folder that says its"))
        #expect(left.errors.contains("\n  birds/ant/inner: "), "\(left.errors)")
    }

    @Test("images damaged within are all named, more than twenty counted")
    func damaged() throws {
        let workspace = try pictures()
        for index in 0..<30 { try workspace.write("birds/ant/x\(index).pgm", "P2 8 6 255\n1 2 3") }
        let result = try workspace.run("init", "birds")
        #expect(result.errors.hasPrefix("fttrain: birds: 30 files and folders can't be used; "))
        #expect(result.errors.hasSuffix("\n  and 10 more\n"), "\(result.errors)")
        #expect(!workspace.exists("birds.json") && !workspace.exists("data/birds.h5"))
    }

    @Test("few images of another size are named and scaled to that of the others")
    func sizes() throws {
        let workspace = try pictures()
        try workspace.write("birds/ant/odd.pgm", grey(9, 6, 1))
        let made = try workspace.run("init", "birds")
        #expect(
            made.lines.contains(
                "size       6x8 pixels, grey, each scaled to cover that: 1 of 25 pictures is another "
                    + "size than 6x8, birds/ant/odd.pgm 6x9; --size HEIGHTxWIDTH says otherwise"),
            "\(made.output)\(made.errors)")
        let one = try workspace.run("data", "images", "a.h5", "birds")
        #expect(one.errors.contains("(1 of 25 pictures is another size)"))
        try workspace.write("birds/ant/odder.pgm", grey(8, 7, 1))
        let two = try workspace.run("data", "images", "a.h5", "birds")
        #expect(
            two.errors.hasPrefix(
                "fttrain: birds: 2 of 26 pictures are other sizes than 6x8, the most frequent; make "
                    + "them alike with --size HEIGHTxWIDTH, as in --size 6x8\n"), "\(two.errors)")
        #expect(two.errors.contains("\n  birds/ant/odd.pgm: has 6x9 pixels"))
        #expect(two.errors.contains("\n  birds/ant/odder.pgm: has 7x8 pixels"))
    }
}
