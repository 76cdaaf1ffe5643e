internal import CUDA
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
        // CUDA's libraries are looked for where a GPU is asked for, and not at every start.
        case .auto:
            self.init(backend: device.backend, note: "auto; --device cuda takes a GPU")
        case .cuda(let index):
            do throws(CUDAProblem) {
                self.init(backend: try CUDABackend.ofMachine(index), note: "")
            } catch {
                throw RunError(
                    .usage,
                    "device \(name) can't be used: \(error); use --device cpu or auto")
            }
        }
    }

    private init(backend: any Backend, note: String) {
        self.backend = backend
        self.note = note
    }
}
