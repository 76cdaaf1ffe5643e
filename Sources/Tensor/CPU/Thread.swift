import Glibc

/// A POSIX thread.
public struct Thread {
    private let handle: pthread_t

    private final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts a thread that runs `body`; wait for it with `join`.
    public init(_ body: @escaping @Sendable () -> Void) {
        var handle = pthread_t()
        let context = Unmanaged.passRetained(Box(body)).toOpaque()
        let status = pthread_create(
            &handle, nil,
            { raw in
                if let raw { Unmanaged<Box>.fromOpaque(raw).takeRetainedValue().body() }
                return nil
            }, context)
        if status != 0 { fail("thread", "the system can't start another thread (error \(status))") }
        self.handle = handle
    }

    /// Starts a thread that nobody waits for.
    static func detach(_ body: @escaping @Sendable () -> Void) {
        pthread_detach(Thread(body).handle)
    }

    /// Waits until the thread has ended.
    public func join() { pthread_join(handle, nil) }
}
