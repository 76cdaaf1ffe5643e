import Glibc

/// What the program was called with and by.
enum Arguments {
    /// The words of the command line, the program's name first. Swift reads them in /proc, which not
    /// every machine has; they lie where the process began, too.
    static let all: [String] = {
        let known = CommandLine.arguments
        return known.count > 1 ? known : atStart() ?? known
    }()

    /// The file of the program, as it was called.
    static var program: String {
        path.map { String(cString: $0) } ?? all.first ?? "fttrain"
    }

    /// Calls `body` with the words as C has them.
    static func withCStrings<R>(_ body: ([UnsafeMutablePointer<CChar>?]) -> R) -> R {
        let words = all.map { strdup($0) }
        defer { for word in words { free(word) } }
        return body(words + [nil])
    }

    /// The words at the start of the stack: one after the other from the program's name on, up to the
    /// environment or, where that is empty, the program's path.
    private static func atStart() -> [String]? {
        guard let name = symbol("program_invocation_name", UnsafePointer<CChar>?.self) ?? nil else {
            return nil
        }
        let environment =
            symbol("environ", UnsafePointer<UnsafePointer<CChar>?>?.self).flatMap { $0?.pointee }
        guard let end = environment ?? path, end > name, end - name <= most else { return nil }
        let bytes = UnsafeRawBufferPointer(start: name, count: end - name)
        guard bytes.last == 0 else { return nil }
        return bytes.dropLast().split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// More than a kernel takes.
    private static let most = 1 << 24

    /// The path that the kernel was given, which stands behind the environment.
    private static var path: UnsafePointer<CChar>? {
        typealias AuxiliaryValue = @convention(c) (UInt) -> UInt
        guard let address = dlsym(nil, "getauxval") else { return nil }
        return UnsafePointer(bitPattern: unsafeBitCast(address, to: AuxiliaryValue.self)(execFile))
    }

    /// AT_EXECFN of elf.h, which Swift doesn't import.
    private static let execFile: UInt = 31

    /// What a variable of the C library holds.
    private static func symbol<Value>(_ name: String, _ type: Value.Type) -> Value? {
        dlsym(nil, name)?.load(as: type)
    }
}
