import Datasets
import FTJSON
import Tensor
import Testing

@Suite("predict --stream of arrays and images")
struct ExampleStreamTests {
    private func ask(_ workspace: Workspace, _ lines: [String]) throws -> [JSONNode] {
        try workspace.write("in.jsonl", lines.joined(separator: "\n") + "\n")
        try workspace.write("ask.sh", "\"$1\" predict run --stream < in.jsonl\n")
        let child = try Child(
            "/bin/sh", ["ask.sh", Workspace.program], in: workspace.path,
            output: workspace.file("out"), errors: workspace.file("err"))
        let result = try child.wait()
        #expect(result.status == 0, "\(result.errors)")
        return try nodes(result)
    }

    private func nodes(_ result: Workspace.Result) throws -> [JSONNode] {
        try result.lines.filter { !$0.isEmpty }.map { try JSONNode(parsing: String($0)) }
    }

    /// A value, wherever it stands.
    private func value(_ node: JSONNode, _ key: String) -> JSONValue? {
        node[key].map { JSONValue($0) }
    }

    /// What `predict --json` says of a file.
    private func predicted(_ workspace: Workspace, _ file: String) throws -> [JSONNode] {
        try nodes(try workspace.run("predict", "run", file, "--json"))
    }

    private func train(_ config: String, _ fill: (HDF5Writer) throws -> Void) throws -> Workspace {
        let workspace = try Workspace()
        try HDF5Writer.create(workspace.file("d.h5")) { try fill($0) }
        try workspace.write("d.json", config)
        let run = try workspace.run("d.json", "--out", "run", "-q")
        #expect(run.status == 0, "\(run.errors)")
        return workspace
    }

    private func config(
        _ inputs: String, _ targets: String, _ layers: String, loss: String, transforms: String = ""
    ) -> String {
        """
        {"data": {"path": "d.h5", "train": {"inputs": \(inputs), "targets": "\(targets)"},
           \(transforms)"split": 0.2},
         "model": {"layers": [\(layers)]}, "loss": {"type": "\(loss)"},
         "optimizer": {"type": "adam"}, "training": {"epochs": 1}}
        """
    }

    /// Learns to give back what it gets, [5, 2].
    private func copier() throws -> Workspace {
        try train(
            config(#""x""#, "x", #"{"type": "linear", "units": 2}"#, loss: "meanSquaredError")
        ) { try $0.write("x", Random(seed: 3).normal([30, 5, 2])) }
    }

    private func listed(_ array: NDArray) -> String {
        "[" + array.values(as: Float.self).map { "\($0)" }.joined(separator: ", ") + "]"
    }

    @Test("an example gets what it gets in a file, nested as it lies or in one list, with its id")
    func arrays() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        #expect(try workspace.run("tiny.json", "--out", "run", "-q").status == 0)
        let images = try HDF5Dataset(HDF5File(workspace.file("data.h5")), "test/images").read()
        try NPY.write(images, to: workspace.file("x.npy"))
        let same = try predicted(workspace, "x.npy")
        #expect(
            try predicted(workspace, "data.h5").map { JSONValue($0) }
                == same.map { JSONValue($0) })
        let rows = (0..<12).map { listed(images.slice(axis: 0, start: $0, count: 1)) }
        let found = try ask(
            workspace, rows.enumerated().map { #"{"id": \#($0), "inputs": \#($1), "x": 1}"# })
        #expect(found.count == 12 && same.count == 12)
        for (row, answer) in found.enumerated() {
            #expect(answer["id"]?.int == row && answer["line"] == nil)
            for key in ["prediction", "probabilities"] {
                #expect(value(answer, key) != nil && value(answer, key) == value(same[row], key))
            }
            #expect(answer["unknownKeys"]?.elements?.map(\.string) == ["x"])
        }
        let named = try ask(workspace, [#"{"id": "a b", "inputs": \#(rows[0])}"#, "{}"])
        #expect(named[0]["id"]?.string == "a b" && named[0]["unknownKeys"] == nil)
        #expect(named[1]["error"]?.string?.contains("lacks 'inputs'") == true)
    }

    @Test("outputs of several axes are lists as they lie, columns by their places in CSV")
    func nested() throws {
        let workspace = try copier()
        let x = Random(seed: 4).normal([2, 5, 2])
        try NPY.write(x, to: workspace.file("x.npy"))
        let same = try predicted(workspace, "x.npy")
        let flat = listed(x.slice(axis: 0, start: 0, count: 1))
        let values = x.values(as: Float.self)
        let pairs = (0..<5).map { "[\(values[10 + 2 * $0]), \(values[11 + 2 * $0])]" }
        let found = try ask(
            workspace,
            [#"{"inputs": \#(flat)}"#, #"{"inputs": [\#(pairs.joined(separator: ","))]}"#])
        for (answer, row) in zip(found, same) {
            #expect(value(answer, "prediction") == value(row, "prediction"))
            #expect(answer["prediction"]?.elements?.count == 5)
            #expect(answer["prediction"]?.elements?[4].elements?.count == 2)
        }
        let csv = try workspace.run("predict", "run", "x.npy", "-o", "p.csv")
        #expect(csv.status == 0, "\(csv.errors)")
        let lines = try workspace.text("p.csv").split(separator: "\n")
        #expect(lines[0].hasPrefix("row,prediction_0_0,prediction_0_1,prediction_1_0,"))
        let cells = lines[2].split(separator: ",").dropFirst().map { Double($0) }
        let numbers = same[1]["prediction"]?.elements?.flatMap { $0.elements ?? [] }
        #expect(cells == numbers?.map(\.double) && cells.count == 10)
    }

    @Test("the worst elements of a report are told by their place in the example")
    func worst() throws {
        let workspace = try copier()
        let flattened = try train(
            config(
                #""x""#, "x",
                #"{"type": "flatten"}, {"type": "linear", "units": 10}"#, loss: "meanSquaredError",
                transforms: #""targetTransforms": [{"type": "flatten"}], "#)
        ) { try $0.write("x", Random(seed: 3).normal([30, 5, 2])) }
        for workspace in [workspace, flattened] {
            let report = try workspace.run("eval", "run", "--report", "--json")
            let json = try JSONNode(parsing: report.output)
            let places = json["worst"]?.elements?.compactMap { $0["output"]?.string } ?? []
            let known = (0..<5).flatMap { ["[\($0), 0]", "[\($0), 1]"] }
            #expect(places.count == 10 && places.allSatisfy(known.contains), "\(places)")
            // The table of outputs, where there is one, calls them so, too.
            let outputs = json["outputs"]?.elements?.compactMap { $0["output"]?.string } ?? known
            #expect(outputs == known)
        }
    }

    @Test("a line that can't be used is answered by its problem, and the next ones go on")
    func bad() throws {
        let workspace = try copier()
        let good = #"{"inputs": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}"#
        let cases = [
            ("", "this is not a JSON object"), ("[1]", #"send {"inputs": …}"#),
            (#"{"input": [1]}"#, "is 'input' meant to be 'inputs'? Rename it"),
            (#"{"inputs": 3}"#, "is no list; give it lists of the shape 5×2, or 10 numbers"),
            (#"{"inputs": [1, 2, 3]}"#, "'inputs' has the shape 3, the model takes 5×2"),
            (#"{"inputs": [[1, 2], [3]]}"#, "lists of different lengths"),
            (
                #"{"inputs": [1, 2, 3, 4, 5, 6, 7, 8, "nine", 10]}"#,
                #"holds "nine" where a number is due"#
            ),
            (#"{"inputs": [1, 2, 3, 4, 5, 6, 7, 8, null, 10]}"#, "holds null where"),
            (#"{"inputs": [1, 2, 3, 4, 5, 6, 7, 8, 9, 1e999]}"#, "beyond any float"),
            (#"{"inputs": [1, 2, 3, 4, 5, 6, 7, 8, 9, 1e39]}"#, "1e+39 is beyond the largest"),
            (#"{"inputs": {"x": [1]}}"#, "one input without a name"),
            (#"{"file": "a.png"}"#, "the model wasn't trained on images; give it 'inputs'"),
            (#"{"file": "a.png", "inputs": [1]}"#, "has both 'inputs' and 'file'"),
        ]
        let found = try ask(workspace, cases.map(\.0) + [good])
        try #require(found.count == cases.count + 1)
        for (place, (line, problem)) in cases.enumerated() {
            let sentence = found[place]["error"]?.string ?? ""
            #expect(sentence.contains(problem), "\(line): \(sentence)")
            #expect(sentence.hasPrefix("input:\(place + 1): "), "\(sentence)")
            #expect(found[place]["line"]?.int == place + 1 && found[place]["prediction"] == nil)
        }
        #expect(found[cases.count]["line"]?.int == cases.count + 1)
        #expect(found[cases.count]["prediction"] != nil)
    }

    @Test("several inputs come by name, in the type that they are stored in")
    func named() throws {
        let branch = #"{"type": "input", "name": "left"}"#
        let other = #"{"type": "input", "name": "right"}, {"type": "flatten"}"#
        let branches = "[[\(branch)], [\(other)]]"
        let join = #"{"type": "parallel", "join": "concat", "branches": \#(branches)}"#
        let workspace = try train(
            config(
                #"{"left": "l", "right": "r"}"#, "y", join + #", {"type": "linear", "units": 2}"#,
                loss: "crossEntropy",
                transforms:
                    #""transforms": {"right": [{"type": "scale", "factor": 0.01}]}, "#)
        ) { file in
            try file.write("l", Random(seed: 3).normal([30, 3]))
            try file.write("r", NDArray((0..<120).map { UInt8($0 * 7 % 256) }, [30, 2, 2]))
            try file.write("y", NDArray((0..<30).map { UInt8($0 % 2) }))
        }
        let same = try predicted(workspace, "d.h5")
        let left = try HDF5Dataset(HDF5File(workspace.file("d.h5")), "l").read()
        let first = listed(left.slice(axis: 0, start: 0, count: 1))
        let found = try ask(
            workspace,
            [
                #"{"inputs": {"right": [[0, 7], [14, 21]], "left": \#(first)}}"#,
                #"{"inputs": {"right": [0, 7, 14, 0.5], "left": \#(first)}}"#,
                #"{"inputs": {"right": [0, 7, 14, 300], "left": \#(first)}}"#,
                #"{"inputs": {"left": \#(first)}}"#,
                #"{"inputs": {"left": \#(first), "rihgt": [1, 2, 3, 4]}}"#,
                #"{"inputs": \#(first)}"#,
            ])
        let shares = value(found[0], "probabilities")
        #expect(shares != nil && shares == value(same[0], "probabilities"))
        let problems = [
            "input:2: the model was trained on inputs 'right' of uint8, which don't hold 0.5",
            "uint8, which don't hold 300",
            "lacks the input 'right'", "no input 'rihgt'; is it 'right'?", "the model has 2 inputs",
        ]
        for (answer, problem) in zip(found.dropFirst(), problems) {
            let sentence = answer["error"]?.string ?? ""
            #expect(sentence.contains(problem), "\(sentence)")
        }
    }

    @Test("an image comes by its file, or by its pixels")
    func images() throws {
        let workspace = try Birds.trained()
        let same = try predicted(workspace, "birds/wren/3.pgm")
        let pixels = try workspace.text("birds/wren/3.pgm").split(separator: "\n")[1]
        let list = pixels.split(separator: " ").joined(separator: ",")
        let found = try ask(
            workspace,
            [
                #"{"file": "birds/wren/3.pgm"}"#, #"{"file": "none.pgm", "id": 7}"#,
                #"{"file": "birds"}"#, #"{"file": 3}"#, "{}",
                #"{"inputs": [\#(list)], "id": 7}"#,
            ])
        #expect(found.count == 6 && JSONValue(found[0]) == JSONValue(same[0]))
        #expect(found[0]["file"]?.string == "birds/wren/3.pgm")
        let shares = value(found[5], "probabilities")
        #expect(found[5]["id"]?.int == 7 && shares == value(same[0], "probabilities"))
        let problems = [
            "none.pgm: there is no such file", "birds: is a folder; name an image",
            "'file' is no text",
            "has neither 'inputs' nor 'file'",
        ]
        for (answer, problem) in zip(found[1...4], problems) {
            let sentence = answer["error"]?.string ?? ""
            #expect(sentence.contains(problem), "\(sentence)")
        }
    }

    @Test("an index that a table of embeddings hasn't is refused, in files too")
    func indices() throws {
        let workspace = try train(
            config(
                #""x""#, "y",
                """
                {"type": "embedding", "count": 10, "width": 4}, {"type": "flatten"},
                {"type": "linear", "units": 2}
                """, loss: "crossEntropy",
                transforms: #""transforms": [{"type": "cast", "dtype": "float32"}], "#)
        ) { file in
            try file.write("x", NDArray((0..<90).map { Int64($0 * 7 % 10) }, [30, 3]))
            try file.write("y", NDArray((0..<30).map { UInt8($0 % 2) }))
        }
        let tokens: [Int64] = [1, 2, 3, 4, 50, 6, 7, 8, -1, 9, 0, 1]
        try NPY.write(NDArray(tokens, [4, 3]), to: workspace.file("t.npy"))
        let problem = "an index is 50, but layer 0 (embedding) takes whole numbers from 0 to 9"
        let refused = try workspace.run("predict", "run", "t.npy")
        #expect(refused.status == 3)
        #expect(refused.errors.contains("t.npy: row 1: \(problem)"), "\(refused.errors)")
        let left = try workspace.run("predict", "run", "t.npy", "--skip-bad")
        #expect(left.status == 3 && left.errors.contains("t.npy: row 2: an index is -1"))
        let kept = left.lines.dropFirst().compactMap { $0.split(separator: ",").first }
        #expect(kept == ["0", "3"], "\(left.output)")
        let found = try ask(
            workspace, [#"{"inputs": [4, 50, 6]}"#, #"{"inputs": [1, 2, 3]}"#])
        #expect(found[0]["error"]?.string == "input:1: \(problem); correct the data")
        let p = (left.lines[1].split(separator: ",").last.map { String($0) }).flatMap(Double.init)
        #expect(found[1]["probabilities"]?["1"]?.double == p && p != nil)
    }
}
