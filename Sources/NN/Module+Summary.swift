public import Tensor

/// The layers of a model in a table: `print(try model.summary(input: [784]))`.
public struct ModuleSummary: Sendable, CustomStringConvertible {
    /// A line of the table.
    public struct Row: Sendable, Equatable {
        /// The dotted name of the layer.
        public let name: String
        /// The layer as it describes itself.
        public let type: String
        /// For one example; nil where only the whole module's is known.
        public let outputShape: Shape?
        /// The number of elements of its parameters, those of earlier rows not counted again.
        public let parameterCount: Int
    }

    /// The layers in the order they are applied, or declared.
    public internal(set) var rows: [Row] = []
    /// The number of elements of all parameters.
    public let parameterCount: Int
    /// Without frozen ones.
    public let trainableCount: Int

    public var description: String {
        var cells = [["name", "type", "output", "parameters"]]
        for row in rows {
            let shape = row.outputShape.map { "\($0)" } ?? "-"
            cells.append([row.name, row.type, shape, grouped(row.parameterCount)])
        }
        let frozen = parameterCount - trainableCount
        let note = frozen == 0 ? "" : "\(grouped(frozen)) frozen"
        cells.append(["total", note, "", grouped(parameterCount)])
        let widths = (0..<4).map { column in cells.map { $0[column].count }.max() ?? 0 }
        let lines = cells.map { line in
            line.enumerated().map { column, text in
                let padding = String(repeating: " ", count: widths[column] - text.count)
                return column == 3 ? padding + text : text + padding
            }.joined(separator: "  ")
        }
        return lines.joined(separator: "\n")
    }

    /// 401408 as 401,408.
    private func grouped(_ number: Int) -> String {
        var digits = Array(String(number))
        for index in stride(from: digits.count - 3, to: 0, by: -3) {
            digits.insert(",", at: index)
        }
        return String(digits)
    }
}

extension Module {
    /// One row for each layer, with the shapes that one example of shape `input` takes on its way.
    public final func summary(input: Shape) throws -> ModuleSummary {
        var summary = ModuleSummary(
            parameterCount: parameterCount, trainableCount: trainableCount)
        var counted: Set<ObjectIdentifier> = []
        _ = try appendRows(to: &summary.rows, named: "", input: input, &counted)
        return summary
    }

    /// Appends the rows of this module and gives its output shape.
    private final func appendRows(
        to rows: inout [ModuleSummary.Row], named name: String, input: Shape?,
        _ counted: inout Set<ObjectIdentifier>
    ) throws -> Shape? {
        if let sequence = self as? Sequential {
            var shape = input
            for (index, layer) in sequence.layers.enumerated() {
                let label = Inventory.join(name, String(index))
                let before = shape
                shape = try ShapeError.located(in: String(index)) {
                    try layer.appendRows(to: &rows, named: label, input: before, &counted)
                }
            }
            return shape
        }
        let output = try input.map { try outputShape(for: $0) }
        var inner: [ModuleSummary.Row] = []
        if let residual = self as? Residual {
            let label = Inventory.join(name, "module")
            _ = try residual.module.appendRows(to: &inner, named: label, input: input, &counted)
        } else {
            for (label, module) in namedModules where module !== self && module.isLeaf {
                let label = Inventory.join(name, label)
                inner.append(module.row(named: label, output: nil, &counted))
            }
        }
        rows.append(row(named: name.isEmpty ? "model" : name, output: output, &counted))
        rows += inner
        return output
    }

    private final var isLeaf: Bool { Inventory(of: self).modules.count == 1 }

    private final func row(
        named name: String, output: Shape?, _ counted: inout Set<ObjectIdentifier>
    ) -> ModuleSummary.Row {
        var own = 0
        for parameter in parameters
        where counted.insert(ObjectIdentifier(parameter)).inserted {
            own += parameter.count
        }
        return ModuleSummary.Row(
            name: name, type: describe, outputShape: output, parameterCount: own)
    }
}
