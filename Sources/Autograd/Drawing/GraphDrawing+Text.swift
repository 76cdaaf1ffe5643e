import FTSupport
import Tensor

extension GraphDrawing {
    /// The lines of a node's label: the name, then what the options ask for.
    func lines(of node: Node) -> [String] {
        var lines = [node.title]
        if options.showsAttributes, !node.attributes.isEmpty { lines.append(node.attributes) }
        if options.showsShapes, node.value == nil { lines.append("\(node.dtype) \(node.shape)") }
        if options.showsSavedBytes, node.savedBytes > 0 {
            lines.append("saves \(Format.bytes(node.savedBytes))")
        }
        return lines
    }

    /// The kinds that occur, for the legend of colours.
    var kinds: [Kind] {
        let present = Set(nodes.map(\.kind))
        return Kind.allCases.filter(present.contains)
    }
}

extension GraphDrawing.Node {
    /// `z = Mul`, `Mul`, `x` or the value of a constant.
    fileprivate var title: String {
        switch (operation, label) {
        case (let operation?, let label?): "\(label) = \(operation)"
        case (let operation?, nil): operation
        case (nil, let label?): label
        case (nil, nil): value ?? (kind == .operation ? "result" : kind.rawValue)
        }
    }
}

/// Colours that are readable on white and dark pages.
extension GraphDrawing.Kind {
    var fill: String {
        switch self {
        case .parameter: "#f9d5a7"
        case .leaf: "#cfe8cf"
        case .constant: "#e6e6e6"
        case .operation: "#cfe0f5"
        case .freed: "#f5f5f5"
        }
    }

    var stroke: String {
        switch self {
        case .parameter: "#b26a00"
        case .leaf: "#3c7a3c"
        case .constant: "#808080"
        case .operation: "#34629c"
        case .freed: "#b0b0b0"
        }
    }
}
