import Glibc

@_silgen_name("fork") private func forkProcess() -> Int32

/// What became of a call in a process of its own.
enum Outcome: Equatable {
    case returned
    case stopped(sentence: String)
    /// It hung, ran out of memory or died without a word.
    case died(signal: Int32)
}

/// Runs `body` in a copy of this process, for at most `seconds`. Only for a process in which
/// nothing else runs: an exit test.
func outcome(seconds: UInt32, of body: () -> Void) -> Outcome {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return .died(signal: -1) }
    let child = forkProcess()
    if child == 0 {
        dup2(ends[1], STDERR_FILENO)
        close(ends[0])
        for name in [SIGABRT, SIGILL, SIGTRAP, SIGSEGV] { signal(name, SIG_DFL) }
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(4), &none)
        alarm(seconds)
        body()
        _exit(0)
    }
    close(ends[1])
    var text: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
        let length = read(ends[0], &chunk, chunk.count)
        if length <= 0 { break }
        text += chunk[..<length]
    }
    close(ends[0])
    var status: Int32 = 0
    waitpid(child, &status, 0)
    if status == 0 { return .returned }
    let sentence = String(decoding: text, as: UTF8.self)
    let end = status & 0x7f
    return end == SIGABRT && sentence.contains("Fatal error: ")
        ? .stopped(sentence: sentence) : .died(signal: end)
}
