extension CaptureProgram {
    /// Has kernels write a result where a copy would put it next, if nobody else reads it: a state
    /// that is assigned what was computed from it. The bits are the same.
    mutating func joinAssignments() {
        let uses = uses
        var dropped: Set<Int> = []
        for index in calls.indices where !dropped.contains(index) {
            let call = calls[index]
            guard call.bytes == nil, !call.kernel.traits.changesList,
                !call.kernel.traits.readsOutput, !call.kernel.mayFail(call.out.dtype),
                isTemporary(call.out), call.out.isWhole,
                let use = uses[ObjectIdentifier(call.out.storage)], use.writes == [index],
                use.reads.count == 1, use.reads[0] > index
            else { continue }
            let reader = use.reads[0]
            let copy = calls[reader]
            guard copy.bytes == nil, case .copy = copy.kernel, copy.a.isWhole, copy.out.isWhole,
                copy.out.dtype == call.out.dtype, call.mayWrite(over: copy.out)
            else { continue }
            let touched = uses[ObjectIdentifier(copy.out.storage)]?.all ?? []
            if touched.contains(where: { (index + 1..<reader).contains($0) }) { continue }
            calls[index].out = copy.out.view(call.out.shape, call.out.shape.contiguousStrides)
            dropped.insert(reader)
        }
        calls = calls.indices.filter { !dropped.contains($0) }.map { calls[$0] }
    }
}

extension CaptureProgram.Call {
    /// Whether the output may lie where another array does: nothing there is read, or each element
    /// only before it is written.
    fileprivate func mayWrite(over array: NDArray) -> Bool {
        let there = reads.filter { $0.storage === array.storage }
        guard !there.isEmpty else { return true }
        switch kernel {
        case .unary, .binary, .binaryScalar, .fused:
            return there.allSatisfy { $0.isWhole && $0.dtype == out.dtype && $0.shape == out.shape }
        default: return false
        }
    }
}
