// Writing results over operands that nobody else can see.
extension Tensor {
    /// The elements of a tensor that nobody else can see any more, so that their storage may be
    /// overwritten; nil if somebody can.
    package static func takeData(_ tensor: inout Tensor) -> NDArray? {
        guard isKnownUniquelyReferenced(&tensor), tensor.ctx == nil, !tensor.requiresGrad else {
            return nil
        }
        let data = tensor.data
        tensor.data = NDArray.nothing
        return data
    }

    /// `function` of both, in the storage of one that nobody else can see, if there is such a one.
    package static func zipReusing(
        _ function: BinaryFunction, _ a: consuming Tensor, _ b: consuming Tensor, _ p0: Double
    ) -> NDArray {
        var left = a
        if let data = takeData(&left) { return data.zipReusing(function, b.data, p0) }
        var right = b
        if let data = takeData(&right) { return left.data.zip(function, reusing: data, p0) }
        return left.data.zip(function, right.data, p0)
    }

    /// Whether nobody else can see this tensor or its storage.
    package static func isUnshared(_ tensor: inout Tensor) -> Bool {
        isKnownUniquelyReferenced(&tensor) && tensor.data.storage.isOwned
            && isKnownUniquelyReferenced(&tensor.data.storage)
    }
}

extension NDArray {
    static let nothing = NDArray(uninitialized: [0], .float32, on: CPUBackend.shared)
}
