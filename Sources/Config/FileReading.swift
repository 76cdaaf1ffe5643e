import FTJSON
import FTSupport

enum FileReading {
    /// No config is anywhere near as large; a device or a data file given by mistake is.
    static let maximumSize = 4 << 20

    /// The whole file, or one sentence on why it cannot be read.
    static func bytes(of file: String) throws(ConfigError) -> [UInt8] {
        do throws(FileProblem) {
            return try FileBytes.read(file, limit: maximumSize, takesDevices: true)
        } catch {
            let message =
                switch error {
                case .isTooLarge: "larger than 4 MiB, which no config is. Is it the right file?"
                case .isFolder: "is a directory, not a config file"
                default: error.whileReading
                }
            let location = ConfigLocation(file: file, place: .wholeFile)
            throw ConfigError([ConfigIssue(location: location, path: "", message: message)])
        }
    }
}
