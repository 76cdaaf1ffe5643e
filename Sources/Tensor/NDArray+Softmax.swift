internal import CKernels

// Softmax and its kin along the last axis.
extension NDArray {
    /// Softmax, or its logarithm, along the last axis; float32 or float64.
    package func softmax(logarithm: Bool) -> NDArray {
        let out = NDArray(uninitialized: shape, dtype, on: backend)
        Kernel.softmax(logarithm: logarithm).run(contiguous(), into: out)
        return out
    }

    /// The gradient of `softmax` by its input, this array being its output.
    package func softmaxBackward(_ dy: NDArray, logarithm: Bool) -> NDArray {
        let out = NDArray(uninitialized: shape, dtype, on: backend)
        Kernel.softmaxBackward(logarithm: logarithm).run(contiguous(), dy.contiguous(), into: out)
        return out
    }

    /// log Σ exp along the last axis, which stays with size 1; float32 or float64.
    package func logSumExp() -> NDArray {
        if rank == 0 { fail("logSumExp", "a scalar has no axis to sum along") }
        let out = NDArray(uninitialized: shape.replacing(rank - 1, with: 1), dtype, on: backend)
        Kernel.logSumExp.run(contiguous(), into: out)
        return out
    }
}
