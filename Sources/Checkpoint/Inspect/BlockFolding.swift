/// Shows numbered siblings that hold the same tensors once: `blocks.{0…11}.attn.weight`.
struct BlockFolding {
    /// A component of the dotted names. Children stand after their parents in `nodes`.
    private struct Node {
        let component: Substring
        var children: [Int] = []
        var tensor: Int?
        /// Equal for nodes that hold the same tensors under the same names.
        var signature = 0

        /// The number that the component is written as, nil for other words.
        var number: Int? {
            guard let number = Int(component), String(number) == component else { return nil }
            return number
        }
    }

    private struct Content: Hashable {
        var tensor: Leaf?
        var children: [Child]
    }

    private struct Leaf: Hashable {
        let shape: [Int]
        let type: SafetensorsType
        let kind: String
    }

    private struct Child: Hashable {
        let component: Substring
        let signature: Int
    }

    private struct Place: Hashable {
        let parent: Int
        let component: Substring
    }

    /// Deeper components are taken as one, which bounds the recursion.
    private static let maximumDepth = 32

    private let tensors: [InspectedTensor]
    private var nodes = [Node(component: "")]
    private var rows: [InspectRow] = []

    /// The lines of a file's tensors in tree order.
    static func rows(_ tensors: [InspectedTensor]) -> [InspectRow] {
        var folding = BlockFolding(tensors)
        folding.emit(0, prefix: "", count: 1)
        return folding.rows
    }

    private init(_ tensors: [InspectedTensor]) {
        self.tensors = tensors
        var places: [Place: Int] = [:]
        for (index, tensor) in tensors.enumerated() {
            var node = 0
            let parts = tensor.entry.name.split(
                separator: ".", maxSplits: BlockFolding.maximumDepth - 1,
                omittingEmptySubsequences: false)
            for part in parts {
                let place = Place(parent: node, component: part)
                if let known = places[place] {
                    node = known
                } else {
                    nodes.append(Node(component: part))
                    nodes[node].children.append(nodes.count - 1)
                    node = nodes.count - 1
                    places[place] = node
                }
            }
            nodes[node].tensor = index
        }
        sign()
    }

    private mutating func sign() {
        var signatures: [Content: Int] = [:]
        for index in nodes.indices.reversed() {
            sortNumbers(index)
            let leaf = nodes[index].tensor.map { position in
                let tensor = tensors[position]
                return Leaf(
                    shape: tensor.entry.shape, type: tensor.entry.type, kind: tensor.kind)
            }
            let children = nodes[index].children.map {
                Child(component: nodes[$0].component, signature: nodes[$0].signature)
            }
            let content = Content(tensor: leaf, children: children)
            let signature = signatures[content] ?? signatures.count
            signatures[content] = signature
            nodes[index].signature = signature
        }
    }

    /// Puts numbered children in the order of their numbers, for many tools write 10 before 2.
    private mutating func sortNumbers(_ index: Int) {
        let children = nodes[index].children
        let places = children.indices.filter { nodes[children[$0]].number != nil }
        guard places.count > 1 else { return }
        let sorted = places.map { children[$0] }.sorted {
            (nodes[$0].number ?? 0) < (nodes[$1].number ?? 0)
        }
        for (place, child) in zip(places, sorted) { nodes[index].children[place] = child }
    }

    private mutating func emit(_ index: Int, prefix: String, count: Int) {
        if let tensor = nodes[index].tensor {
            rows.append(tensors[tensor].row(name: prefix, count: count))
        }
        let children = nodes[index].children
        var position = 0
        while position < children.count {
            let end = runEnd(children, position)
            let (first, last) = (nodes[children[position]], nodes[children[end - 1]])
            let label =
                end - position > 1
                ? "{\(first.component)…\(last.component)}" : String(first.component)
            let name = index == 0 ? label : "\(prefix).\(label)"
            emit(children[position], prefix: name, count: count * (end - position))
            position = end
        }
    }

    /// The end of the run of equal siblings with consecutive numbers that starts at a position.
    private func runEnd(_ children: [Int], _ start: Int) -> Int {
        guard var number = nodes[children[start]].number else { return start + 1 }
        let signature = nodes[children[start]].signature
        var end = start + 1
        while end < children.count, number < Int.max, nodes[children[end]].number == number + 1,
            nodes[children[end]].signature == signature
        {
            number += 1
            end += 1
        }
        return end
    }
}
