import CUDA
import EmulatedDevice
import FTSupport
import Tensor

/// The GPU that is tried: one of the machine, or the emulated one.
struct CheckedDevice {
    let backend: CUDABackend
    var device: Device { backend.device }

    /// Leaves with a sentence where there is none.
    init(_ name: String) {
        if name == "emulated" {
            backend = EmulatedDevice.shared
            return
        }
        guard case .cuda(let index)? = Device(name) else {
            leave("'\(name)' is no GPU; there are cuda:N and emulated")
        }
        do throws(CUDAProblem) { backend = try CUDABackend.ofMachine(index) } catch {
            leave("\(error)")
        }
    }
}
