import Glibc
import Training

/// What would end the process by a signal ends it with a sentence and an exit status.
enum Faults {
    /// - Parameter asJSON: whether programs are told on standard output, too.
    static func becomeExits(asJSON: Bool = false) {
        // A reader that goes away (`fttrain list | head`) is no reason to die, and a file that may
        // not grow (ulimit -f) is an error of the write.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        // Whoever looks for a fault wants the runtime's report instead.
        let wish = getenv("SWIFT_BACKTRACE").map { String(cString: $0) } ?? ""
        guard !wish.contains("enable=yes") else { return }
        let size = 1 << 16
        var stack = stack_t(ss_sp: malloc(size), ss_flags: 0, ss_size: size)
        sigaltstack(&stack, nil)
        var action = sigaction()
        action.sa_flags = SA_ONSTACK
        if asJSON {
            action.__sigaction_handler.sa_handler = { Faults.end($0, asJSON: true) }
        } else {
            action.__sigaction_handler.sa_handler = { Faults.end($0, asJSON: false) }
        }
        for number in [SIGBUS, SIGSEGV, SIGILL, SIGTRAP, SIGABRT, SIGFPE] {
            sigaction(number, &action, nil)
        }
    }

    /// Under a limit of the address space (ulimit -v) the threads that OpenBLAS starts before
    /// `main` ask for memory again and again, for ever. They are never used: starts the program
    /// anew without.
    static func restartWithoutSpareThreads() {
        var limit = rlimit()
        let isLimited =
            getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0
            && limit.rlim_cur != ~0
        guard isLimited, getenv("OPENBLAS_NUM_THREADS") == nil else { return }
        setenv("OPENBLAS_NUM_THREADS", "1", 1)
        Arguments.withCStrings { words in
            for path in ["/proc/self/exe", Arguments.program] { execv(path, words) }
        }
    }

    /// In a signal handler: nothing here may allocate or lock.
    private static func end(_ number: Int32, asJSON: Bool) {
        if number == SIGBUS {
            say("fttrain: a file that was being read has become shorter, or its disk fails; ")
            say("restore it and run the command again\n")
            if asJSON {
                tell("{\"event\":\"error\",\"message\":\"a file that was being read has become ")
                tell("shorter, or its disk fails\",\"exitCode\":3}\n")
            }
            _exit(ExitStatus.data.rawValue)
        }
        say("fttrain: ended by a fault of its own or for lack of memory, which the lines above ")
        say("name if anything can; checkpoints that were saved are whole, and a run goes on ")
        say("with fttrain resume (SWIFT_BACKTRACE=enable=yes shows where it was)\n")
        if asJSON {
            tell("{\"event\":\"error\",\"message\":\"ended by a fault of its own or for lack of ")
            tell("memory; standard error says more\",\"exitCode\":70}\n")
        }
        _exit(ExitStatus.fault.rawValue)
    }

    private static func tell(_ text: StaticString) {
        _ = write(STDOUT_FILENO, text.utf8Start, text.utf8CodeUnitCount)
    }

    private static func say(_ text: StaticString) {
        _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
    }
}
