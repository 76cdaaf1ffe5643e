import Glibc

/// What the system calls an error, in lower case to stand inside a sentence.
package func systemMessage(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0).lowercased() } ?? "error \(code)"
}

/// Why a file can't be read or written.
package enum FileProblem: Error, Equatable {
    /// The system refuses, with the number that it gives as the reason.
    case system(Int32)
    /// There is a folder of that name.
    case isFolder
    /// There is a device or pipe of that name.
    case isDevice
    /// There is a symbolic link of that name.
    case isLink
    /// The file has a second name.
    case hasSecondName
    /// The name is empty or holds a NUL.
    case isNoName
    /// It is larger than whoever reads it allows.
    case isTooLarge

    /// What the call that just failed met.
    package static var last: FileProblem { FileProblem(errno) }

    /// What a call met that failed with an error number.
    package init(_ code: Int32) {
        switch code {
        case EISDIR: self = .isFolder
        default: self = .system(code)
        }
    }

    /// Whether there is no file of that name.
    package var isMissing: Bool { self == .system(ENOENT) || self == .system(ENOTDIR) }

    /// Why reading failed, to stand behind the file's name.
    package var whileReading: String {
        switch self {
        case .system(ENOENT), .system(ENOTDIR): "no such file"
        case .system(EACCES), .system(EPERM): "can't be read: permission denied"
        case .system(let code): "can't be read: \(systemMessage(code))"
        case .isFolder: "is a directory, not a file"
        case .isDevice: "is a device or pipe, not a file"
        case .isLink: "is a symbolic link, which isn't followed here; remove it"
        case .hasSecondName: "is a file with a second name"
        case .isNoName: "can't be read: a NUL in the file name"
        case .isTooLarge: "can't be read: it is too large"
        }
    }

    /// Why writing failed, to stand behind the file's name.
    package var whileWriting: String {
        switch self {
        case .system(ENOSPC), .system(EDQUOT):
            "can't be written: the disk is full; make room and try again (what was there before is "
                + "untouched)"
        case .system(EFBIG):
            "can't be written: files may not be that large here (ulimit -f)"
        case .system(EACCES), .system(EPERM):
            "can't be written: permission denied for its folder"
        case .system(EROFS): "can't be written: it lies in a read-only file system"
        case .system(ENOENT), .system(ENOTDIR):
            "can't be written: its folder does not exist; make it first"
        case .system(EEXIST):
            "has been written by another program meanwhile, and that file stays; write under "
                + "another name, or over it with --force"
        case .system(let code): "can't be written: \(systemMessage(code))"
        case .isFolder: "can't be written: there is a directory of that name"
        case .isDevice: "can't be written: there is a device or pipe of that name"
        case .isLink:
            "can't be written: it is a symbolic link, which isn't followed here; remove it"
        case .hasSecondName:
            "can't be written: the file has a second name (a hard link), which would change too; "
                + "remove it"
        case .isNoName: "is not a name for a file"
        case .isTooLarge: "can't be written: it is too large"
        }
    }
}
