import CHDF5
import CHDF5Shim
import Glibc

/// The one door to libhdf5, which is not safe to call from two threads at once.
enum HDF5Library {
    private static let lock: RecursiveLock = {
        h5x_start()
        return RecursiveLock()
    }()

    /// Runs `body` while no other thread is in libhdf5. May be nested.
    static func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body()
    }

    /// What libhdf5 last complained about, in its words.
    static func takeError() -> String {
        var message = h5x_message()
        h5x_take_error(&message)
        return withUnsafeBytes(of: &message) { bytes in
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

/// A lock that its holder may take again.
///
/// Recursive, because releasing the last reference to a file inside a locked section closes it.
private final class RecursiveLock: @unchecked Sendable {
    // Safe to share: a POSIX mutex at a fixed address.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    init() {
        var attributes = pthread_mutexattr_t()
        pthread_mutexattr_init(&attributes)
        pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_RECURSIVE))
        pthread_mutex_init(mutex, &attributes)
        pthread_mutexattr_destroy(&attributes)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    func lock() { pthread_mutex_lock(mutex) }
    func unlock() { pthread_mutex_unlock(mutex) }
}
