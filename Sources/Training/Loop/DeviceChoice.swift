import Tensor

/// The device of a run and why it is that one.
struct DeviceChoice: Sendable {
    let backend: any Backend
    /// A remark for the header; empty where the config named the device.
    let note: String

    /// Chooses for `auto`, `cpu` or `cuda:N`.
    ///
    /// Throws where a GPU is asked for that can't be used.
    init(_ name: String) throws(RunError) {
        let device = Device(name) ?? .auto
        switch device {
        case .cpu, .named: self.init(backend: device.backend, note: "")
        case .auto:
            self.init(backend: CPUBackend.shared, note: "auto: \(DeviceChoice.missing)")
        case .cuda:
            throw RunError(
                .usage,
                "device \(name) can't be used: there is no support of GPUs yet, "
                    + "\(DeviceChoice.missing); use --device cpu or auto")
        }
    }

    private init(backend: any Backend, note: String) {
        self.backend = backend
        self.note = note
    }

    /// Why there is no GPU to train on.
    private static let missing = "this version computes on the CPU only"
}
