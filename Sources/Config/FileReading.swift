import FTJSON
import Glibc

enum FileReading {
    /// No config is anywhere near as large; a device or a data file given by mistake is.
    static let maximumSize = 4 << 20

    /// The whole file, or one sentence on why it cannot be read.
    static func bytes(of file: String) throws(ConfigError) -> [UInt8] {
        if file.utf8.contains(0) { throw problem(file, "cannot be read: a NUL in the file name") }
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw problem(file, reason(errno)) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw problem(file, reason(errno)) }
            bytes.append(contentsOf: chunk[..<count])
            if bytes.count > maximumSize {
                throw problem(file, "larger than 4 MiB, which no config is. Is it the right file?")
            }
        }
    }

    private static func reason(_ code: Int32) -> String {
        switch code {
        case ENOENT, ENOTDIR: "no such file"
        case EISDIR: "is a directory, not a config file"
        case EACCES: "cannot be read: permission denied"
        default: "cannot be read: \(String(cString: strerror(code)))"
        }
    }

    private static func problem(_ file: String, _ message: String) -> ConfigError {
        let location = ConfigLocation(file: file, place: .wholeFile)
        return ConfigError([ConfigIssue(location: location, path: "", message: message)])
    }
}
