import Glibc

/// The median time of `count` calls of `step`, in milliseconds, after `warmup` calls.
func medianMilliseconds(_ count: Int, warmup: Int, _ step: () -> Void) -> Double {
    for _ in 0..<warmup { step() }
    let clock = ContinuousClock()
    let times = (0..<count).map { _ in clock.measure(step) / .milliseconds(1) }
    return times.sorted()[count / 2]
}

/// The median times of several steps that take turns, so that a noisy machine disturbs all alike.
func medianMilliseconds(_ count: Int, warmup: Int, turns steps: [() -> Void]) -> [Double] {
    for _ in 0..<warmup { for step in steps { step() } }
    let clock = ContinuousClock()
    var times = steps.map { _ in [Double]() }
    for _ in 0..<count {
        for (index, step) in steps.enumerated() {
            times[index].append(clock.measure(step) / .milliseconds(1))
        }
    }
    return times.map { $0.sorted()[count / 2] }
}

/// Figures printed so far, by workload.
nonisolated(unsafe) private(set) var reported: [String: Double] = [:]

/// Prints one figure in the form that the comparison with other frameworks reads.
func report(_ workload: String, _ unit: String, _ value: Double) {
    reported[workload] = value
    let rounded = (value * 10_000).rounded() / 10_000
    print("{\"peer\":\"faketensor\",\"workload\":\"\(workload)\",\"\(unit)\":\(rounded)}")
}

/// Prints a line for the reader, away from the figures.
func note(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
}

/// a / b to two digits.
func ratio(_ a: Double, _ b: Double) -> Double { (a / b * 100).rounded() / 100 }

/// Prints the most memory that the process has had in use, if it runs one workload only.
func reportPeakMemory(_ workload: String) {
    guard CommandLine.arguments.count == 2 else { return }
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    report("\(workload)_peak", "bytes", Double(usage.ru_maxrss) * 1024)
}
