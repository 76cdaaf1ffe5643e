internal import Tensor

extension Module {
    /// Labels the parameters and buffers that have no label with their names, by which messages,
    /// drawings and reports then call them.
    public final func labelParameters() {
        for (name, parameter) in namedParameters where parameter.label == nil {
            parameter.label = name
        }
        for (name, buffer) in namedBuffers where buffer.label == nil { buffer.label = name }
    }
}
