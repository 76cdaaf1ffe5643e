package import CUDA
import CUDAEmulator
package import Tensor

/// A GPU for tests: the CUDA backend as it is, on a driver whose kernels run on the processor.
package enum EmulatedDevice {
    /// One that tests share, `Device("emulated")` once it has been asked for.
    package static let shared = make(named: "emulated")

    /// The emulator's functions.
    package static let symbols = CUDASymbols(path: "the emulator") { name in
        ft_emulated_symbol(name)
    }

    /// A device of its own, which stays until the process ends.
    ///
    /// - Parameters:
    ///   - missing: functions that its driver lacks.
    ///   - others: the addresses of functions that take the place of the emulator's.
    package static func make(
        named name: String, without missing: Set<String> = [], with others: [String: UInt] = [:]
    ) -> CUDABackend {
        do throws(CUDAProblem) {
            let symbols = CUDASymbols(path: "the emulator") { name in
                if missing.contains(name) { return nil }
                return others[name].map { UnsafeMutableRawPointer(bitPattern: $0) }
                    ?? ft_emulated_symbol(name)
            }
            let platform = try CUDAPlatform(.symbols(symbols), cache: nil)
            let backend = try CUDABackend(platform, 0, as: .named(name))
            Device.register(backend, as: name)
            return backend
        } catch {
            fail("EmulatedDevice", "\(error)")
        }
    }
}
