internal import CCUDA
import Glibc
import Synchronization

/// The recording that a context makes, if any: one at a time.
final class CUDARecorder: Sendable {
    private struct State {
        var recording: CUDARecording?
        var stream: UInt = 0
    }

    /// The thread that records; 0 for none.
    private let thread = Atomic<UInt>(0)
    private let state = Mutex(State())
    private let turn = Mutex(())

    /// What the calling thread records.
    @inline(__always)
    var current: CUDARecording? {
        let thread = thread.load(ordering: .relaxed)
        if thread == 0 || thread != UInt(pthread_self()) { return nil }
        return state.withLock { $0.recording }
    }

    /// A graph of what `body` asks for on this thread; nothing of it is done.
    func record(
        on context: CUDAContext, _ api: cuda_graphs, _ companion: AnyObject, _ body: () -> Void
    ) throws(CUDAProblem) -> CUDAGraph {
        let result = turn.withLock { _ in
            Result { () throws(CUDAProblem) in
                try make(on: context, api, companion, body)
            }
        }
        return try result.get()
    }

    private func make(
        on context: CUDAContext, _ api: cuda_graphs, _ companion: AnyObject, _ body: () -> Void
    ) throws(CUDAProblem) -> CUDAGraph {
        let doing = "recording a step"
        let driver = context.driver
        let recording = CUDARecording(on: try stream(driver), companion)
        // Relaxed: memory may be asked for meanwhile, and kernels loaded.
        try driver.check(
            api.cuStreamBeginCapture_v2(recording.stream, Int32(CUDA_CAPTURE_RELAXED)), doing)
        state.withLock { $0.recording = recording }
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        body()
        thread.store(0, ordering: .relaxed)
        state.withLock { $0.recording = nil }
        do throws(CUDAProblem) {
            let executable = try finish(recording, api, driver, doing)
            return CUDAGraph(context, api, executable, recording.blocks)
        } catch {
            for (block, size) in recording.blocks {
                UnsafeMutableRawPointer(bitPattern: block).map {
                    context.release($0, size, of: .steps)
                }
            }
            throw error
        }
    }

    /// Ends a recording and makes of it what can be launched.
    private func finish(
        _ recording: CUDARecording, _ api: cuda_graphs, _ driver: CUDADriver, _ doing: String
    ) throws(CUDAProblem) -> cuda_graph_exec {
        var (made, executable): (cuda_graph?, cuda_graph_exec?)
        let ended = api.cuStreamEndCapture(recording.stream, &made)
        defer { if let made { _ = api.cuGraphDestroy(made) } }
        let graph = try driver.made(ended, made, doing)
        let result = api.cuGraphInstantiateWithFlags(&executable, graph, 0)
        return try driver.made(result, executable, doing)
    }

    /// The stream that is recorded, on which nothing ever runs.
    func stream(_ driver: CUDADriver) throws(CUDAProblem) -> cuda_stream {
        let known = state.withLock { $0.stream }
        if let stream = cuda_stream(bitPattern: known) { return stream }
        var made: cuda_stream?
        let result = driver.api.cuStreamCreate(&made, UInt32(CUDA_STREAM_NON_BLOCKING))
        let stream = try driver.made(result, made, "making a stream for recorded steps")
        state.withLock { $0.stream = UInt(bitPattern: stream) }
        return stream
    }

    /// Gives the stream back.
    func close(_ driver: CUDADriver) {
        state.withLock { state in
            cuda_stream(bitPattern: state.stream).map { _ = driver.api.cuStreamDestroy_v2($0) }
            state.stream = 0
        }
    }
}
