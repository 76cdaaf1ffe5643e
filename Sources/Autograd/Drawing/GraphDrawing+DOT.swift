extension GraphDrawing {
    /// The graph in the language of Graphviz: `dot -Tsvg graph.dot -o graph.svg`.
    public var dot: String {
        let direction = options.direction == .topDown ? "TB" : "LR"
        var text = "digraph {\n    rankdir=\(direction)\n"
        text += "    node [fontname=\"sans-serif\"]\n"
        for (number, node) in nodes.enumerated() {
            let label = lines(of: node).map(GraphDrawing.dotText).joined(separator: "\\n")
            let shape = node.operation == nil ? "ellipse" : "box"
            var attributes = "label=\"\(label)\" shape=\(shape)"
            if options.hasColors {
                attributes += " style=filled fillcolor=\"\(node.kind.fill)\""
                attributes += " color=\"\(node.kind.stroke)\""
            }
            text += "    n\(number) [\(attributes)]\n"
        }
        for (number, node) in nodes.enumerated() {
            for input in node.inputs { text += "    n\(input) -> n\(number)\n" }
        }
        return text + "}\n"
    }

    /// Text in a quoted DOT string.
    private static func dotText(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\"", "\\": result += "\\\(scalar)"
            default:
                if scalar.value < 32 { result += " " } else { result.unicodeScalars.append(scalar) }
            }
        }
        return result
    }
}
