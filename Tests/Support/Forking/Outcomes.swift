import Glibc

@_silgen_name("fork") private func forkProcess() -> Int32

/// What became of a call in a process of its own.
public enum Outcome: Equatable, Sendable {
    case returned
    /// It ended the process by `fail`.
    case stopped(sentence: String)
    /// It trapped without a sentence of the library's, hung or ran out of memory.
    case died(signal: Int32, text: String)
}

/// How much a process may take.
public struct Allowance: Sendable {
    let seconds: UInt32
    let bytes: Int

    /// Seconds for each call, and bytes of memory above what the process has already.
    public init(seconds: UInt32 = 5, bytes: Int = 1 << 28) {
        (self.seconds, self.bytes) = (seconds, bytes)
    }
}

/// Makes `count` calls one after another in copies of this process: a new copy after each one that
/// ended its process. Only for a process in which nothing else runs: an exit test.
public func outcomes(
    of count: Int, _ allowance: Allowance = Allowance(), _ call: (Int) -> Void
) -> [Outcome] {
    var outcomes: [Outcome] = []
    while outcomes.count < count {
        let (returned, end) = run(outcomes.count..<count, allowance, call)
        outcomes += Array(repeating: .returned, count: returned)
        if let end { outcomes.append(end) }
    }
    return outcomes
}

/// How many calls returned, and what became of the one after them.
private func run(
    _ range: Range<Int>, _ allowance: Allowance, _ call: (Int) -> Void
) -> (returned: Int, end: Outcome?) {
    let (progress, errors) = (Pipe(), Pipe())
    let child = forkProcess()
    if child == 0 {
        dup2(errors.input, STDERR_FILENO)
        confine(allowance)
        for index in range {
            alarm(allowance.seconds)
            call(index)
            write(progress.input, [1], 1)
        }
        _exit(0)
    }
    let text = String(decoding: errors.drain(), as: UTF8.self)
    let returned = progress.drain().count
    var status: Int32 = 0
    waitpid(child, &status, 0)
    if status == 0 { return (returned, nil) }
    let signal = status & 0x7f
    let isSentence = signal == SIGABRT && text.hasPrefix("Fatal error: ")
    return (returned, isSentence ? .stopped(sentence: text) : .died(signal: signal, text: text))
}

/// Signals end the process at once and leave nothing behind; it gets no more memory than allowed.
private func confine(_ allowance: Allowance) {
    for name in [SIGABRT, SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE] { signal(name, SIG_DFL) }
    limit(RLIMIT_CORE, 0)
    limit(RLIMIT_AS, addressSpace() + allowance.bytes)
}

private func limit(_ resource: __rlimit_resource, _ bytes: Int) {
    var limit = rlimit(rlim_cur: rlim_t(bytes), rlim_max: rlim_t(bytes))
    setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
}

/// The bytes of addresses that this process has, by the first number of `statm`.
private func addressSpace() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    fgets(&line, Int32(line.count), file)
    return strtol(line, nil, 10) * Int(getpagesize())
}

private struct Pipe {
    let output: Int32
    let input: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { fatalError("there is no pipe: errno \(errno)") }
        (output, input) = (ends[0], ends[1])
    }

    /// All that is written until the last writer has ended.
    func drain() -> [UInt8] {
        close(input)
        defer { close(output) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let length = read(output, &chunk, chunk.count)
            if length <= 0 { return bytes }
            bytes += chunk[..<length]
        }
    }
}
