import FakeTensor
import Glibc

/// A chain of operations on scalars: what a node costs in bytes, and in time to record, to
/// differentiate and to free, at three lengths that show whether it grows linearly.
func benchmarkMillionOps() {
    // Memory that one chain gives back is used again by the next, so all are compared with this.
    let before = residentBytes()
    for count in [250_000, 500_000, 1_000_000] { measureChain(count, before) }
}

private func measureChain(_ count: Int, _ before: Int) {
    let w = Tensor(1.01, requiresGrad: true)
    let c = Tensor(0.3)
    let clock = ContinuousClock()
    var y = w
    let build = clock.measure {
        for _ in 0..<count / 4 {
            y = y * w
            y = y + c
            y = y.tanh()
            y = y.sin()
        }
    }
    let bytes = Double(residentBytes() - before) / Double(count)
    let differentiate = clock.measure { y.backward(retainGraph: true) }
    let free = clock.measure { y = w }
    let name = "chain_\(count / 1000)k"
    report("\(name)_build", "ms", build / .milliseconds(1))
    report("\(name)_backward", "ms", differentiate / .milliseconds(1))
    report("\(name)_free", "ms", free / .milliseconds(1))
    report("\(name)_node", "bytes", bytes)
}

/// Bytes of memory that the process has in use.
private func residentBytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, 128, file) != nil else { return 0 }
    let fields = String(decoding: line.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(
        separator: " ")
    return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * sysconf(Int32(_SC_PAGESIZE))
}
