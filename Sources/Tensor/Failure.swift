import Glibc

/// Stops the program with one sentence about a programming mistake, the last that it prints: what
/// happened, in which named place (see `named`), and what helps.
///
/// No `fatalError`, whose backtrace of some eighty lines would follow the sentence; `precondition`
/// loses its message in release builds.
package func fail(_ operation: String, _ problem: String, hint: String? = nil) -> Never {
    let advice = hint.map { " (\($0))" } ?? ""
    let place = Place.last.map { ", in \($0)" } ?? ""
    let sentence = "Fatal error: \(operation): \(problem)\(place)\(advice)\n"
    if hasBacktraces {
        // Before it too: whoever else handles the signal may end the program.
        write(sentence)
        raise(SIGABRT)
    }
    write(sentence)
    abort()
}

/// Whether the runtime answers a signal with a backtrace; the program survives the first one.
private var hasBacktraces: Bool {
    var handling = sigaction()
    sigaction(SIGABRT, nil, &handling)
    return handling.__sigaction_handler.sa_handler != nil
}

private func write(_ line: String) {
    let bytes = Array(line.utf8)
    _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
}
