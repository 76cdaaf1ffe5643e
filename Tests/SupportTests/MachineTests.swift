import Testing

@testable import FTSupport

@Suite("What a process may use of its machine")
struct MachineTests {
    @Test(
        "memory is what a container allows, at most what there is",
        arguments: [
            ([], 8000), (["max", "max"], 8000), (["3000", ""], 3000), (["", "3000"], 3000),
            (["9223372036854771712"], 8000), (["0"], 8000), (["nonsense"], 8000),
        ])
    func memory(limits: [String], bytes: Int) {
        #expect(Machine.memory(of: 8000, limits: limits) == bytes)
        #expect(Machine.memory > 1 << 20)
    }

    @Test(
        "processors are a container's share, rounded up, at most those there are",
        arguments: [
            ("", 64), ("max 100000", 64), ("200000 100000", 2), ("150000 100000", 2),
            ("10000 100000", 1), ("9900000 100000", 64), ("1 0", 64), ("1", 64),
        ])
    func processors(quota: String, count: Int) {
        #expect(Machine.processors(among: 64, quota: quota) == count)
        #expect(Machine.processors(among: 0) == 1)
    }
}
