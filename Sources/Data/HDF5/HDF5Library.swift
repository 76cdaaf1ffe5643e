import CHDF5
import CHDF5Shim
import Glibc

/// The one door to libhdf5, which not every system builds to be called from two threads at once.
enum HDF5Library {
    private static let door = Door()

    /// Runs `body` while no other thread is in libhdf5. May be nested.
    static func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
        door.lock()
        defer { door.unlock() }
        return try body()
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

/// A lock that its holder may take again, and the last error of whoever held it.
///
/// Recursive, because releasing the last reference to a file inside a locked section closes it.
private final class Door: @unchecked Sendable {
    // Safe to share: a POSIX mutex at a fixed address, and a message that is touched only by the
    // thread that holds it.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    let message = UnsafeMutablePointer<h5x_message>.allocate(capacity: 1)

    init() {
        h5x_start()
        message.initialize(to: h5x_message())
        var attributes = pthread_mutexattr_t()
        pthread_mutexattr_init(&attributes)
        pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_RECURSIVE))
        pthread_mutex_init(mutex, &attributes)
        pthread_mutexattr_destroy(&attributes)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
        message.deallocate()
    }

    func lock() {
        pthread_mutex_lock(mutex)
        // Where it may be called from several threads, libhdf5 asks each for a handler of its own.
        h5x_keep_errors(message)
    }

    func unlock() { pthread_mutex_unlock(mutex) }
}
