import Autograd
import FTSupport
import Tensor

/// A language that graphs are drawn in.
public enum DrawingFormat: String, Sendable, CaseIterable {
    /// Mermaid, which Markdown viewers draw.
    case mermaid
    /// DOT, which Graphviz draws.
    case dot
}

/// The graph of a config's model with its loss, drawn.
public struct ModelDrawing: Sendable {
    /// The picture.
    public let text: String
    /// A sentence about it.
    public let summary: String

    /// Writes the picture to a file.
    public func write(to path: String) throws(RunError) {
        try FileWriting.replace(path, with: text)
    }
}

extension Experiment {
    /// Draws what the loss of one batch is computed by.
    public func drawing(_ format: DrawingFormat) throws -> ModelDrawing {
        let loss = try ModelProbe(self).loss()
        loss.label = "loss"
        var options = DrawingOptions()
        options.direction = .topDown
        options.showsSavedBytes = true
        let drawing = loss.drawing(options)
        let operations = drawing.nodes.count { $0.kind == .operation }
        return ModelDrawing(
            text: format == .dot ? drawing.dot : drawing.mermaid,
            summary: "\(Format.count(operations, "operation")), "
                + "\(Format.mebibytes(drawing.savedBytes)) MiB kept for the backward pass")
    }
}
