import FTConfig
import FTSupport
import Glibc
import Training

/// What a command line names, where it is something else than the command is for: a sentence that
/// says what it is, and with which words it is of use.
enum NamedFile {
    /// What its first bytes say of a file.
    private enum Content {
        case empty, hdf5, safetensors, object, text, bytes
    }

    /// Throws where a path is no config.
    static func checkConfig(_ path: String, of command: String) throws(UsageError) {
        let name = path.shellPath
        guard access(path, F_OK) == 0 else {
            if command == "train", path.allSatisfy(\.isLetter) {
                throw UsageError(
                    "\(path): no such file, and no command of that name; see 'fttrain --help'")
            }
            throw UsageError(
                "\(path): there is no such file; name a config, or have one written for your data: "
                    + "fttrain init DATA")
        }
        if Folder.exists(path) {
            let isRun = access("\(path)/config.json", F_OK) == 0
            throw UsageError(
                !isRun
                    ? "\(path): this is a folder, not a config; of images have one written: fttrain "
                        + "init \(name)"
                    : command == "train"
                        ? "\(path): this is a run folder, not a config; go on with it: fttrain "
                            + "resume \(name)"
                        : "\(path): this is a run folder, not a config; name the config in it: "
                            + "fttrain \(command) \("\(path)/config.json".shellPath)")
        }
        let content = content(path)
        if content == .empty {
            throw UsageError(
                "\(path): is empty, and no config; have one written for your data: fttrain init DATA"
            )
        }
        if isData(path) || content == .hdf5 {
            throw UsageError(
                "\(path): this is data, not a config; have one written: fttrain init \(name)")
        }
        if content == .safetensors {
            throw UsageError(
                "\(path): this is a checkpoint, not a config; measure it: fttrain eval \(name)")
        }
        if content == .bytes {
            throw UsageError(
                "\(path): this is no text, and a config is; have one written for your data: "
                    + "fttrain init DATA")
        }
    }

    /// Throws where a path is neither a run folder nor a checkpoint.
    static func checkModel(_ path: String, of command: String) throws(RunError) {
        let remedy = "name a run folder such as runs/mlp-001, or a checkpoint"
        guard access(path, F_OK) == 0 else {
            throw RunError(.data, "\(path): there is no such file or folder; \(remedy)")
        }
        if Folder.exists(path) { return }
        let content = content(path)
        if content == .empty { throw RunError(.data, "\(path): is empty; \(remedy)") }
        if content != .safetensors, isData(path) || content == .hdf5 {
            let takesData = ["eval", "predict"].contains(command)
            throw RunError(
                .data,
                "\(path): this is data, not a model; "
                    + (takesData
                        ? "name the model first: fttrain \(command) RUN \(path.shellPath)"
                        : remedy))
        }
        if content == .object, path.hasSuffix(".json"), !path.hasSuffix(".index.json") {
            throw RunError(
                .data,
                "\(path): this is a config, not a model; train it first: fttrain \(path.shellPath)")
        }
        if content == .text || content == .bytes {
            throw RunError(.data, "\(path): is no checkpoint; \(remedy)")
        }
    }

    /// Throws where a path is data of another form than those that can be looked into, or nothing.
    static func checkInspected(_ path: String) throws(RunError) {
        guard access(path, F_OK) == 0 else {
            throw RunError(
                .data,
                "\(path): there is no such file or folder; "
                    + (near(path).map { "did you mean '\($0)'?" }
                        ?? "name a run folder, a checkpoint or HDF5"))
        }
        guard let content = content(path) else { return }
        if content == .empty {
            throw RunError(.data, "\(path): the file is empty, so it holds nothing; make it again")
        }
        guard [.table, .array, .image].contains(DataKind(path)),
            [.text, .object, .bytes].contains(content)
        else { return }
        throw RunError(
            .data,
            "\(path): this is data, and neither a checkpoint nor HDF5; what it holds: fttrain init "
                + path.shellPath)
    }

    /// Throws where a folder is that of a run, and no data.
    static func checkNoRun(_ path: String) throws(UsageError) {
        guard access("\(path)/config.json", F_OK) == 0 else { return }
        throw UsageError(
            "\(path): this is a run folder, not data; go on with it: fttrain resume "
                + "\(path.shellPath), or name the data that a new one is to learn from")
    }

    /// What a name beside a path may be meant; nil where none is near.
    private static func near(_ path: String) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard let name = parts.last(where: { !$0.isEmpty }) else { return nil }
        let start = path.hasSuffix("/") ? parts.dropLast(2) : parts.dropLast()
        let folder = start.joined(separator: "/")
        let names = Folder.names(in: folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder)
        guard let found = Suggestion.nearest(to: String(name), among: (names ?? []).sorted()) else {
            return nil
        }
        return (start + [Substring(found)]).joined(separator: "/")
    }

    /// Throws where a word of the command line isn't text, as the name of a file may be.
    static func checkText(_ words: [String]) throws(UsageError) {
        let unknown = words.first { word in
            word.unicodeScalars.contains("\u{FFFD}") && access(word, F_OK) != 0
        }
        guard let unknown else { return }
        throw UsageError(
            "\"\(unknown)\" isn't UTF-8; if it is the name of a file, give the file another")
    }

    private static func isData(_ path: String) -> Bool {
        [.table, .array, .image].contains(DataKind(path)) || path.hasSuffix(".h5")
    }

    /// nil of what isn't a file, which can be read only once.
    private static func content(_ path: String) -> Content? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(file, &bytes, bytes.count)
        guard count >= 0 else { return nil }
        let start = bytes.prefix(count)
        if start.isEmpty { return .empty }
        if start.starts(with: [0x89] + Array("HDF".utf8)) { return .hdf5 }
        // A length of eight bytes, and an object.
        if count > 8, start[8] == UInt8(ascii: "{"), start[5..<8].allSatisfy({ $0 == 0 }) {
            return .safetensors
        }
        if start.contains(0) { return .bytes }
        // The last sign may be cut off.
        let isText = (0..<4).contains { cut in
            String(validating: start.dropLast(cut), as: UTF8.self) != nil
        }
        guard isText else { return .bytes }
        let first = start.first { !" \t\r\n".utf8.contains($0) }
        return first == UInt8(ascii: "{") ? .object : .text
    }
}
