import Glibc

/// A thread of the system.
package struct POSIXThread {
    private let handle: pthread_t

    private final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts a thread that runs `body`; wait for it with `join`.
    package init(_ body: @escaping @Sendable () -> Void) {
        var handle = pthread_t()
        let context = Unmanaged.passRetained(Box(body)).toOpaque()
        let status = pthread_create(
            &handle, nil,
            { raw in
                if let raw { Unmanaged<Box>.fromOpaque(raw).takeRetainedValue().body() }
                return nil
            }, context)
        if status != 0 {
            fatalError("thread: the system can't start another: \(systemMessage(status))")
        }
        self.handle = handle
    }

    /// Starts a thread that nobody waits for.
    package static func detach(_ body: @escaping @Sendable () -> Void) {
        pthread_detach(POSIXThread(body).handle)
    }

    /// Waits until the thread has ended.
    package func join() { pthread_join(handle, nil) }
}
