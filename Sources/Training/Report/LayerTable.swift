import Datasets
public import FTJSON
import FTSupport
import NN

/// A model's layers with what goes from one to the next and what they cost.
public struct LayerTable: Sendable {
    /// The inputs that the model sees: name (empty for one alone), dtype and shape.
    let inputs: [(name: String, type: String)]
    /// The layers in their order, those inside others after them.
    public let rows: [LayerRow]
    /// Elements of all parameters, each once.
    public let parameterCount: Int
    /// What one example takes.
    let cost: MultiplyAdds

    /// The multiply-adds that one example takes in matrix products, convolutions, attention (as if
    /// no position were masked) and recurrent layers.
    public var multiplyAdds: Int { cost.total }

    /// Those of a layer, by its name in `rows`, and of the layers inside it.
    public func multiplyAdds(of layer: String) -> Int { cost[layer] }

    /// The table for people.
    public var lines: [String] {
        var table = TextTable([
            .text("layer"), .text("type"), .text("output"), .number("params"), .number("MACs"),
        ])
        for input in inputs {
            table.append(["", input.name.isEmpty ? "input" : input.name, input.type])
        }
        func count(_ value: Int) -> String { value == 0 ? "" : Format.grouped(value) }
        for row in rows {
            let indent = String(repeating: "  ", count: row.depth)
            table.append([
                row.name, indent + row.type, Format.shape(row.outputShape), count(row.parameters),
                count(cost[row.name]),
            ])
        }
        table.append([
            "", "total", "", Format.grouped(parameterCount), Format.grouped(cost.total),
        ])
        return table.lines
    }

    /// The layers for programs.
    public var json: JSONValue {
        .array(
            rows.map { row in
                [
                    "name": .string(row.name), "type": .string(row.type),
                    "output": .ints(row.outputShape), "parameters": .int(row.parameters),
                    "multiplyAdds": .int(cost[row.name]),
                ]
            })
    }
}

extension Experiment {
    /// The model's layers. It computes an example of zeros.
    public var layerTable: LayerTable {
        let inputs = zip(data.inputNames, data.train.allInputs).map {
            ModelInput(name: $0, shape: $1.outputShape)
        }
        return LayerTable(
            inputs: data.modelInputs, rows: rows, parameterCount: model.parameterCount,
            cost: MultiplyAdds(of: model, inputs))
    }
}

extension Predictor {
    /// The model's layers. It computes an example of zeros.
    public var layerTable: LayerTable {
        let names = preprocessing.inputs.map(\.name)
        let inputs = zip(names, inputShapes).map { ModelInput(name: $0, shape: $1) }
        return LayerTable(
            inputs: inputs.map { ($0.name, "float32 \(Format.shape(Array($0.shape)))") },
            rows: rows, parameterCount: model.parameterCount, cost: MultiplyAdds(of: model, inputs))
    }
}
