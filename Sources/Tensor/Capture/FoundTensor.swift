/// A tensor from before a recorded step that the step uses, as it was then: a replay goes on with
/// its memory, and with the kernels of the gradients that were wanted.
final class FoundTensor {
    let tensor: Tensor
    private let data: NDArray
    private let dataVersion: UInt32
    /// Nil where the step switches it itself.
    private let requiresGrad: Bool?
    private let hooks: Hooks

    private struct Hooks: Equatable {
        let last, count: Int
        let retainsGrad: Bool

        init(_ extras: TensorExtras?) {
            last = extras?.lastHook ?? 0
            count = extras?.hooks.count ?? 0
            retainsGrad = extras?.retainsGrad ?? false
        }
    }

    init(_ tensor: Tensor, isSwitched: Bool) {
        self.tensor = tensor
        data = tensor.data
        dataVersion = tensor.dataVersion
        requiresGrad = isSwitched ? nil : tensor.requiresGrad
        hooks = Hooks(tensor.extras)
    }

    /// Whether the elements lie where they lay.
    var isInPlace: Bool {
        if tensor.dataVersion == dataVersion { return true }
        let now = tensor.data
        return now.storage === data.storage && now.offset == data.offset && now.dtype == data.dtype
            && now.shape == data.shape && now.strides == data.strides
    }

    /// What is different now; nil if nothing is.
    var change: String? {
        if !isInPlace { return "a tensor that it uses is given other elements" }
        if let requiresGrad, requiresGrad != tensor.requiresGrad {
            return "requiresGrad of a tensor that it uses is switched"
        }
        if hooks != Hooks(tensor.extras) { return "hooks of a tensor that it uses change" }
        return nil
    }
}

/// A gradient, or none, that a recorded step found at a tensor and read.
struct FoundGradient {
    private let tensor: Tensor
    private let grad: Tensor?
    private let storage: Storage?

    init(of tensor: Tensor) {
        self.tensor = tensor
        grad = tensor.accumulated
        storage = grad?.data.storage
    }

    /// Whether the same gradient is there.
    var isThere: Bool {
        let now = tensor.accumulated
        return now === grad && now?.data.storage === storage
    }
}
