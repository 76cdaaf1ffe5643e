import Autograd
import Tensor
import Testing

// Each in a process of its own, where no other test allocates.
@Suite("Memory")
struct GraphMemoryTests {
    @Test("returns to where it was after backward")
    func afterBackward() async {
        await #expect(processExitsWith: .success) {
            let x = Tensor.ones([1000]).leaf()
            let step = { ((x.exp() * x).sum() + x.mean()).backward() }
            // Once beforehand, for constants are made at their first use.
            step()
            x.zeroGrad()
            Memory.check(grows: 4096, step)
            x.zeroGrad()
            Memory.check(grows: 0) {
                let y = x.exp()
                y.backward()
                x.zeroGrad()
            }
        }
    }

    @Test("returns to where it was when a graph is dropped unused")
    func afterDropping() async {
        await #expect(processExitsWith: .success) {
            let x = Tensor.ones([1000]).leaf()
            Memory.check(grows: 0) { _ = (x.exp() * x).tanh().sum() }
        }
    }

    @Test("of results is given back while backward still runs")
    func freedOnTheWay() async {
        await #expect(processExitsWith: .success) {
            let x = Tensor.ones([1 << 16]).leaf()
            var y = x
            for _ in 0..<20 { y = y.sin() }
            let before = CPUBackend.shared.memory.live
            CPUBackend.shared.resetPeakMemory()
            y.sum().backward()
            let extra = CPUBackend.shared.memory.peak - before
            if extra > 5 << 18 { fatalError("backward needed \(extra) bytes more") }
        }
    }

    @Test("of temporaries is reused in place when nothing is recorded")
    func reuse() async {
        await #expect(processExitsWith: .success) {
            let (a, b, c) = (Tensor.ones([1000]), Tensor.ones([1000]), Tensor.ones([1000]))
            func allocations(_ body: () -> Void) -> Int {
                let before = CPUBackend.shared.memory.allocations
                body()
                return CPUBackend.shared.memory.allocations - before
            }
            _ = noGrad { (a * b) + c }
            let fused = noGrad { allocations { _ = ((a * b) + c) * a - b } }
            if fused != 1 { fatalError("(a * b) + c took \(fused) allocations") }
            let right = noGrad { allocations { _ = c - (a * b) } }
            if right != 1 { fatalError("c - (a * b) took \(right) allocations") }
            let leaf = a.leaf()
            let recorded = allocations { _ = (leaf * b) + c }
            if recorded != 2 { fatalError("a recorded chain took \(recorded) allocations") }
            if a.doubles.contains(where: { $0 != 1 }) { fatalError("an operand changed") }
        }
    }
}

enum Memory {
    /// Stops the process unless live memory grows by exactly `bytes`, the second time `body` runs.
    static func check(grows bytes: Int, _ body: () -> Void) {
        if bytes == 0 { body() }
        let before = CPUBackend.shared.memory.live
        body()
        let growth = CPUBackend.shared.memory.live - before
        if growth != bytes { fatalError("live memory grew by \(growth) bytes, not \(bytes)") }
    }
}
