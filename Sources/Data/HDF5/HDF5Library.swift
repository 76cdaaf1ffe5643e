import CHDF5
import CHDF5Shim
import FTSupport

/// The one door to libhdf5, which not every system builds to be called from two threads at once.
enum HDF5Library {
    private static let door = Door()

    /// Runs `body` while no other thread is in libhdf5. May be nested.
    static func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
        try door.locked(body)
    }

    /// What libhdf5 last complained about, in its words; to be read while still locked.
    static var lastError: String {
        withUnsafeBytes(of: &door.message.pointee) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// Hands an identifier to `body` and closes it after; nil where it could not be opened.
    static func with<Result>(
        _ id: hid_t, _ close: (hid_t) -> herr_t, _ body: (hid_t) throws -> Result
    ) rethrows -> Result? {
        guard id >= 0 else { return nil }
        defer { _ = close(id) }
        return try body(id)
    }
}

/// The lock, and the last error of whoever held it.
private final class Door: @unchecked Sendable {
    // Safe to share: the message is touched only by the thread that holds the monitor.
    // Reentrant, because releasing the last reference to a file inside a locked section closes it.
    private let monitor = Monitor(isReentrant: true)
    let message = UnsafeMutablePointer<h5x_message>.allocate(capacity: 1)

    init() {
        h5x_start()
        message.initialize(to: h5x_message())
    }

    deinit { message.deallocate() }

    func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
        try monitor.locked {
            // Where it may be called from several threads, libhdf5 asks each for a handler of its
            // own.
            h5x_keep_errors(message)
            return try body()
        }
    }
}
