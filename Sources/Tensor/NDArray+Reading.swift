import Synchronization

extension NDArray {
    /// Begins to bring the elements to the host: what is computed from now on needn't be done when
    /// they are asked for.
    package func reading() -> Reading {
        let source = Recorder.reading(self) { cast(to: .float64).contiguous() }
        guard count > 0, let work = backend.read(source.pointer, byteCount: source.byteCount)
        else { return Reading(values: source.values(as: Double.self)) }
        return Reading(work, count: count)
    }
}

/// Numbers of an array that were asked for, and may be on their way from a device.
package final class Reading: Sendable {
    private let work: (any HostReading)?
    private let count: Int
    private let known: Mutex<[Double]>

    init(values: [Double]) {
        work = nil
        count = values.count
        known = Mutex(values)
    }

    init(_ work: any HostReading, count: Int) {
        self.work = work
        self.count = count
        known = Mutex([])
    }

    /// The numbers in row-major order, which the first call waits for.
    package var values: [Double] {
        known.withLock { known in
            if let work, known.isEmpty {
                known = [Double](unsafeUninitializedCapacity: count) { buffer, filled in
                    if let base = buffer.baseAddress { work.finish(into: base) }
                    filled = count
                }
            }
            return known
        }
    }
}
