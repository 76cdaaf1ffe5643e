package import Checkpoint
import Datasets
import FTJSON
import FTSupport
import NN
import Tensor

/// Writes the weights of a trained model for other programs, and what they come from.
package enum ModelExport {
    /// The forms that there are.
    package enum Form: String, CaseIterable {
        /// Weights by name, with config, preprocessing and provenance as metadata.
        case safetensors
        /// The same as NumPy reads it.
        case npz
        /// The model whole, for runtimes; the same as metadata.
        case onnx
    }

    /// Whose names tensors have.
    package enum Names: String, CaseIterable {
        /// Those of this library.
        case own
        /// Those of PyTorch's layers.
        case pytorch
    }

    /// The name that a file gets by default.
    package static func name(_ predictor: Predictor, _ form: Form) -> String {
        "\(predictor.config.name).\(form.rawValue)"
    }

    /// Writes a file.
    ///
    /// Throws where it can't be written, or ONNX has no form for a layer.
    ///
    /// - Returns: The names and arrays in it.
    @discardableResult
    package static func write(
        _ predictor: Predictor, _ form: Form, names: Names = .own, to path: String
    ) throws -> [NamedArray] {
        let theirs = names == .pytorch ? predictor.model.pyTorchNames : [:]
        let tensors = predictor.model.modelTensors.map {
            NamedArray(theirs[$0.name] ?? $0.name, $0.array.on(.cpu))
        }
        var facts = try Provenance(predictor).parts
        facts.append((key: "config", value: predictor.config.effective.text()))
        facts.append((key: "preprocessing", value: predictor.preprocessing.text))
        switch form {
        case .onnx:
            let inputs = zip(predictor.preprocessing.inputs, predictor.inputShapes)
            try ONNXExport(
                predictor.model, inputs: inputs.map { ModelInput(name: $0.name, shape: $1) },
                name: predictor.config.name, facts: facts
            ).write(to: path)
        case .safetensors: try SafetensorsFile.write(tensors, metadata: facts, to: path)
        case .npz:
            var object = JSONObject()
            for (key, value) in facts { object.append(key, .string(value)) }
            let text = JSONValue.object(object).text(.pretty)
            try NPZ.write(
                tensors.map { ($0.name, $0.array) }, texts: [("source.json", text)], to: path)
        }
        return tensors
    }
}
