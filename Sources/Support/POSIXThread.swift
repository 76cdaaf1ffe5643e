import Glibc

/// A thread of the system.
package struct POSIXThread {
    private let handle: pthread_t

    private init(handle: pthread_t) { self.handle = handle }

    private final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts a thread that runs `body`; wait for it with `join`.
    package init(_ body: @escaping @Sendable () -> Void) {
        do throws(SystemProblem) {
            self = try POSIXThread.start(body)
        } catch {
            fatalError("thread: the system can't start another: \(systemMessage(error.code))")
        }
    }

    /// Starts a thread that runs `body`; throws where the system starts no more.
    package static func start(
        _ body: @escaping @Sendable () -> Void
    ) throws(SystemProblem) -> POSIXThread {
        var handle = pthread_t()
        let context = Unmanaged.passRetained(Box(body))
        let status = pthread_create(
            &handle, nil,
            { raw in
                if let raw { Unmanaged<Box>.fromOpaque(raw).takeRetainedValue().body() }
                return nil
            }, context.toOpaque())
        guard status == 0 else {
            context.release()
            throw SystemProblem(code: status)
        }
        return POSIXThread(handle: handle)
    }

    /// Starts a thread that nobody waits for; false where the system starts no more.
    package static func detach(_ body: @escaping @Sendable () -> Void) -> Bool {
        guard let thread = try? start(body) else { return false }
        pthread_detach(thread.handle)
        return true
    }

    /// Waits until the thread has ended.
    package func join() { pthread_join(handle, nil) }
}

/// What the system refused, by its number.
package struct SystemProblem: Error {
    package let code: Int32
}
