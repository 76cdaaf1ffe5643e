import Autograd
import Tensor

// A graph of operations, by the numbers of fields of TensorFlow's graph.proto, node_def.proto and
// attr_value.proto.
extension EventMessage {
    /// The operations behind a result. Parameters stand in the scopes of their layers, and with
    /// them the operations that use them.
    static func graph(_ drawing: GraphDrawing, _ event: inout ProtobufMessage) {
        var (graph, versions) = (ProtobufMessage(), ProtobufMessage())
        let names = names(of: drawing)
        for (name, node) in zip(names, drawing.nodes) {
            var message = ProtobufMessage()
            message.add(1, name)
            message.add(2, node.operation ?? node.kind.rawValue)
            for input in node.inputs { message.add(3, names[input]) }
            message.add(5, shape(node))
            graph.add(1, message)
        }
        // What TensorFlow 1 wrote, which every reader knows.
        versions.add(1, 22)
        graph.add(4, versions)
        event.add(4, bytes: graph.bytes)
    }

    /// A name for each node, of which slashes separate scopes.
    static func names(of drawing: GraphDrawing) -> [String] {
        var (taken, seen) = (Set<String>(), [String: Int]())
        var names: [String] = []
        for node in drawing.nodes {
            let wish = name(of: node, drawing, names)
            var name = wish
            // A tensor may have a label that looks like a number was put behind another's.
            while !taken.insert(name).inserted {
                seen[wish, default: 0] += 1
                name = "\(wish)_\(seen[wish, default: 0])"
            }
            names.append(name)
        }
        return names
    }

    private static func name(
        of node: GraphDrawing.Node, _ drawing: GraphDrawing, _ names: [String]
    ) -> String {
        let plain = (node.label ?? node.operation ?? node.kind.rawValue).map { sign in
            sign.isASCII && (sign.isLetter || sign.isNumber || "._".contains(sign)) ? sign : "_"
        }
        guard node.operation != nil else {
            let parts = String(plain).split(separator: ".")
            return parts.isEmpty ? node.kind.rawValue : parts.joined(separator: "/")
        }
        let parameter = node.inputs.first { drawing.nodes[$0].kind == .parameter }
        let scope = parameter.flatMap { place in
            names[place].lastIndex(of: "/").map { names[place][...$0] }
        }
        return "\(scope ?? "")\(String(plain))"
    }

    /// The attribute that holds the shape of what a node gives.
    private static func shape(_ node: GraphDrawing.Node) -> ProtobufMessage {
        var (shape, list, value, entry) = (
            ProtobufMessage(), ProtobufMessage(), ProtobufMessage(), ProtobufMessage()
        )
        for size in node.shape {
            var axis = ProtobufMessage()
            axis.add(1, size)
            shape.add(2, axis)
        }
        list.add(7, shape)
        value.add(1, list)
        entry.add(1, "_output_shapes")
        entry.add(2, value)
        return entry
    }
}
