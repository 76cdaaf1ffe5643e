import NN
import Tensor

/// A model as an ONNX file.
struct ONNXExport {
    let graph: ONNXGraph
    private let file: ONNXFile

    /// Of a model in evaluation mode, whose inputs are float32 as it sees them, after all
    /// transforms.
    ///
    /// Throws where ONNX has no form for one of its layers.
    init(
        _ model: Sequential, inputs: [ModelInput], name: String,
        facts: [(key: String, value: String)]
    ) throws {
        let graph = ONNXGraph(model)
        let values = inputs.map { graph.input($0.name.isEmpty ? "input" : $0.name, $0.shape) }
        let output = graph.output(try ONNXLayers(graph: graph)(model, values[0]))
        self.graph = graph
        file = ONNXFile(graph: graph, output: output, name: name, facts: facts)
    }

    /// Writes the file, in place of what was there.
    func write(to path: String) throws { try file.write(to: path) }
}
