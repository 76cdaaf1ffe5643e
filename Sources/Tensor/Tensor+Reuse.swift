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

    /// Whether nobody else can see this tensor or its storage.
    package static func isUnshared(_ tensor: inout Tensor) -> Bool {
        isKnownUniquelyReferenced(&tensor) && tensor.data.storage.isOwned
            && isKnownUniquelyReferenced(&tensor.data.storage)
    }
}

extension NDArray {
    fileprivate static let nothing = NDArray(uninitialized: [0], .float32, on: CPUBackend.shared)
}
