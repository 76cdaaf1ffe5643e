internal import CUDA
import Synchronization

// Recorded steps are CUDA graphs. What changes from replay to replay lies in a few numbers in the
// device's memory, which each replay uploads in one piece: from which ticket its complaints count,
// and how far random streams went. Setting the parameters of a graph's nodes would reach kernels of
// this program alone, not cuBLAS's, takes a call for each, and its structures changed with CUDA 12.
extension CUDABackend {
    package func record(
        drawingFrom streams: [StreamName], _ body: () -> Void
    ) throws(Unrecorded) -> (any RecordedWork)? {
        do throws(CUDAProblem) {
            try products.prepareToRecord()
            let notes = try GraphNotes(self, streams)
            let graph = try context.record(with: notes, body)
            if let problem = notes.problem { throw problem }
            return graph.map { CUDARecordedWork(self, $0, notes) }
        } catch {
            // Launch by launch the step goes on; a problem that stays shows there.
            throw Unrecorded(reason: error.description)
        }
    }

    /// What the calling thread notes while it records.
    var notes: GraphNotes? { context.companion as? GraphNotes }
}

/// What a recording needs beside its launches.
final class GraphNotes: @unchecked Sendable {
    // Safe to share: only the thread that records changes it, and nobody afterwards.
    /// Where in the device's memory the numbers lie that each replay uploads: the first ticket, and
    /// the move of each stream.
    let numbers: UnsafeMutableRawPointer
    private let backend: CUDABackend
    private let streams: [StreamName]
    let tables = CUDATables(limit: .max)
    private(set) var complaints: [CUDAReports.Complaint] = []
    /// What stands in the recording's way, first.
    private(set) var problem: CUDAProblem?

    init(_ backend: CUDABackend, _ streams: [StreamName]) throws(CUDAProblem) {
        self.backend = backend
        self.streams = streams
        numbers = try backend.context.allocate(8 * (1 + streams.count))
    }

    deinit { backend.context.deallocate(numbers, byteCount) }

    var byteCount: Int { 8 * (1 + streams.count) }
    /// Whether a replay uploads anything.
    var isNeeded: Bool { !complaints.isEmpty || !streams.isEmpty }

    /// Where the move of a stream will lie; nil for one that starts anew in each replay.
    func move(of key: RandomKey) -> UnsafePointer<UInt64>? {
        let name = StreamName(seed: key.seed, stream: key.stream)
        guard let index = streams.firstIndex(of: name) else { return nil }
        return UnsafePointer((numbers + 8 * (1 + index)).assumingMemoryBound(to: UInt64.self))
    }

    /// Notes what a launch may find wrong; its number among those of the recording.
    func add(_ complaint: @escaping CUDAReports.Complaint) -> Int {
        complaints.append(complaint)
        return complaints.count - 1
    }

    /// Runs a part of the recording, unless something stood in its way before.
    func attempt(_ body: () throws(CUDAProblem) -> Void) {
        guard problem == nil else { return }
        do throws(CUDAProblem) { try body() } catch { problem = error }
    }
}

/// A graph and what each replay tells it.
final class CUDARecordedWork: RecordedWork {
    private let backend: CUDABackend
    private let graph: CUDAGraph
    private let notes: GraphNotes

    init(_ backend: CUDABackend, _ graph: CUDAGraph, _ notes: GraphNotes) {
        self.backend = backend
        self.graph = graph
        self.notes = notes
    }

    func perform(movedBy moves: [UInt64]) {
        backend.perform("recorded step") { () throws(CUDAProblem) in
            if notes.isNeeded {
                let first = try backend.reports.reserve(notes.complaints, on: backend.context)
                let numbers = [first] + moves
                try backend.context.copyIn(
                    from: numbers, to: notes.numbers, byteCount: notes.byteCount)
            }
            try graph.launch()
        }
    }
}
