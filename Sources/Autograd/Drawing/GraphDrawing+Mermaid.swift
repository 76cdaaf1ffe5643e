extension GraphDrawing {
    /// The graph as a Mermaid flowchart, which many pages and editors draw.
    public var mermaid: String {
        var text = "flowchart \(options.direction.rawValue)\n"
        for (number, node) in nodes.enumerated() {
            let label = lines(of: node).map(GraphDrawing.mermaidText).joined(separator: "<br/>")
            let (open, close) = node.operation == nil ? ("([", "])") : ("[", "]")
            let style = options.hasColors ? ":::\(node.kind.rawValue)" : ""
            text += "    n\(number)\(open)\"\(label)\"\(close)\(style)\n"
        }
        for (number, node) in nodes.enumerated() {
            for input in node.inputs { text += "    n\(input) --> n\(number)\n" }
        }
        guard options.hasColors else { return text }
        for kind in kinds {
            text += "    classDef \(kind.rawValue) "
            text += "fill:\(kind.fill),stroke:\(kind.stroke),color:#000\n"
        }
        return text
    }

    /// Text in a quoted Mermaid label: what has a meaning there is written by number.
    private static func mermaidText(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "<br/>"
            case "\"", "#", "&", "<", ">", "`", "\\", ";": result += "#\(scalar.value);"
            default:
                if scalar.value < 32 { result += " " } else { result.unicodeScalars.append(scalar) }
            }
        }
        return result
    }
}
