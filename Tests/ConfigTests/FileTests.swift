import FTConfig
import Glibc
import Testing

@Suite("Config files")
struct FileTests {
    /// A folder that lives as long as the closure.
    private func withFolder(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/ftconfig.XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer { rmdir(folder) }
        try body(folder)
    }

    private func write(_ bytes: [UInt8], to file: String) throws {
        let handle = try #require(fopen(file, "w"))
        fwrite(bytes, 1, bytes.count, handle)
        fclose(handle)
    }

    private func complaint(
        _ file: String, sourceLocation: SourceLocation = #_sourceLocation
    ) -> String? {
        let error = #expect(throws: ConfigError.self, sourceLocation: sourceLocation) {
            try trainingSchema.load(file: file)
        }
        return error?.description
    }

    @Test("are read from disk")
    func reads() throws {
        try withFolder { folder in
            let file = "\(folder)/c.json"
            try write(Array(goodConfig.utf8), to: file)
            defer { unlink(file) }
            let config = try trainingSchema.load(file: file, overrides: ["seed=7"])
            #expect(config.int("seed") == 7)
            #expect(config.child("data").location.description == "\(file):3:11")
        }
    }

    @Test("that cannot be read get one sentence")
    func unreadable() throws {
        try withFolder { folder in
            #expect(complaint("\(folder)/none.json") == "\(folder)/none.json: no such file")
            #expect(complaint(folder) == "\(folder): is a directory, not a config file")
            #expect(
                complaint("/dev/zero")
                    == "/dev/zero: larger than 4 MiB, which no config is. Is it the right file?")
            #expect(
                complaint("/dev/null")?.hasSuffix("there is nothing here; expected a JSON value")
                    == true)
            #expect(complaint("a\0b")?.hasSuffix("can't be read: a NUL in the file name") == true)
        }
    }

    @Test("that are something else get one sentence")
    func binary() throws {
        try withFolder { folder in
            let file = "\(folder)/c.json"
            defer { unlink(file) }
            try write([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A], to: file)
            #expect(complaint(file) == "\(file):1:1: expected a value, found byte 0x89")
        }
    }
}
