import Checkpoint
import Datasets
import FoundationEssentials
import Glibc
import Tensor

/// A folder of its own in which the program runs, removed with it.
final class Workspace {
    let path: String
    private var outputs = 0

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appending(path: "command-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(filePath: file(name)))
    }

    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: file(name))))
    }

    func text(_ name: String) throws -> String {
        String(decoding: try bytes(name), as: UTF8.self)
    }

    func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: file(folder))
    }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }

    /// Starts the program here; its output goes to files, or where `output` says.
    func start(_ arguments: [String], output: String? = nil) throws -> Child {
        outputs += 1
        return try Child(
            Workspace.program, arguments, in: path, output: output ?? file("out\(outputs)"),
            errors: file("err\(outputs)"))
    }

    /// Runs the program here and waits for it.
    func run(_ arguments: String...) throws -> Result { try run(arguments) }

    func run(_ arguments: [String]) throws -> Result {
        let child = try start(arguments)
        return try child.wait()
    }

    /// The program beside the test bundle.
    static var program: String {
        let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let own = bundle ?? CommandLine.arguments[0]
        let folder = URL(filePath: own).deletingLastPathComponent()
        return folder.appending(path: "fttrain").path
    }

    /// How a program ended and what it wrote.
    struct Result {
        let status: Int32
        /// The signal that killed it; nil where it ended by itself.
        let signal: Int32?
        let output: String
        let errors: String

        /// The output with folded lines in one piece.
        var unfolded: String {
            let margin = "        "
            return lines.reduce(into: "") { text, line in
                if line.hasPrefix(margin) {
                    text += " " + line.drop { $0 == " " }
                } else {
                    text += text.isEmpty ? line : "\n" + line
                }
            }
        }
        var lines: [Substring] { output.split(separator: "\n", omittingEmptySubsequences: false) }
    }
}

/// A running program.
final class Child {
    let id: pid_t
    private let output: String
    private let errors: String

    init(
        _ program: String, _ arguments: [String], in folder: String, output: String,
        errors: String
    ) throws {
        self.output = output
        self.errors = errors
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, flags, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, flags, 0o600)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        // The shell changes the folder and then becomes the program, with the same process id.
        let shell = ["sh", "-c", "cd \"$0\" && exec \"$@\"", folder, program]
        var words = (shell + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child = pid_t()
        let status = posix_spawn(&child, "/bin/sh", &actions, &attributes, &words, environ)
        guard status == 0 else { throw SpawnFailure(program: program, status: status) }
        id = child
    }

    struct SpawnFailure: Error {
        let program: String
        let status: Int32
    }

    func send(_ signal: Int32) { kill(id, signal) }

    /// Waits until standard output holds a text, or the program has ended.
    func waitForOutput(_ text: String) {
        while !((try? read(output)) ?? "").contains(text) {
            if waitid(P_PID, id_t(id), nil, WEXITED | WNOHANG | WNOWAIT) != 0 { return }
            var information = siginfo_t()
            waitid(P_PID, id_t(id), &information, WEXITED | WNOHANG | WNOWAIT)
            if information.si_signo != 0 { return }
            usleep(500)
        }
    }

    /// - Parameter reading: whether its output is in a file that can be read.
    func wait(reading: Bool = true) throws -> Workspace.Result {
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return Workspace.Result(
            status: status >> 8 & 0xFF, signal: signal == 0 ? nil : signal,
            output: reading ? try read(output) : "", errors: try read(errors))
    }

    private func read(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }
}
