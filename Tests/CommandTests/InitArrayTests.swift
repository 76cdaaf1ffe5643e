import Datasets
import FTJSON
import Tensor
import Testing

/// `init` of arrays, by themselves and in HDF5.
@Suite("init of arrays")
struct InitArrayTests {
    @Test("numbers that aren't near 0 and 1 are scaled, and come back in the data's units")
    func targets() throws {
        let workspace = try Workspace()
        let x = Random(seed: 1).normal([200, 3])
        let cells = x.values(as: Float.self)
        var (levels, both) = ([Float](), [Float]())
        for row in 0..<200 {
            let sum = cells[3 * row] + cells[3 * row + 1] - cells[3 * row + 2]
            levels.append(104 + 2.8 * sum)
            both += [104 + 2.8 * sum, sum]
        }
        try NPY.write(x, to: workspace.file("x.npy"))
        try NPY.write(NDArray(levels, [200]), to: workspace.file("y.npy"))
        let made = try workspace.run("init", "x.npy", "y.npy")
        #expect(made.unfolded.contains("targets    to mean 0 and deviation 1"), "\(made.errors)")
        let config = try JSONNode(parsing: workspace.text("x.json"))
        #expect(config["data"]?["targetTransforms"]?.elements?[0]["type"]?.string == "normalize")
        let trained = try workspace.run("x.json", "training.epochs=20", "--out", "run")
        #expect(trained.status == 0, "\(trained.errors)")
        let measured = try workspace.run("eval", "run", "--json")
        let result = try JSONNode(parsing: String(measured.lines[0]))
        #expect(try #require(result["validation"]?["r2"]?.double) > 0.9, "\(measured.output)")
        // Two quantities are scaled each by itself.
        try NPY.write(NDArray(both, [200, 2]), to: workspace.file("z.npy"))
        #expect(
            try workspace.run("init", "x.npy", "z.npy", "-o", "z.json", "--data", "z.h5").status
                == 0)
        let pair = try JSONNode(parsing: workspace.text("z.json"))
        let means = pair["data"]?["targetTransforms"]?.elements?[0]["mean"]?.elements
        let first = try #require(means?[0].double)
        let second = try #require(means?[1].double)
        #expect(abs(first - 104) < 2 && abs(second) < 2)
    }

    @Test("examples are told by rows from 0, in predictions as in what init keeps of them")
    func rows() throws {
        let workspace = try Workspace()
        try NPY.write(Random(seed: 1).normal([40, 3]), to: workspace.file("x.npy"))
        try NPY.write(NDArray((0..<40).map { Int64($0 % 2) }), to: workspace.file("y.npy"))
        #expect(try workspace.run("init", "x.npy", "y.npy", "training.epochs=1").status == 0)
        #expect(try workspace.run("x.json", "--out", "run", "-q").status == 0)
        let all = try workspace.run("predict", "run", "x.npy").lines
        #expect(all[0].hasPrefix("row,prediction") && all[1].hasPrefix("0,"))
        let held = try workspace.run("predict", "run", "data/x.h5").lines.filter { !$0.isEmpty }
        #expect(held[0] == all[0] && held.count == 9)
        for line in held.dropFirst() {
            // What is said of an example is the same under the same number.
            #expect(all.contains(line), "\(line)")
        }
        let report = try workspace.run("eval", "run", "--report").lines
        #expect(report.contains { $0.hasPrefix("row ") }, "\(report)")
        #expect(!report.contains { $0.hasPrefix("line ") })
    }

    @Test("rows that hold no number are named by the file's own counting")
    func unsound() throws {
        let workspace = try Workspace()
        var values = [Float](repeating: 0.5, count: 90)
        values[11] = .nan
        try NPY.write(NDArray(values, [30, 3]), to: workspace.file("x.npy"))
        try NPY.write(NDArray((0..<30).map { Int64($0 % 3) }, [30]), to: workspace.file("y.npy"))
        let one = try workspace.run("init", "x.npy", "y.npy")
        #expect(one.status == 3)
        #expect(
            one.errors.contains("x.npy: row 3 holds NaN or infinity, counted from 0"),
            "\(one.errors)")
        values[80] = .infinity
        try NPY.write(NDArray(values, [30, 3]), to: workspace.file("x.npy"))
        let two = try workspace.run("init", "x.npy", "y.npy")
        #expect(
            two.errors.contains("2 rows, counted from 0, hold NaN or infinity: 3, 26"),
            "\(two.errors)")
        #expect(!workspace.exists("x.json"))
    }

    @Test("targets of a file may be a column; one that holds text is named")
    func forms() throws {
        let workspace = try Workspace()
        let x = Random(seed: 1).normal([30, 4, 2])
        let y = NDArray((0..<30).map { Int64($0 % 3) }, [30, 1])
        try HDF5Writer.create(workspace.file("d.h5")) { file in
            try file.write("x", x)
            try file.write("y", y)
        }
        let column = try workspace.run("init", "d.h5")
        #expect(column.status == 0, "\(column.errors)")
        #expect(try workspace.run("check", "d.json").status == 0)
        // Rows that hold no number.
        try HDF5Writer.create(workspace.file("n.h5")) { file in
            try file.write("x", NDArray([1, .nan, 3, 4] as [Float], [4, 1]))
            try file.write("y", NDArray([1, 2, 3, 4] as [Float], [4]))
        }
        let unsound = try workspace.run("init", "n.h5")
        #expect(
            unsound.status == 3 && unsound.errors.contains("n.h5: 'x': row 1 holds NaN"),
            "\(unsound.errors)")
        // An archive of arrays is no HDF5 file.
        try workspace.write("both.npz", "PK\u{3}\u{4}")
        let archive = try workspace.run("init", "both.npz")
        #expect(
            archive.status == 3 && archive.errors.contains("save each with numpy.save"),
            "\(archive.errors)")
    }
}
