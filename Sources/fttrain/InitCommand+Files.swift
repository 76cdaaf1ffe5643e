import Datasets
import FTConfig
import FTSupport
import Glibc
import Training

extension InitCommand {
    /// Throws where a file is there that is to be made and wasn't to be replaced.
    ///
    /// - Parameter out: the config.
    static func checkFree(
        data file: String, _ name: String, beside out: String, _ invocation: CommandInvocation
    ) throws {
        try DataCommand.checkFree(
            file, invocation, reading: invocation.arguments[...],
            otherwise: "make another, --data \(freeData(name, beside: out).shellPath)")
        // Of folders that aren't there only data is made.
        if !file.hasPrefix("data/") { try FileWriting.check(file) }
    }

    /// Throws where there is nothing to look at, which matters before any name of what would be made
    /// of it.
    static func checkNotEmpty(_ path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size == 0
        else { return }
        throw DataError(path, "the file is empty; make it again")
    }

    /// A name for data that no file has, after that of the config where it may be.
    static func freeData(_ name: String, beside out: String) -> String {
        let base = out.split(separator: "/").last.map { String($0) } ?? name
        let stem = base.hasSuffix(".json") ? String(base.dropLast(5)) : base
        let names = ["data/\(stem).h5"] + (2...99).map { "data/\(name)-\($0).h5" }
        return names.first { access($0, F_OK) != 0 } ?? names[0]
    }

}
