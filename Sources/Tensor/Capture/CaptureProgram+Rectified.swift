internal import CKernels

extension CaptureProgram {
    /// Has products and convolutions rectify what they store where a ReLU of its own would do so
    /// next, and nobody else reads what it reads. The bits are the same: kernels rectify what they
    /// would have stored, and keep NaN.
    mutating func joinRectifiers() {
        let uses = uses
        var dropped: Set<Int> = []
        for index in calls.indices {
            let call = calls[index]
            guard call.bytes == nil, let rectifying = call.kernel.rectifying,
                call.out.dtype.isWide, isTemporary(call.out), call.out.isWhole,
                let use = uses[ObjectIdentifier(call.out.storage)], use.writes == [index],
                use.reads.count == 1, use.reads[0] > index
            else { continue }
            let next = calls[use.reads[0]]
            guard next.bytes == nil, case .unary(.relu, _, _) = next.kernel,
                next.a.isWhole, next.out.isContiguous
            else { continue }
            let touched = uses[ObjectIdentifier(next.out.storage)]?.all ?? []
            if touched.contains(where: { (index..<use.reads[0]).contains($0) }) { continue }
            calls[index].kernel = rectifying
            calls[index].out = next.out.view(call.out.shape, call.out.shape.contiguousStrides)
            dropped.insert(use.reads[0])
        }
        calls = calls.indices.filter { !dropped.contains($0) }.map { calls[$0] }
    }
}

extension Kernel {
    /// This kernel with ReLU behind it; nil for one that has no such form, or has it already.
    fileprivate var rectifying: Kernel? {
        switch self {
        case .matmul(let bias, relu: false, let mayRound):
            .matmul(bias: bias, relu: true, mayRound: mayRound)
        case .convolution(.output, let window, let bias, relu: false, let factors):
            .convolution(.output, window, bias: bias, relu: true, factors: factors)
        default: nil
        }
    }
}
