import Datasets
import FTJSON
import FTSupport
import Tensor

/// One example of an input as JSON: nested lists of its shape, or one list of as many numbers.
struct ListedNumbers {
    private let input: Preprocessing.Input
    /// What messages call it.
    private let name: String
    private let place: String

    /// - Parameter place: what messages begin with.
    init(_ input: Preprocessing.Input, _ place: String) {
        self.input = input
        name = input.name.isEmpty ? "'inputs'" : "input '\(input.name)'"
        self.place = place
    }

    private var remedy: String {
        let (count, shape) = (input.shape.reduce(1, *), input.shape)
        let flat = shape.count == 1 ? "" : ", or \(Format.grouped(count)) numbers in one list"
        return shape.isEmpty
            ? "give it a number" : "give it lists of the shape \(Format.shape(shape))\(flat)"
    }

    private func problem(_ what: String) -> DataError {
        DataError(place, "\(name) \(what); \(remedy)")
    }

    /// The numbers [1, …], as a file of them would be read.
    ///
    /// Throws where they are too few or too many, or something else is among them.
    func array(_ node: JSONNode) throws(DataError) -> NDArray {
        var (level, shape) = ([node], [Int]())
        while let first = level.first?.elements {
            var next: [JSONNode] = []
            next.reserveCapacity(level.count * first.count)
            for list in level {
                guard let elements = list.elements, elements.count == first.count else {
                    throw problem("has lists of different lengths beside each other")
                }
                next += elements
            }
            shape.append(first.count)
            level = next
        }
        guard !shape.isEmpty || input.shape.isEmpty else { throw problem("is no list") }
        let count = input.shape.reduce(1, *)
        guard shape == input.shape || shape.count == 1 && level.count == count else {
            throw problem(
                "has the shape \(Format.shape(shape)), the model takes \(Format.shape(input.shape))"
            )
        }
        return try numbers(level)
    }

    private func numbers(_ nodes: [JSONNode]) throws(DataError) -> NDArray {
        let shape = Shape([1] + input.shape)
        if !input.dtype.isFloat {
            let isBool = input.dtype == .bool
            let whole = nodes.compactMap { node -> Int64? in
                if isBool, let bool = node.bool { return bool ? 1 : 0 }
                return node.int.map { Int64($0) }
            }
            if whole.count == nodes.count {
                return NDArray(whole, shape, on: CPUBackend.shared)
            }
        }
        var values: [Double] = []
        values.reserveCapacity(nodes.count)
        for node in nodes {
            guard let value = node.double else {
                throw problem(
                    "holds \(JSONValue(node).text().cut(to: 40)) where a number is due")
            }
            guard value.isFinite else { throw problem("holds a number beyond any float") }
            values.append(value)
        }
        return NDArray(values, shape, on: CPUBackend.shared)
    }
}
