import Glibc

/// What programs do with folders.
package enum Folder {
    /// Why a folder can't be made.
    package struct Problem: Error {
        /// The folder, which may be one on the way to the one asked for.
        package let path: String
        /// What the system said, in words.
        package let reason: String

        /// What a call that failed with an error number met at `path`.
        package init(_ path: String, _ code: Int32) {
            self.path = path
            let isTaken = code == EEXIST || code == ENOTDIR
            reason = isTaken ? "there is a file of that name" : systemMessage(code)
        }
    }

    /// Whether there is a folder of that name.
    package static func exists(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The path without links and detours; as it is where there is nothing.
    package static func real(_ path: String) -> String {
        guard let found = realpath(path, nil) else { return path }
        defer { free(found) }
        return String(cString: found)
    }

    /// Makes a folder and those on the way to it, where they are missing.
    package static func make(_ path: String) throws(Problem) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += (made.isEmpty || made == "/" ? "" : "/") + part
            if mkdir(made, 0o777) == 0 { continue }
            let code = errno
            if !exists(made) { throw Problem(made, code) }
        }
    }

    /// Makes the folders on the way to a file.
    package static func make(of path: String) throws(Problem) {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
        try make(String(path[..<slash]))
    }

    /// Makes a new folder among the system's temporary ones, which only this user may enter.
    package static func makeTemporary(_ name: String) throws(Problem) -> String {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/\(name)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Problem(parent, errno) }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes a folder and the files in it.
    package static func remove(_ path: String) {
        for name in names(in: path) ?? [] { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    /// The names of what lies in a folder, in no order; nil, with `errno` set, if it can't be
    /// listed.
    package static func names(in path: String) -> [String]? {
        guard let stream = opendir(path) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
