import Tensor

extension GraphDrawing {
    /// Walks the graph depth first with a stack of its own, so that it may be deep.
    init(of result: Tensor, _ options: DrawingOptions) {
        var numbers: [ObjectIdentifier: Int] = [:]
        var nodes: [Node] = []
        var saved: [ObjectIdentifier: Int] = [:]
        var total = 0
        var stack: [(tensor: Tensor, isExpanded: Bool)] = [(result, false)]
        while let (tensor, isExpanded) = stack.popLast() {
            if numbers[ObjectIdentifier(tensor)] != nil { continue }
            let parents = tensor.parents.filter { options.showsConstants || !$0.isConstantLeaf }
            if !isExpanded {
                stack.append((tensor, true))
                for parent in parents.reversed() { stack.append((parent, false)) }
                continue
            }
            numbers[ObjectIdentifier(tensor)] = nodes.count
            let attributes = tensor.ctx.map { OpAttributes(of: $0) }
            let bytes = (attributes?.byteCount ?? 0)
            total += bytes
            let arrays = tensor.savedArrays
            for array in arrays {
                let storage = ObjectIdentifier(array.storage)
                if saved.updateValue(array.byteCount, forKey: storage) == nil {
                    total += array.byteCount
                }
            }
            nodes.append(
                Node(
                    kind: tensor.drawnKind, operation: tensor.ctx?.name, label: tensor.label,
                    attributes: attributes?.description ?? "", value: tensor.constantText,
                    shape: tensor.shape, dtype: tensor.dtype,
                    savedBytes: arrays.reduce(bytes) { $0 + $1.byteCount },
                    inputs: parents.compactMap { numbers[ObjectIdentifier($0)] }))
        }
        self.nodes = nodes
        savedBytes = total
        self.options = options
    }
}

extension Tensor {
    fileprivate final var isConstantLeaf: Bool { isLeaf && !requiresGrad && !(self is Parameter) }

    fileprivate final var drawnKind: GraphDrawing.Kind {
        if self is Parameter { return .parameter }
        if isFreed { return .freed }
        if ctx != nil { return .operation }
        return requiresGrad ? .leaf : .constant
    }

    /// The element of a constant that nobody named.
    fileprivate final var constantText: String? {
        guard isConstantLeaf, label == nil, trace == nil, count == 1 else { return nil }
        let value = item
        return Int(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    /// The arrays that the backward pass of this tensor's operation reads, each storage once.
    fileprivate final var savedArrays: [NDArray] {
        guard let op = ctx else { return [] }
        var found: [NDArray] = []
        func add(_ tensor: Tensor) {
            if !found.contains(where: { $0.storage === tensor.data.storage }) {
                found.append(tensor.data)
            }
        }
        for (index, parent) in parents.enumerated() where op.saves.contains(.input(index)) {
            add(parent)
        }
        if op.saves.contains(.output) { add(self) }
        return found
    }
}
