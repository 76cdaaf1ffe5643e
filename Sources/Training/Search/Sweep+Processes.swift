import FTSupport
import Glibc

extension Sweep {
    /// Trains what is left in several processes at once, each of which trains one trial:
    /// `PROGRAM sweep FOLDER --only K`. They write their lines themselves.
    ///
    /// A wish to stop is passed on to them; each saves its state.
    ///
    /// - Parameters:
    ///   - jobs: how many at once.
    ///   - program: the path of this program.
    ///   - threads: how many processors there are for all of them.
    ///   - warn: is told of processes that something killed.
    /// - Returns: Whether it came to the end, and was not stopped.
    public func run(
        jobs: Int, program: String, threads: Int, stop: StopSignal,
        warn: (String) -> Void = { Terminal.warn("fttrain: \($0)") }
    ) throws -> Bool {
        try stop.during(.others) {
            try runOthers(jobs: jobs, program: program, threads, stop, warn)
        }
        guard !stop.isRequested else { return false }
        try writeBest()
        return true
    }

    /// The variable that tells a trial's process that its standard input ends with its parent.
    private static let lifeline = "FTTRAIN_LIFELINE"

    /// In the process of one trial: stops, as a signal would, when the process that started it is
    /// gone, however that ended.
    public static func endWithParent() {
        guard getenv(lifeline) != nil else { return }
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { _ in
                var byte: UInt8 = 0
                while read(STDIN_FILENO, &byte, 1) < 0, errno == EINTR {}
                kill(getpid(), SIGTERM)
                return nil
            }, nil)
        if status == 0 { pthread_detach(thread) }
    }

    /// Whether a warning of a trial is told by no other process of the sweep, each of which has a
    /// trial of its own.
    func isFirst(_ warning: String) -> Bool {
        guard getenv(Sweep.lifeline) != nil else { return true }
        let mark = "\(path)/\(Sweep.mark)\(XXHash64.text(of: warning))"
        let file = open(mark, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o666)
        guard file < 0 else {
            close(file)
            return true
        }
        return errno != EEXIST
    }

    /// How the names of files begin, one for each warning that was told.
    private static let mark = ".told-"

    private func removeMarks() {
        for name in Folder.names(in: path) ?? [] where name.hasPrefix(Sweep.mark) {
            unlink("\(path)/\(name)")
        }
    }

    private func runOthers(
        jobs: Int, program: String, _ threads: Int, _ stop: StopSignal,
        _ warn: (String) -> Void
    ) throws {
        // Nobody writes into it: it ends for the trials when this process does.
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw RunError(.data, "\(path): no pipe can be made: \(systemMessage(errno))")
        }
        defer { for end in ends { close(end) } }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        removeMarks()
        defer {
            removeMarks()
            readings = SweepReadings()
        }
        var waiting = left[...]
        var running: [pid_t: Int] = [:]
        // None is left behind where one can't be started.
        defer {
            for process in running.keys { kill(process, SIGTERM) }
            for process in running.keys { while waitpid(process, nil, 0) < 0, errno == EINTR {} }
        }
        var wasToldToStop = false
        let share = max(1, threads / jobs)
        while !running.isEmpty || !waiting.isEmpty && !stop.isRequested {
            while running.count < jobs, !stop.isRequested, let index = waiting.popFirst() {
                let arguments =
                    [
                        "sweep", path, "--only", "\(index + 1)", "--threads", "\(share)",
                    ] + (logsForTensorBoard ? ["--tensorboard"] : [])
                    + (isSilent ? ["--quiet"] : [])
                let process = try Sweep.start(
                    program, arguments, input: ends[0], isSilent: isSilent)
                running[process] = index
            }
            if stop.isRequested, !wasToldToStop {
                wasToldToStop = true
                for process in running.keys { kill(process, SIGTERM) }
            }
            for (process, index) in running {
                var status: Int32 = 0
                let ended = waitpid(process, &status, WNOHANG)
                if ended == 0 || ended < 0 && errno == EINTR { continue }
                running[process] = nil
                // The low bits are the signal that ended it, if one did.
                let signal = status & 0x7F
                guard ended > 0, signal != 0, !stop.isRequested else { continue }
                warn(
                    "\(kind.rawValue) \(index + 1)/\(count): its process was killed by signal "
                        + "\(signal)\(signal == SIGKILL ? ", maybe for want of memory" : "")")
            }
            usleep(20_000)
        }
    }

    /// Starts a process in a group of its own: what the terminal sends reaches this one alone,
    /// which passes it on once.
    ///
    /// - Parameter input: what it finds as its standard input.
    private static func start(
        _ program: String, _ arguments: [String], input: Int32, isSilent: Bool
    ) throws(RunError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        if isSilent {
            posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        // Its own surroundings: to change this process's isn't safe beside other threads.
        let mark = strdup("\(lifeline)=0")
        defer { free(mark) }
        var surroundings: [UnsafeMutablePointer<CChar>?] = [mark]
        var next = environ
        while let variable = next.pointee {
            surroundings.append(variable)
            next += 1
        }
        surroundings.append(nil)
        var process = pid_t()
        let status = posix_spawn(
            &process, program, &actions, &attributes, &words, &surroundings)
        guard status == 0 else {
            throw RunError(.data, "\(program): can't be started: \(systemMessage(status))")
        }
        return process
    }
}
