import FTSupport
import Glibc
import Testing

@Suite("Reading and adding to files")
struct FileTests {
    let folder = TestFolder()

    @Test("adds text at the end")
    func append() throws {
        try FileBytes.append("one\n", to: folder["log"])
        try FileBytes.append("", to: folder["log"])
        try FileBytes.append("zwei ß\n", to: folder["log"])
        #expect(folder.text("log") == "one\nzwei ß\n")
        #expect(throws: FileProblem.isFolder) { try FileBytes.append("x", to: folder.path) }
    }

    @Test("says why nothing can be written")
    func reasons() {
        let (denied, fixed) = (FileProblem(EACCES), FileProblem(EROFS))
        #expect(denied.whileWriting == "can't be written: permission denied for its folder")
        #expect(fixed.whileWriting == "can't be written: it lies in a read-only file system")
    }

    @Test("reads whole files and stops at the limit")
    func read() throws {
        let long = String(repeating: "0123456789", count: 20_000)
        try FileBytes.append(long, to: folder["a"])
        #expect(try FileBytes.read(folder["a"]) == Array(long.utf8))
        #expect(try FileBytes.read(folder["a"], limit: 200_000).count == 200_000)
        #expect(throws: FileProblem.isTooLarge) {
            try FileBytes.read(folder["a"], limit: 199_999)
        }
        #expect(throws: FileProblem.isTooLarge) {
            try FileBytes.read("/dev/zero", limit: 1 << 20, takesDevices: true)
        }
        #expect(throws: FileProblem.isDevice) { try FileBytes.read("/dev/zero", limit: 1 << 20) }
    }

    @Test("maps files, empty ones too")
    func map() throws {
        try FileBytes.append("mapped", to: folder["a"])
        try FileBytes.append("", to: folder["empty"])
        let file = try MappedFile(path: folder["a"])
        #expect(Array(file.bytes) == Array("mapped".utf8))
        #expect(try MappedFile(path: folder["empty"]).bytes.isEmpty)
    }

    @Test("says what is in the way")
    func problems() throws {
        try #require(mkfifo(folder["pipe"], 0o644) == 0)
        for (path, sentence) in [
            (folder["none"], "no such file"), (folder["none/a"], "no such file"),
            (folder.path, "is a directory, not a file"),
            (folder["pipe"], "is a device or pipe, not a file"),
            ("a\0b", "can't be read: a NUL in the file name"),
        ] {
            #expect {
                try MappedFile(path: path)
            } throws: { ($0 as? FileProblem)?.whileReading == sentence }
        }
        #expect(FileProblem(EIO).whileReading == "can't be read: input/output error")
        #expect(FileProblem(EACCES).whileReading == "can't be read: permission denied")
        #expect(FileProblem(EIO).whileWriting == "can't be written: input/output error")
    }

    @Test("makes the folders on the way to a file")
    func folders() throws {
        try Folder.make(of: folder["a/b/file"])
        try Folder.make(folder["a/b/"])
        try Folder.make(of: "file")
        #expect(Folder.exists(folder["a/b"]))
        #expect(!Folder.exists(folder["a/b/file"]))
        try FileBytes.append("x", to: folder["a/file"])
        #expect(Folder.names(in: folder["a"])?.sorted() == ["b", "file"])
        #expect(Folder.names(in: folder["none"]) == nil)
        for name in ["a/file", "a/file/deeper"] {
            #expect {
                try Folder.make(folder[name])
            } throws: {
                let problem = $0 as? Folder.Problem
                return problem?.path == folder["a/file"]
                    && problem?.reason == "there is a file of that name"
            }
        }
    }
}
