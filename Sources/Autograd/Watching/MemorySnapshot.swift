import FTSupport
public import Tensor

/// How much memory is in use at one point, and which operations' results hold it.
///
///     let before = MemorySnapshot()
///     let output = model(images)
///     print(MemorySnapshot().difference(from: before))
public struct MemorySnapshot: Sendable {
    /// Bytes in use on the backend, by anyone.
    public let live: Int
    /// Inside `profile`, the bytes of results that are alive, by the operation that made them.
    public let held: [String: Int]

    /// Memory as it is now on a device, that of the scope if none is named.
    public init(of device: Device? = nil) {
        live = NDArray.backend(device).memory.live
        var held: [String: Int] = [:]
        if let profiler = Profiler.current {
            for (key, bytes) in profiler.ledger.held where bytes != 0 {
                held[key.operation, default: 0] += bytes
            }
        }
        self.held = held
    }

    /// What has changed since an earlier point.
    public func difference(from earlier: MemorySnapshot) -> MemoryDifference {
        let names = Set(held.keys).union(earlier.held.keys)
        let changes = names.map { (name: $0, bytes: (held[$0] ?? 0) - (earlier.held[$0] ?? 0)) }
        return MemoryDifference(
            live: live - earlier.live,
            held: changes.filter { $0.bytes != 0 }
                .sorted { ($1.bytes.magnitude, $0.name) < ($0.bytes.magnitude, $1.name) })
    }
}

/// The change of memory between two points.
public struct MemoryDifference: Sendable, CustomStringConvertible {
    /// Bytes in use on the backend: negative if memory was given back.
    public let live: Int
    /// Changes by the operation that made the results, the largest first.
    public let held: [(name: String, bytes: Int)]

    /// The change in words, as in `+1.5 MiB (MatMul +1.2 MiB, Add +0.3 MiB)`.
    public var description: String {
        let parts = held.map { "\($0.name) \(MemoryDifference.signed($0.bytes))" }
        let by = parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
        return MemoryDifference.signed(live) + by
    }

    private static func signed(_ bytes: Int) -> String {
        (bytes > 0 ? "+" : "") + Format.bytes(bytes)
    }
}
