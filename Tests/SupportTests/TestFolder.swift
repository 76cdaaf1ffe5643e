import FTSupport
import Glibc

/// A folder of a test's own, removed with everything in it.
final class TestFolder {
    let path: String

    init() {
        var template = Array("/tmp/support-tests-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { fatalError("no temporary folder") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { TestFolder.remove(path) }

    subscript(_ name: String) -> String { "\(path)/\(name)" }

    var names: [String] { (Folder.names(in: path) ?? []).sorted() }

    /// The content of a file, nil where there is none.
    func text(_ name: String) -> String? {
        (try? FileBytes.read(self[name])).map { String(decoding: $0, as: UTF8.self) }
    }

    func mode(_ name: String) -> UInt32? {
        var status = stat()
        return stat(self[name], &status) == 0 ? status.st_mode : nil
    }

    private static func remove(_ path: String) {
        for name in Folder.names(in: path) ?? [] { remove("\(path)/\(name)") }
        Glibc.remove(path)
    }
}

/// An error that is a sentence.
struct Sentence: Error, Equatable {
    let text: String

    init(_ text: String) { self.text = text }
}
