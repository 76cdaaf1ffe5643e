internal import CUDA
import Synchronization

extension Device {
    /// The backend that new tensors are made on in a scope.
    @TaskLocal private static var scoped: (any Backend)?
    /// How many such scopes are open in the process: while there are none, nobody looks.
    private static let scopes = Atomic(0)

    /// The device that tensors are made on where none is named: the CPU, except inside `with`.
    public static var current: Device { currentBackend.device }

    package static var currentBackend: any Backend {
        if scopes.load(ordering: .relaxed) == 0 { return CPUBackend.shared }
        return scoped ?? CPUBackend.shared
    }

    /// Runs `body` with new tensors made on `device` where it names none.
    public static func with<R>(_ device: Device, _ body: () throws -> R) rethrows -> R {
        try with(device.backend, body)
    }

    package static func with<R>(
        _ backend: any Backend, _ body: () throws -> R
    ) rethrows -> R {
        scopes.add(1, ordering: .relaxed)
        defer { scopes.subtract(1, ordering: .relaxed) }
        return try $scoped.withValue(backend, operation: body)
    }

    /// The devices of this machine that can be used: the CPU, and GPUs with CUDA's libraries.
    /// Those that the program itself made known are not among them.
    public static var all: [Device] {
        [.cpu] + ((try? CUDAPlatform.machine.get())?.devices ?? []).map { .cuda($0) }
    }

    /// Backends that the program made known, by their names.
    private static let named = Mutex<[String: any Backend]>([:])

    /// Makes a backend known under a name, which a later one of that name takes over.
    @discardableResult
    package static func register(_ backend: any Backend, as name: String) -> Device {
        named.withLock { $0[name] = backend }
        return .named(name)
    }

    static func isKnown(_ name: String) -> Bool { named.withLock { $0[name] != nil } }

    /// What computes on this device; traps where there is no such device.
    package var backend: any Backend {
        switch self {
        case .cpu, .auto: return CPUBackend.shared
        case .cuda(let index):
            do throws(CUDAProblem) { return try CUDABackend.ofMachine(index) } catch {
                fail("device", "\(self) can't be used: \(error)", hint: "use .cpu")
            }
        case .named(let name):
            guard let backend = Device.named.withLock({ $0[name] }) else {
                fail("device", "nobody made a device '\(name)' known", hint: "see Device.all")
            }
            return backend
        }
    }
}
