import Datasets
package import FTJSON
import FTSupport
package import Tensor

/// An example that comes by itself as a JSON object, for a model of arrays or images:
/// `{"inputs": [[0.5, 1], [2, 3]]}`, of several inputs `{"inputs": {"left": […], "right": […]}}`, or
/// `{"file": "new.png"}`; what `id` holds is carried along.
package struct ExampleLine {
    /// Its inputs [1, …], as the training data were stored.
    package let inputs: [NDArray]
    /// `id` and `file` as they were given; empty without.
    package let names: JSONObject
    /// Keys that mean nothing here.
    package let unknownKeys: [String]

    private static let keys = ["inputs", "file", "id"]

    /// Throws where it isn't what the model takes.
    package init(_ node: JSONNode, line: Int, for predictor: Predictor) throws {
        let place = "input:\(line)"
        guard let members = node.members else {
            throw DataError(place, #"this is no JSON object; send {"inputs": …}"#)
        }
        unknownKeys = members.map(\.key).filter { !ExampleLine.keys.contains($0) }
        var names = JSONObject()
        if let id = node["id"], !id.isNull { names["id"] = JSONValue(id) }
        let preprocessing = predictor.preprocessing
        switch (node["inputs"], node["file"]) {
        case (let listed?, nil):
            inputs = try ExampleLine.listed(listed, preprocessing.inputs, place)
        case (nil, let file?):
            guard let path = file.string else {
                throw DataError(place, "'file' is no text; give it the path of an image")
            }
            names["file"] = .string(path)
            inputs = try ExampleLine.image(path, predictor, place)
        case (_?, _?):
            throw DataError(place, "has both 'inputs' and 'file'; give it one of them")
        case (nil, nil):
            let isOfImages = PredictionSource.pictureForm(preprocessing) != nil
            let near = unknownKeys.lazy.compactMap { key in
                Suggestion.nearest(to: key, among: isOfImages ? ["inputs", "file"] : ["inputs"])
                    .map { "is '\(key)' meant to be '\($0)'? Rename it" }
            }.first
            throw DataError(
                place,
                (isOfImages ? "has neither 'inputs' nor 'file'" : "lacks 'inputs'") + "; "
                    + (near ?? #"send {"inputs": …}"#
                        + (isOfImages ? #" or {"file": "new.png"}"# : "")))
        }
        self.names = names
        if let problem = try predictor.problem(with: inputs) { throw DataError(place, problem) }
    }

    private static func listed(
        _ node: JSONNode, _ inputs: [Preprocessing.Input], _ place: String
    ) throws(DataError) -> [NDArray] {
        guard let members = node.members else {
            guard inputs.count == 1 else {
                throw DataError(
                    place,
                    "'inputs' is no object, and the model has \(inputs.count) inputs; give it those, "
                        + inputs.map(\.name).joined(separator: ", ") + ", by name")
            }
            return [try ListedNumbers(inputs[0], place).array(node)]
        }
        guard !inputs[0].name.isEmpty else {
            throw DataError(
                place,
                "'inputs' is an object, and the model has one input without a name; give it the lists "
                    + "themselves")
        }
        let known = inputs.map(\.name)
        if let stranger = members.first(where: { !known.contains($0.key) })?.key {
            let near = Suggestion.nearest(to: stranger, among: known)
            throw DataError(
                place,
                "the model has no input '\(stranger.cut(to: 40))'; "
                    + (near.map { "is it '\($0)'? Rename it" }
                        ?? "it takes " + known.joined(separator: ", ")))
        }
        var arrays: [NDArray] = []
        for input in inputs {
            guard let lists = node[input.name] else {
                throw DataError(
                    place,
                    "lacks the input '\(input.name)'; the model takes "
                        + known.joined(separator: ", "))
            }
            arrays.append(try ListedNumbers(input, place).array(lists))
        }
        return arrays
    }

    /// What `predict` reads of a file.
    private static func image(
        _ path: String, _ predictor: Predictor, _ place: String
    ) throws -> [NDArray] {
        guard PredictionSource.pictureForm(predictor.preprocessing) != nil else {
            throw DataError(
                place,
                "'file' names an image, and the model wasn't trained on images; give it 'inputs'")
        }
        guard !Folder.exists(path) else {
            throw DataError(path, "is a folder; name an image")
        }
        return try PredictionSource.images([path], for: predictor).read(0..<1)
    }
}
