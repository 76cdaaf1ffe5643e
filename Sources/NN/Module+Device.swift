public import Tensor

extension Module {
    /// Moves parameters, buffers and gradients to a device and gives the module itself.
    ///
    /// The elements are replaced, so call this before an optimizer is made: its state lies where
    /// the parameters lay then.
    ///
    ///     let model = Net(using: random).to(.cuda(0))
    ///     let optimizer = Adam(model, learningRate: 1e-3)
    @discardableResult
    public final func to(_ device: Device) -> Self { to(device.backend) }

    @discardableResult
    package final func to(_ backend: any Backend) -> Self {
        for (_, tensor) in Inventory(of: self).tensors {
            if tensor.data.backend !== backend { tensor.data = tensor.data.on(backend) }
            if let grad = tensor.grad, grad.data.backend !== backend {
                grad.data = grad.data.on(backend)
            }
        }
        return self
    }
}
