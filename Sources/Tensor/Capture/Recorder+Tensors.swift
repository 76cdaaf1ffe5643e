// What a step does with tensors from before it.
extension Recorder {
    /// What `Tensor.birth` is of tensors made now.
    @inline(__always)
    static var birth: UInt32 { mayBeOpen ? current?.notes.birth ?? 0 : 0 }

    /// The operands of an operation.
    package func note(_ operands: [Tensor]) {
        for tensor in operands where !notes.use(tensor) {
            postpone("it uses a tensor of a jvp or vmap that it stands in")
        }
    }

    /// `tensor.grad` is about to be added to.
    package func noteGradient(of tensor: Tensor) {
        notes.readGradient(of: tensor)
        if let grad = tensor.accumulated, !isInside(grad.data.storage) {
            return refuse("it adds to gradients from before the step; call zeroGrad() at its start")
        }
        notes.changeGradient(of: tensor)
    }

    func noteGradientRead(of tensor: Tensor) { notes.readGradient(of: tensor) }

    func noteGradientChange(of tensor: Tensor) { notes.changeGradient(of: tensor) }

    /// `tensor.data` was replaced: a replay would go on reading what it was before.
    func noteAssignment(to tensor: Tensor) { notes.replaceData(of: tensor) }

    /// `tensor.requiresGrad` was set.
    func noteSwitch(of tensor: Tensor) { notes.switchGradient(of: tensor) }
}
