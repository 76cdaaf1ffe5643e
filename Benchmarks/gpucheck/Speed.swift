import FakeTensor
import Glibc
import Tensor

/// Times of steps and of passes over memory, as JSON lines.
struct Speed {
    private let checked: CheckedDevice
    init(_ checked: CheckedDevice) { self.checked = checked }

    private var isEmulated: Bool { checked.device == .named("emulated") }

    func run(rounds: Int) {
        Device.with(checked.backend) {
            passes(rounds)
            products(rounds)
            for workload in Workload.all {
                // The emulator's times mean nothing: small batches show that all runs.
                if isEmulated, workload.isCountedInParts { continue }
                let work = isEmulated ? workload.small() : workload.whole()
                report(workload.name, "ms", time(rounds) { _ = work.run(work.x, work.y) })
                let captured = capture { work.run($0, $1) }
                report(
                    "\(workload.name)_captured", "ms",
                    time(rounds) { _ = captured(work.x, work.y) })
            }
        }
    }

    /// Operations on 256 MB: bytes that a pass moves by its time.
    private func passes(_ rounds: Int) {
        let count = isEmulated ? 1 << 12 : 1 << 26
        let random = Random(seed: 1)
        let (x, y) = (Tensor.normal([count], using: random), Tensor.normal([count], using: random))
        let rows = x.reshape([count / 1024, 1024])
        let calls: [(String, Int, () -> Tensor)] = noGrad {
            [
                ("copy", 2, { x.cast(to: .float32) + 0 }), ("add", 3, { x + y }),
                ("gelu", 2, { x.gelu() }), ("sum", 1, { x.sum() }),
                ("sum_rows", 1, { rows.sum(axis: 1) }), ("sum_columns", 1, { rows.sum(axis: 0) }),
                ("softmax", 2, { rows.softmax(axis: 1) }),
            ]
        }
        for (name, passes, call) in calls {
            let milliseconds = time(rounds) { _ = noGrad(call) }
            report("pass_\(name)", "GB/s", Double(passes * count * 4) / milliseconds / 1e6)
        }
    }

    private func products(_ rounds: Int) {
        let size = isEmulated ? 32 : 4096
        for dtype in [DType.float32, .bfloat16, .float16] {
            let x = Tensor.normal([size, size], using: Random(seed: 1)).cast(to: dtype)
            let milliseconds = time(rounds) { _ = noGrad { x.matmul(x) } }
            report("product_\(dtype)", "TFLOP/s", 2e-9 * pow(Double(size), 3) / milliseconds)
        }
    }

    /// The median of several rounds, each long enough to be measured, in milliseconds a call.
    private func time(_ rounds: Int, _ call: () -> Void) -> Double {
        let clock = ContinuousClock()
        func many(_ count: Int) -> Double {
            checked.backend.synchronize()
            return clock.measure {
                for _ in 0..<count { call() }
                checked.backend.synchronize()
            } / .milliseconds(1)
        }
        // Kernels are compiled, memory is had.
        for _ in 0..<3 { call() }
        let count = max(1, min(1000, Int(100 / max(1e-3, many(1)))))
        let times = (0..<max(1, rounds)).map { _ in many(isEmulated ? 1 : count) }.sorted()
        return times[times.count / 2] / Double(isEmulated ? 1 : count)
    }

    private func report(_ workload: String, _ unit: String, _ value: Double) {
        let rounded = (value * 10_000).rounded() / 10_000
        print("{\"peer\":\"faketensor\",\"workload\":\"\(workload)\",\"\(unit)\":\(rounded)}")
        fflush(nil)
    }
}
