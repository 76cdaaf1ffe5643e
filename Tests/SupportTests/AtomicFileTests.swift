import FTSupport
import Glibc
import Testing

@Suite("Files that are replaced as a whole")
struct AtomicFileTests {
    let folder = TestFolder()

    private func file(
        _ name: String, observer: AtomicFile<Sentence>.Observer? = nil
    ) -> AtomicFile<Sentence> {
        AtomicFile(folder[name], observer: observer) { Sentence($0.whileWriting) }
    }

    private func save(_ text: String, as name: String) throws(Sentence) {
        try file(name).write { output throws(Sentence) in try output.write(Array(text.utf8)) }
    }

    @Test("hold what was written in pieces and patched")
    func pieces() throws {
        try file("a").write { output throws(Sentence) in
            try output.write(Array("one ".utf8))
            try output.write([])
            try output.write(Array("two".utf8))
            try output.patch(Array("ON".utf8), at: 0)
        }
        #expect(folder.text("a") == "ONe two")
        #expect(folder.names == ["a"])
    }

    @Test("hold what a library wrote by the temporary name")
    func byName() throws {
        try file("a").write { output throws(Sentence) in
            let stream = fopen(output.temporary, "w")
            fputs("from a library", stream)
            fclose(stream)
        }
        #expect(folder.text("a") == "from a library")
        #expect(folder.names == ["a"])
    }

    @Test("keep the old content under their name until the new one is whole")
    func untilWhole() throws {
        try save("old", as: "a")
        var seen: [String?] = []
        let observed = file("a") { (_) throws(Sentence) in seen.append(folder.text("a")) }
        try observed.write { output throws(Sentence) in try output.write(Array("new".utf8)) }
        #expect(seen == ["old", "old", "old", "new"])
    }

    @Test("leave what came meanwhile where they aren't to replace it")
    func withoutReplacing() throws {
        let file = AtomicFile<Sentence>(folder["a"], replaces: false) { Sentence($0.whileWriting) }
        try file.write { output throws(Sentence) in try output.write(Array("one".utf8)) }
        #expect(folder.text("a") == "one" && folder.names == ["a"])
        let error = #expect(throws: Sentence.self) {
            try file.write { output throws(Sentence) in try output.write(Array("two".utf8)) }
        }
        #expect(error.map { "\($0)" }?.contains("another program meanwhile") == true)
        #expect(folder.text("a") == "one" && folder.names == ["a"])
    }

    @Test("stay as they were after an error, without a temporary")
    func errors() throws {
        try save("old", as: "a")
        for stage in [SaveStage.created, .wrote, .synced] {
            let failing = file("a") { (point) throws(Sentence) in
                if point == stage { throw Sentence("stopped") }
            }
            #expect(throws: Sentence("stopped")) {
                try failing.write { output throws(Sentence) in try output.write([1, 2, 3]) }
            }
        }
        #expect(throws: Sentence("mine")) {
            try file("a").write { _ throws(Sentence) in throw Sentence("mine") }
        }
        #expect(folder.text("a") == "old")
        #expect(folder.names == ["a"])
    }

    @Test("have the permissions of any new file")
    func permissions() throws {
        try save("x", as: "a")
        let plain = open(folder["plain"], O_WRONLY | O_CREAT, 0o666)
        close(plain)
        #expect(folder.mode("a") == folder.mode("plain"))
    }

    @Test("don't replace folders, devices and pipes, and need a folder and a name")
    func refusals() throws {
        try #require(mkdir(folder["taken"], 0o755) == 0)
        try #require(mkfifo(folder["pipe"], 0o644) == 0)
        let device = AtomicFile<Sentence>("/dev/null") { Sentence($0.whileWriting) }
        #expect(throws: Sentence("can't be written: there is a device or pipe of that name")) {
            try device.write { _ throws(Sentence) in }
        }
        for (name, sentence) in [
            ("taken", "can't be written: there is a directory of that name"),
            ("pipe", "can't be written: there is a device or pipe of that name"),
            ("none/a", "can't be written: its folder does not exist; make it first"),
            ("taken/", "is not a name for a file"), ("a\0b", "is not a name for a file"),
        ] {
            #expect(throws: Sentence(sentence)) { try save("x", as: name) }
        }
        #expect(folder.names == ["pipe", "taken"])
    }

    @Test("take the place of symbolic links and leave what those name")
    func symbolicLinks() throws {
        try save("target", as: "a")
        try #require(symlink("a", folder["b"]) == 0)
        try save("new", as: "b")
        #expect(folder.text("a") == "target")
        #expect(folder.text("b") == "new")
    }

    @Test("are written beside what somebody else began at the same time")
    func together() throws {
        try file("a").write { output throws(Sentence) in
            try output.write(Array("outer".utf8))
            try save("inner", as: "a")
            #expect(folder.names.filter(AtomicName.isLeftover).count == 1)
        }
        #expect(folder.text("a") == "outer")
        #expect(folder.names == ["a"])
    }

    @Test("may have the longest name there is")
    func longName() throws {
        let name = String(repeating: "ä", count: 127)
        try save("x", as: name)
        #expect(folder.names == [name])
    }

    @Test("can be copies, files of their own")
    func copies() throws {
        try save("content", as: "a")
        try save("old", as: "b")
        for _ in 0..<2 {
            try file("b").copy(folder["a"])
            #expect(folder.text("b") == "content")
            #expect(folder.names == ["a", "b"])
        }
        try save("other", as: "a")
        #expect(folder.text("b") == "content")
        #expect(throws: Sentence("can't be written: its folder does not exist; make it first")) {
            try file("b").copy(folder["missing"])
        }
        #expect(folder.names == ["a", "b"])
    }
}
