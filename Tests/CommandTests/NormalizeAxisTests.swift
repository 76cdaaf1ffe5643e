import Datasets
import FTJSON
import Tensor
import Testing

/// `normalize` with an axis whose indices have a mean and deviation each, from config to
/// predictions.
@Suite("normalize along an axis")
struct NormalizeAxisTests {
    /// Examples of 4 steps of 3 numbers, each of another scale.
    private func steps(_ count: Int) -> NDArray {
        let noise = Random(seed: 3).normal([count, 4, 3]).values(as: Float.self)
        let scales: [(mean: Float, deviation: Float)] = [(0, 1), (500, 100), (-3, 0.01)]
        return NDArray(
            noise.enumerated().map { $1 * scales[$0 % 3].deviation + scales[$0 % 3].mean },
            [count, 4, 3])
    }

    private func config(_ transform: String) -> String {
        """
        {"name": "t", "data": {"path": "t.h5", "batchSize": 8, "split": 0.25,
        "train": {"inputs": "train/inputs", "targets": "train/targets"},
        "transforms": [\(transform)]}, "model": {"layers": [{"type": "flatten"},
        {"type": "linear", "units": 2}]}, "loss": {"type": "crossEntropy"},
        "optimizer": {"type": "adamW", "learningRate": 0.01}, "training": {"epochs": 2},
        "metrics": ["accuracy"]}
        """
    }

    private func prepared() throws -> Workspace {
        let workspace = try Workspace()
        try HDF5Writer.create(workspace.file("t.h5")) { file in
            try file.write("train/inputs", steps(48))
            try file.write("train/targets", NDArray((0..<48).map { Int64($0 % 2) }))
        }
        return workspace
    }

    @Test("is measured on the training rows for each index, kept, and applied to new examples")
    func measured() throws {
        let workspace = try prepared()
        try workspace.write("t.json", config(#"{"type": "normalize", "axis": -1}"#))
        let trained = try workspace.run("t.json", "--out", "run", "-q")
        #expect(trained.status == 0, "\(trained.errors)")
        let file = try workspace.bytes("run/best.safetensors")
        let head = String(decoding: file.prefix(1 << 16), as: UTF8.self)
        #expect(head.contains(#"axis\":-1"#) || head.contains(#"axis\\\":-1"#))
        // One example by itself is scaled as among others.
        let new = steps(6)
        try NPY.write(new, to: workspace.file("all.npy"))
        try NPY.write(
            new.slice(axis: 0, start: 5, count: 1).contiguous(), to: workspace.file("one.npy"))
        let all = try workspace.run("predict", "run", "all.npy")
        let one = try workspace.run("predict", "run", "one.npy")
        #expect(all.status == 0 && one.status == 0, "\(all.errors)\(one.errors)")
        let (last, only) = (
            try #require(all.lines.last { !$0.isEmpty }),
            try #require(one.lines.last { !$0.isEmpty })
        )
        #expect(last.dropFirst(2) == only.dropFirst(2) && last.hasPrefix("5,"))
        #expect(only.hasPrefix("0,"))
        // Examples of another shape are no mistake of the config.
        try HDF5Writer.create(workspace.file("o.h5")) { file in
            try file.write(
                "train/inputs", NDArray.full([6, 4], 1, .float32, on: CPUBackend.shared))
            try file.write("train/targets", NDArray((0..<6).map { Int64($0 % 2) }))
        }
        try HDF5Writer.create(workspace.file("w.h5")) { file in
            let wide = NDArray.full([6, 4, 5], 1, .float32, on: CPUBackend.shared)
            try file.write("train/inputs", wide)
            try file.write("train/targets", NDArray((0..<6).map { Int64($0 % 2) }))
        }
        for (name, shape) in [("o.h5", "4"), ("w.h5", "4×5")] {
            let other = try workspace.run("eval", "run", name)
            #expect(
                other.status == 3
                    && other.errors.contains(
                        "the model was trained on examples of shape 4×3, these have the shape "
                            + "\(shape); give it data of the same kind"),
                "\(other.errors)")
        }
    }

    @Test("gives what the same numbers give in a config")
    func given() throws {
        let workspace = try prepared()
        let split = try Dataset(
            inputs: steps(48), targets: NDArray((0..<48).map { Int64($0 % 2) }), name: "t"
        ).split(second: 0.25, seed: 42).first
        let rows = try split.readInputs(0..<split.count)[0].values(as: Float.self)
        var (means, deviations) = ([Double](), [Double]())
        for index in 0..<3 {
            let own = rows.enumerated().filter { $0.offset % 3 == index }.map { Double($0.element) }
            let mean = own.reduce(0, +) / Double(own.count)
            means.append(mean)
            let squares = own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            deviations.append((squares / Double(own.count)).squareRoot())
        }
        try workspace.write("a.json", config(#"{"type": "normalize", "axis": 1}"#))
        try workspace.write(
            "b.json",
            config(#"{"type": "normalize", "axis": 1, "mean": \#(means), "std": \#(deviations)}"#))
        let losses = try ["a", "b"].map { name in
            #expect(try workspace.run("\(name).json", "--out", name, "-q").status == 0)
            let measured = try workspace.run("eval", name, "--json")
            let node = try JSONNode(parsing: String(measured.lines[0]))
            return try #require(node["validation"]?["loss"]?.double)
        }
        #expect(abs(losses[0] - losses[1]) < 1e-5, "\(losses)")
        // One mean for all makes the two small ones hardly differ: another model.
        try workspace.write("c.json", config(#""normalize""#))
        #expect(try workspace.run("c.json", "--out", "c", "-q").status == 0)
        let other = try workspace.run("eval", "c", "--json")
        let loss = try JSONNode(parsing: String(other.lines[0]))["validation"]?["loss"]?.double
        #expect(abs(try #require(loss) - losses[0]) > 1e-4)
    }

    @Test(
        "that examples don't have is refused",
        arguments: [
            (
                #"{"type": "normalize", "axis": 2}"#,
                "examples of shape [4, 3] have no axis 2; use one from -2 to 1"
            ),
            (#"{"type": "normalize", "axis": -3}"#, "examples of shape [4, 3] have no axis -3"),
            (
                #"{"type": "normalize", "axis": 1, "mean": [1, 2], "std": [1]}"#,
                "mean has 2 values; examples of shape [4, 3] need 1 or 3"
            ),
        ])
    func refused(transform: String, sentence: String) throws {
        let workspace = try prepared()
        try workspace.write("t.json", config(transform))
        let refused = try workspace.run("check", "t.json")
        #expect(refused.status == 2 && refused.errors.contains(sentence), "\(refused.errors)")
    }
}
