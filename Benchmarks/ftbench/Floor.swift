import COpenBLAS
import FakeTensor

/// What OpenBLAS reaches in large float32 products on all threads, in millions of operations a
/// millisecond: the arithmetic of a workload over this is its floor.
private let largeProductRate: Double = {
    let size = 1024
    let x = [Float](repeating: 0.5, count: size * size)
    var y = x
    openblas_set_num_threads(Int32(CPUBackend.shared.threads))
    defer { openblas_set_num_threads(1) }
    let time = medianMilliseconds(15, warmup: 3) {
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(size), blasint(size), blasint(size),
            1, x, blasint(size), x, blasint(size), 0, &y, blasint(size))
    }
    let rate = 2e-6 * Double(size * size * size) / time
    note("floor: OpenBLAS's large products reach \(rate.rounded()) GFLOP/s")
    return rate
}()

/// Prints the time that `work` million operations need at the rate of large products, and how many
/// times as long the workload's steps took.
func reportFloor(_ workload: String, work: Double) {
    let floor = work / largeProductRate
    report("\(workload)_floor", "ms", floor)
    let times = ["", "_captured"].compactMap { suffix in
        reported["\(workload)\(suffix)"].map { "\(ratio($0, floor))\(suffix)" }
    }
    note("\(workload): \(times.joined(separator: ", ")) times the floor of \(work) MFLOP")
}
