import Datasets
import FTJSON
import Tensor
import Testing

/// Numbers that float32 can't hold, or whose squares it can't.
@Suite("Very large numbers")
struct LargeNumberTests {
    private static let config = """
        {
          "name": "line",
          "data": {"path": "ok.h5", "batchSize": 16,
            "train": {"inputs": "train/x", "targets": "train/y"},
            "validation": {"inputs": "test/x", "targets": "test/y"}},
          "model": {"layers": [{"type": "linear", "units": 1}]},
          "loss": {"type": "meanAbsoluteError"},
          "metrics": ["meanSquaredError"],
          "optimizer": {"type": "sgd", "learningRate": 0.01},
          "training": {"epochs": 1}
        }
        """

    /// Files of a line: `ok.h5`, and `large.h5` whose row 3 of the validation targets, or of the
    /// inputs, is a number.
    private func workspace(_ large: Double, _ dtype: DType, ofInputs: Bool = false) throws
        -> Workspace
    {
        let workspace = try Workspace()
        for name in ["ok.h5", "large.h5"] {
            try HDF5Writer.create(workspace.file(name)) { file in
                for part in ["train", "test"] {
                    var x = (0..<16).map { Double($0) / 8 }
                    var y = x
                    if name == "large.h5", part == "test" {
                        if ofInputs { x[3] = large } else { y[3] = large }
                    }
                    try file.write("\(part)/x", NDArray(x, [16, 1]).cast(to: dtype))
                    try file.write("\(part)/y", NDArray(y).cast(to: dtype))
                }
            }
        }
        try workspace.write("line.json", Self.config)
        let run = try workspace.run("line.json", "--out", "run", "-q")
        #expect(run.status == 0, "\(run.errors)")
        return workspace
    }

    @Test("what transforms make too large is told as such", arguments: [false, true])
    func made(ofInputs: Bool) throws {
        let workspace = try workspace(1e30, .float64, ofInputs: ofInputs)
        let key = ofInputs ? "data.transforms" : "data.targetTransforms"
        let scale = #"[{"type":"scale","factor":1e10}]"#
        let result = try workspace.run("line.json", "data.path=large.h5", "\(key)=\(scale)")
        #expect(result.status == 3)
        let sentence = "row 3 holds 1e+30, which \(key) make larger than the largest number"
        #expect(result.errors.contains(sentence), "\(result.errors)")
    }

    @Test(
        "what float32 can't hold is refused as it is read, by row and remedy",
        arguments: [false, true])
    func beyond(ofInputs: Bool) throws {
        let workspace = try workspace(1e39, .float64, ofInputs: ofInputs)
        let key = ofInputs ? "data.transforms" : "data.targetTransforms"
        for arguments in [["line.json", "data.path=large.h5"], ["eval", "run", "large.h5"]] {
            let result = try workspace.run(arguments)
            #expect(result.status == 3, "\(result.output)")
            #expect(
                result.errors.contains(
                    "large.h5: 'test/\(ofInputs ? "x" : "y")': row 3 holds 1e+39, beyond the largest "
                        + "number of float32, 3.4e+38; correct it, or scale such numbers (\(key)"),
                "\(result.errors)")
        }
        // Scaled, they fit.
        let normalize = #"[{"type":"normalize","mean":[0],"std":[1e39]}]"#
        let scaled = try workspace.run(
            "line.json", "data.path=large.h5", "\(key)=\(normalize)", "-q")
        #expect(scaled.status == 0, "\(scaled.errors)")
    }

    /// Trains a line of slope 50, by targets that are scaled by that.
    private func trainSteep(_ workspace: Workspace) throws {
        let steep = try workspace.run(
            "line.json", "--out", "steep", "-q", "training.epochs=60",
            "data.targetTransforms=[{\"type\":\"scale\",\"factor\":50}]",
            "optimizer.learningRate=1")
        #expect(steep.status == 0, "\(steep.errors)")
    }

    @Test("a loss that isn't finite ends with one sentence and another status than 0")
    func squares() throws {
        let workspace = try workspace(3e38, .float32)
        let squared = try workspace.run(
            "line.json", "data.path=large.h5", #"loss={"type":"meanSquaredError"}"#, "metrics=[]")
        #expect(squared.status == 4, "\(squared.output)")
        #expect(squared.unfolded.contains("row 3 holds 3e+38, whose square no float32 holds"))
        #expect(squared.unfolded.contains("scale such numbers (data.transforms, "))
        // Metrics are summed in 64 bits.
        let metric = try workspace.run("eval", "run", "large.h5")
        #expect(metric.status == 0 && metric.output.contains("meanSquaredError 5.625e+75"))
    }

    @Test("so does one of data whose squares are finite", arguments: [[], ["--report"]])
    func outputs(options: [String]) throws {
        let workspace = try workspace(1e19, .float32, ofInputs: true)
        try trainSteep(workspace)
        let result = try workspace.run(
            ["eval", "steep", "large.h5", "loss.type=meanSquaredError"] + options)
        #expect(result.status == 4 && result.output.contains("loss inf"), "\(result)")
        #expect(
            result.errors.hasPrefix(
                "fttrain: large.h5: the loss of steep/best.safetensors is inf on it, though"))
        #expect(result.errors.split(separator: "\n").count == 1)
    }

    @Test(
        "predict counts the rows without finite outputs and says what it wrote",
        arguments: ["-", "p.csv", "p.jsonl", "p.npy", "p.h5"])
    func predicted(out: String) throws {
        let workspace = try workspace(3e38, .float32)
        let weight = NDArray([1, 3e38, 2, 3e38, 3] as [Float], [5, 1])
        try NPY.write(weight, to: workspace.file("x.npy"))
        // A weight above 1 makes them infinite.
        try trainSteep(workspace)
        let result = try workspace.run(
            ["predict", "steep", "x.npy"] + (out == "-" ? [] : ["-o", out]))
        #expect(result.status == 0)
        let written = out == "p.jsonl" ? "null is written" : "inf or nan is written"
        #expect(
            result.errors
                == "fttrain: note: x.npy: the model's outputs are infinite or no number for 2 of 5 "
                + "examples (the first is row 1), and \(written) for them; look for values beyond "
                + "those of its data\n")
        if out == "p.npy" {
            let values = try NPY.read(workspace.file(out))
            #expect(values.shape == [5] && values.values(as: Float.self)[1] == .infinity)
        }
        if out == "p.h5" {
            let values = try HDF5Dataset(HDF5File(workspace.file(out)), "predictions").read()
            #expect(values.shape == [5] && values.values(as: Float.self)[3] == .infinity)
        }
        guard out == "p.csv" else { return }
        try workspace.write("in", #"{"inputs": [3e38]}"# + "\n" + #"{"inputs": [2e38]}"# + "\n")
        try workspace.write("ask.sh", "\"$1\" predict steep --stream < in\n")
        let asked = try Child(
            "/bin/sh", ["ask.sh", Workspace.program], in: workspace.path,
            output: workspace.file("out"), errors: workspace.file("err")
        ).wait()
        #expect(asked.status == 0 && asked.output.count(where: { $0 == "\n" }) == 2)
        #expect(
            asked.errors
                == "fttrain: note: input:1: the model's outputs are infinite or no number, and null is "
                + "written for them, as for further such lines; look for values beyond those of its "
                + "data\n", "\(asked.errors)")
        let json = try workspace.run("predict", "steep", "x.npy", "-o", "q.csv", "--json")
        #expect(try JSONNode(parsing: json.output)["notFinite"]?.int == 2)
        let far = NDArray([1, 1e39] as [Double], [2, 1])
        try NPY.write(far, to: workspace.file("far.npy"))
        let refused = try workspace.run("predict", "steep", "far.npy")
        #expect(
            refused.status == 3
                && refused.errors.contains("far.npy: row 1: 1e+39 is beyond the largest number"))
    }
}
