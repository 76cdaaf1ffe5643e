public import Autograd
internal import FTSupport
public import Tensor

/// The layers of a model in a table: `print(try model.summary(input: [784]))`.
public struct ModuleSummary: Sendable, CustomStringConvertible {
    /// A line of the table.
    public struct Row: Sendable, Equatable {
        /// The dotted name of the layer.
        public let name: String
        /// The layer as it describes itself.
        public let type: String
        /// For one example, a shape for each result; empty where only the whole module's are known.
        public let outputShapes: [Shape]
        /// The number of elements of its parameters, those of earlier rows not counted again.
        public let parameterCount: Int
    }

    /// The layers in the order they are applied, or declared.
    public let rows: [Row]
    /// The number of elements of all parameters.
    public let parameterCount: Int
    /// Without frozen ones.
    public let trainableCount: Int

    /// The table with a line for the total, numbers aligned.
    public var description: String {
        var cells = [["name", "type", "output", "parameters"]]
        for row in rows {
            let shapes = row.outputShapes.map { "\($0)" }.joined(separator: ", ")
            let output = shapes.isEmpty ? "-" : shapes
            cells.append([row.name, row.type, output, Format.grouped(row.parameterCount)])
        }
        let frozen = parameterCount - trainableCount
        let note = frozen == 0 ? "" : "\(Format.grouped(frozen)) frozen"
        cells.append(["total", note, "", Format.grouped(parameterCount)])
        return TextTable.aligned(cells) { $0 < 3 }.joined(separator: "\n")
    }
}

extension Layer {
    /// One row for each layer, with the shapes that one example of shape `input` takes on its way.
    public final func summary(input: Shape) throws -> ModuleSummary {
        var table = SummaryTable()
        try table.add(self, named: "", input: input)
        return table.summary(of: self)
    }
}

extension Module {
    /// A row for the module and one for each layer in it.
    public final func summary() -> ModuleSummary {
        var table = SummaryTable()
        table.add(self, named: "", outputs: [])
        return table.summary(of: self)
    }

    /// A row for the module, with the shapes of what `run` gives, and one for each layer in it.
    ///
    ///     cell.summary(inputs: [8], [16]) { x in cell(x[0], x[1]) }
    ///
    /// - Parameters:
    ///   - inputs: the shapes of one example of each input; neither these nor those in the table
    ///     have the batch axis.
    ///   - run: the module's results for a batch of one example of zeros.
    public final func summary<Output: TensorTree>(
        inputs: Shape..., run: ([Tensor]) -> Output
    ) -> ModuleSummary {
        var table = SummaryTable()
        table.add(self, named: "", outputs: measuredShapes(for: inputs, run))
        return table.summary(of: self)
    }
}

/// A summary in the making.
private struct SummaryTable {
    private var rows: [ModuleSummary.Row] = []
    /// Parameters that a row has counted.
    private var counted: Set<ObjectIdentifier> = []

    func summary(of module: Module) -> ModuleSummary {
        ModuleSummary(
            rows: rows, parameterCount: module.parameterCount,
            trainableCount: module.trainableCount)
    }

    /// Appends a layer and the layers in it. A sequence is its layers: it has no row of its own.
    mutating func add(_ layer: Layer, named name: String, input: Shape) throws {
        let inner = try layer.inner(for: input)
        guard !inner.isEmpty || layer is Sequential else {
            return add(layer, named: name, outputs: [try layer.outputShape(for: input)])
        }
        let place = rows.count
        for part in inner {
            try ShapeError.located(in: part.name) {
                let name = Inventory.join(name, part.name)
                try add(part.layer, named: name, input: part.input)
            }
        }
        guard !(layer is Sequential) else { return }
        let output = try layer.outputShape(for: input)
        rows.insert(row(layer, named: name, outputs: [output]), at: place)
    }

    /// Appends a module whose insides only it knows, and the smallest modules in it.
    mutating func add(_ module: Module, named name: String, outputs: [Shape]) {
        let place = rows.count
        for (label, part) in module.namedModules where part !== module && part.isLeaf {
            rows.append(row(part, named: Inventory.join(name, label), outputs: []))
        }
        rows.insert(row(module, named: name, outputs: outputs), at: place)
    }

    private mutating func row(
        _ module: Module, named name: String, outputs: [Shape]
    ) -> ModuleSummary.Row {
        let own = module.parameters.filter { counted.insert(ObjectIdentifier($0)).inserted }
        return ModuleSummary.Row(
            name: name.isEmpty ? "model" : name, type: module.describe, outputShapes: outputs,
            parameterCount: own.reduce(0) { $0 + $1.count })
    }
}

extension Module {
    fileprivate final var isLeaf: Bool { Inventory(of: self).modules.count == 1 }
}
