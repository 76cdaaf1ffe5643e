import FakeTensor
import Tensor

/// Steps of a small network, after which as much memory is in use as before them.
struct MemoryCheck {
    private let checked: CheckedDevice
    init(_ checked: CheckedDevice) { self.checked = checked }

    func run(steps: Int) -> Bool {
        let backend = checked.backend
        let baseline = backend.memory.live
        let growth = Device.with(backend) {
            let work = Workload.all[1].make([32])
            let captured = capture { work.run($0, $1) }
            for _ in 0..<20 { _ = (work.run(work.x, work.y), captured(work.x, work.y)) }
            // Tables of addresses stay until there are many, or until they are given back.
            backend.releaseTables()
            backend.synchronize()
            let (live, cached) = (backend.memory.live, backend.memory.cached)
            for _ in 0..<steps / 2 { _ = (work.run(work.x, work.y), captured(work.x, work.y)) }
            backend.releaseTables()
            backend.synchronize()
            return (backend.memory.live - live, backend.memory.cached - cached)
        }
        backend.releaseTables()
        backend.synchronize()
        let left = backend.memory.live - baseline
        print(
            "memory: \(steps) steps, \(growth.0) bytes more in use, \(growth.1) more kept, "
                + "\(left) bytes left when all is gone")
        return growth.0 <= 0 && growth.1 <= 0 && left == 0
    }
}
